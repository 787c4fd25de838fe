import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { specFromText } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// So many methods that their keywords are confirmed only when their turn comes.
const names = Array.from({ length: 62 }, (_, index) => `m${index}`);
const contract = {
  openrpc: '1.3.2',
  info: { title: 'many', version: '1' },
  methods: names.map((name) => ({
    name,
    params: [
      { name: 'x', required: true, schema: { type: 'integer', minimum: 0, maximum: 9 } },
      // Nothing breaks this `maximum` alone.
      { name: 'y', required: true, schema: { enum: [1, 2], maximum: 5 } },
    ],
    result: { name: 'r', schema: { type: 'integer' } },
    errors: [{ code: -32602, message: 'refused' }],
  })),
};

test('the last of many methods has the properties of the first, and a bug of it is found', async () => {
  const cwd = temporaryFolder();
  const refuse = `throw Object.assign(new Error('refused'), { code: -32602 })`;
  const sound = `if (!Number.isInteger(x) || x < 0 || x > 9 || (y !== 1 && y !== 2)) ${refuse}; return x;`;
  const bodies = names.map((name) => (name === 'm61' ? sound.replace('x > 9', 'x > 10') : sound));
  const file = 'many.mjs';
  writeFileSync(
    join(cwd, file),
    names.map((name, index) => `export function ${name}(x, y) { ${bodies[index]} }`).join('\n'),
  );
  const read = specFromText(JSON.stringify(contract), { file: join(cwd, 'many.json'), name: 'many' });
  if (read.kind !== 'spec') throw new Error('the contract is read');
  const told: string[] = [];
  const report = await verify({
    spec: read.spec,
    subject: { kind: 'module', file, cwd },
    seed: 1,
    runs: 4,
    onEvent: (event) => void (event.type === 'started' && told.push(...event.properties.map(({ id }) => id))),
  });
  const rejections = (method: string): string[] =>
    report.properties
      .filter(({ kind, operation }) => kind === 'rejection' && operation === method)
      .map(({ id }) => id.replaceAll(method, 'METHOD'));
  expect(rejections('m61')).toEqual(rejections('m0'));
  expect(rejections('m0').filter((id) => id.includes(' y '))).toEqual([
    'rejection METHOD y required',
    'rejection METHOD y enum',
  ]);
  expect(
    report.properties.filter(({ verdict }) => verdict !== 'pass').map(({ id, verdict }) => `${verdict} ${id}`),
  ).toEqual(['fail rejection m61 x maximum']);
  // What its turn may show to be nothing was not promised.
  const ids = report.properties.map(({ id }) => id);
  expect(told.filter((id) => !ids.includes(id))).toEqual([]);
  expect(told.length).toBeLessThan(ids.length);
});
