/** The library is used from a package, by strict types and beside the user's own fast-check; each export as documented. */
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  boundaries,
  jsonSchema,
  negatives,
  SchemaRefused,
  tryJsonSchema,
  unbreakable,
  validate,
} from '../../../src/verify/arbitrary.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('library', () => {
  it('does what the example of each export says', () => {
    fc.assert(fc.property(jsonSchema({ type: 'integer', minimum: 1 }), (n) => Number(n) > 0));
    expect(tryJsonSchema({ type: 'array', minItems: 1e9 })).toEqual({
      kind: 'refused',
      keyword: 'minItems',
      pointer: '#/minItems',
      reason: 'over 10000 items',
    });
    expect(boundaries({ type: 'integer', minimum: 1, maximum: 9 })).toEqual([1, 2, 5, 8, 9]);
    const clauses = negatives({ type: 'string', maxLength: 3 }).map(({ clause }) => clause);
    expect(clauses).toEqual(['#/type', '#/type', '#/maxLength']);
    expect(unbreakable({ enum: ['a', 'b'], maxLength: 3 })).toEqual([
      { keyword: 'maxLength', clause: '#/maxLength', reason: 'no value breaks it while its siblings hold' },
    ]);
    expect(validate({ type: 'integer', minimum: 3 }, 2)).toEqual([
      { instancePath: '', clause: '#/minimum', keyword: 'minimum', message: 'must be at least 3' },
    ]);
  });

  it('takes the draft by its short name too, and refuses one that it does not know', () => {
    const schema = { type: 'integer', minimum: 1, exclusiveMinimum: true, maximum: 2 };
    expect(fc.sample(jsonSchema(schema, { draft: 4 }), 3)).toEqual([2, 2, 2]);
    expect(() => jsonSchema({}, { draft: 'draft-99' })).toThrow(SchemaRefused);
  });

  const folder = mkdtempSync(join(tmpdir(), 'plumb-library-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('works from its package, under strict types, with the fast-check of the user', () => {
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
    });
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    execFileSync('tar', ['xzf', join(folder, packed.trim().split('\n').at(-1) ?? '')], { cwd: modules });
    symlinkSync(join(modules, 'package'), join(modules, 'plumbline'));
    for (const name of ['fast-check', 'ajv', '@types'])
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    writeFileSync(
      join(folder, 'consumer.ts'),
      `import fc from 'fast-check';
import { jsonSchema, tryJsonSchema, type Generator, type JsonValue } from 'plumbline/arbitrary';
const order: fc.Arbitrary<JsonValue> = jsonSchema({ type: 'integer', minimum: 3 }, { draft: 7 });
const made = tryJsonSchema({ $ref: 'http://json-schema.org/draft-07/schema#' });
const generator: Generator | undefined = made.kind === 'generator' ? made : undefined;
fc.assert(fc.property(order, (value) => typeof value === 'number' && value >= 3 && order instanceof fc.Arbitrary));
console.log(JSON.stringify([fc.sample(order, 5).length, generator !== undefined]));
`,
    );
    const options = '--strict --noEmit --skipLibCheck false --module nodenext --target es2023 --types node'.split(' ');
    execFileSync(join(root, 'node_modules/.bin/tsc'), [...options, 'consumer.ts'], { cwd: folder, stdio: 'pipe' });
    const output = execFileSync(process.execPath, ['consumer.ts'], { cwd: folder, encoding: 'utf8' });
    expect(output.trim()).toBe('[5,true]');
  }, 120_000);

  it('loads nothing but itself, fast-check and modules of Node', () => {
    const text = readFileSync(join(root, 'dist/arbitrary.js'), 'utf8');
    const imports = [...text.matchAll(/^import[^'"]*['"]([^'"]+)['"];?/gm)].map(([, name]) => name);
    expect(imports.filter((name) => !/^(?:node:.*|fast-check)$/.test(name ?? ''))).toEqual([]);
    expect(text.length).toBeLessThan(400_000);
  });
});
