import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { valueAt } from '../../src/events/index.ts';
import { lintSpec } from '../../src/spec/lint.ts';
import { loadSpec } from '../../src/spec/load.ts';
import { contract, read, rulesOf, specOf } from './specs.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumb-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

const examples = globSync('node_modules/@readme/oas-examples/3.*/{json,yaml}/**/*.{json,yaml}');

test('every public example of OpenAPI 3 is read, and its clauses lie where they say', async () => {
  expect(examples.length).toBeGreaterThan(100);
  for (const file of examples) {
    const loaded = await loadSpec(file);
    expect(loaded.kind, file).toBe('spec');
    if (loaded.kind !== 'spec') continue;
    const { spec } = loaded;
    for (const { pointer } of spec.clauses) expect(valueAt(spec.document, pointer), `${file} ${pointer}`).toBeDefined();
    for (const { location } of lintSpec(spec)) expect(location.line, file).toBeGreaterThan(0);
  }
});

test('YAML and JSON of the same example have the same digests', async () => {
  for (const name of ['3.0/%/petstore.%', '3.1/%/train-travel.%', '3.0/%/star-trek.%']) {
    const [json, yaml] = await Promise.all(
      ['json', 'yaml'].map((kind) => loadSpec(`node_modules/@readme/oas-examples/${name.replaceAll('%', kind)}`)),
    );
    if (json?.kind !== 'spec' || yaml?.kind !== 'spec') throw new Error(name);
    expect(yaml.spec.semanticDigest).toBe(json.spec.semanticDigest);
    // The two files of train-travel differ in the words of their descriptions.
    expect(yaml.spec.documentDigest === json.spec.documentDigest).toBe(!name.includes('train'));
  }
});

test('the name is that of the file, or of the folder of an openapi file', () => {
  const name = async (file: string) => {
    writeFileSync(join(folder, file), JSON.stringify(contract()));
    const loaded = await loadSpec(join(folder, file));
    return loaded.kind === 'spec' ? loaded.spec.name : loaded.findings;
  };
  return Promise.all([
    expect(name('accounts.json')).resolves.toBe('accounts'),
    expect(name('openapi.json')).resolves.toBe(folder.split('/').at(-1)),
  ]);
});

test('a file that cannot be used is invalid with one finding that says why', async () => {
  writeFileSync(join(folder, 'binary.yaml'), new Uint8Array([0xff, 0xfe, 0x80]));
  writeFileSync(join(folder, 'big.yaml'), `a: ${'x'.repeat(2000)}`);
  const answers = await Promise.all([
    loadSpec(join(folder, 'missing.yaml')),
    loadSpec(folder),
    loadSpec(join(folder, 'binary.yaml')),
    loadSpec(join(folder, 'big.yaml'), { limits: { maxBytes: 1000 } }),
  ]);
  expect(answers.map(({ kind, findings }) => [kind, findings.map(({ message }) => message)])).toEqual([
    ['invalid', ['there is no such file']],
    ['invalid', ['a folder is there, and a file is wanted']],
    ['invalid', ['the file is UTF-16; save it as UTF-8']],
    ['invalid', ['the file has 2003 bytes; at most 1000 are read']],
  ]);
});

test.each([
  ['', 'empty #'],
  ['\uFEFF\r\n', 'empty #'],
  ['[]', 'not-openapi #'],
  ['swagger: "1.2"', 'not-openapi #/swagger'],
  ['openapi: 3.1', 'not-openapi #/openapi'],
  ['openapi: 4.0.0', 'not-openapi #/openapi'],
  ['info: {}', 'not-openapi #'],
])('%j is no contract', (text, finding) => {
  const loaded = read(text);
  expect([loaded.kind, ...rulesOf(loaded.findings)]).toEqual(['invalid', finding]);
});

test('a contract without operations is not ready', () => {
  expect(rulesOf(specOf('openapi: 3.1.0\npaths: {}\n').findings)).toEqual(['no-operation #/paths']);
});

test('OpenAPI 3.2 is read like 3.1', () => {
  expect(specOf({ ...contract(), openapi: '3.2.0' }).spec.dialect).toBe('openapi-3.1');
  expect(specOf({ ...contract(), openapi: '3.0.3' }).spec.dialect).toBe('openapi-3.0');
});

test('findings and pointers are located in the text, in YAML as in JSON', () => {
  const yaml =
    'openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n        200: {$ref: "#/components/responses/X"}\n';
  const { spec, findings } = specOf(yaml);
  expect(findings.map(({ rule, location }) => [rule, location])).toEqual([
    ['dangling-reference', { file: '/repo/contract.yaml', line: 6, column: 15 }],
  ]);
  expect(spec.locate('#/paths/~1a/get')).toMatchObject({ line: 4, column: 5 });
  expect(spec.locate('#/paths/~1a/get/responses/404/content')).toMatchObject({ line: 5, column: 7 });
  const json = read('{"openapi": "3.1.0",\n "paths": {\n  "/a": {"get": {"responses": {}}}}}', '/repo/a.json');
  if (json.kind !== 'spec') throw new Error('unreachable');
  expect(json.spec.locate('#/paths/~1a/get')).toMatchObject({ line: 3, column: 10 });
});

test('an invariant in a list is named by its id and located at its item', () => {
  const { spec } = specOf(
    'openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses: {200: {description: a}}\n      x-invariants:\n        - id: one\n          rule: response.status == 200\n        - id: two\n          rule: response.status != 500\n',
  );
  expect(spec.invariants.map(({ pointer }) => pointer)).toEqual([
    '#/paths/~1a/get/x-invariants/one',
    '#/paths/~1a/get/x-invariants/two',
  ]);
  expect(spec.locate('#/paths/~1a/get/x-invariants/two/rule')).toMatchObject({ line: 10, column: 11 });
});
