/** Methods that never come back fail once, are called no more, and keep no other from being decided. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSpec } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';

const folder = join(import.meta.dirname, '../../support/calls');

it('is blamed alone, quickly', async () => {
  const loaded = await loadSpec(join(folder, 'spin.openrpc.yaml'));
  if (loaded.kind !== 'spec') throw new Error(JSON.stringify(loaded.findings));
  const report = await verify({ spec: loaded.spec, subject: { kind: 'module', file: 'spin.mjs', cwd: folder } });
  const told = report.properties.map(({ id, verdict, reason, counterexample }) => [
    id,
    verdict,
    reason ?? counterexample?.actual,
  ]);
  expect(told).toEqual([
    ['acceptance spin', 'fail', 'it did not return in 1000 ms'],
    ['acceptance wait', 'fail', 'its promise was not settled in 1000 ms'],
    ['acceptance add', 'pass', undefined],
    ['conformance spin', 'error', 'spin did not answer in time before, so it is called no more'],
    ['conformance wait', 'error', 'wait did not answer in time before, so it is called no more'],
    ['conformance add', 'pass', undefined],
  ]);
});
