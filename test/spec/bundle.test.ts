import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadSpec, specFromText } from '../../src/spec/load.ts';
import type { ReadSpec } from '../../src/spec/openapi/openapi.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Writes files into a repository of their own; the contract is `openapi.yaml` or what is named. */
async function load(files: Record<string, string>, contract = 'openapi.yaml') {
  const root = mkdtempSync(join(tmpdir(), 'plumb-bundle-'));
  folders.push(root);
  mkdirSync(join(root, '.git'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const read = await loadSpec(join(root, contract), { name: 'bundle' });
  return { root, read, spec: specIn(read), findings: told(read, root) };
}

function specIn(read: ReadSpec) {
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  return read.spec;
}

function told(read: ReadSpec, root: string): string[] {
  return read.findings.map(({ rule, location, message }) => {
    const { file, line, column } = location;
    return `${file.replace(`${root}/`, '')}:${line}:${column} ${rule} ${message}`;
  });
}

const SINGLE = `
openapi: 3.1.0
info: { title: Pets, version: '1' }
paths:
  /pets/{id}:
    parameters: [{ $ref: '#/components/parameters/Id' }]
    get:
      operationId: getPet
      responses:
        '200': { description: The pet., content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
        '404': { $ref: '#/components/responses/Gone' }
components:
  parameters: { Id: { name: id, in: path, required: true, schema: { type: integer, minimum: 1 } } }
  responses: { Gone: { description: Gone. } }
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: { type: string, maxLength: 9 }
        friends: { type: array, items: { $ref: '#/components/schemas/Pet' } }
        owner: { $ref: '#/components/schemas/Owner' }
    Owner: { type: object, properties: { pets: { type: array, items: { $ref: '#/components/schemas/Pet' } } } }
`;

const SPLIT = {
  'openapi.yaml': `
openapi: 3.1.0
info: { $ref: info.yaml }
paths: { $ref: ./paths/index.yaml }
components:
  parameters: { $ref: './parameters.json' }
  responses: { Gone: { $ref: 'responses.yaml#/Gone' } }
  schemas:
    Pet: { $ref: schemas/Pet.yaml }
    Owner: { $ref: 'schemas/Owner.yaml#/deep/er/Owner' }
`,
  'info.yaml': `title: Pets\nversion: '1'\n`,
  'paths/index.yaml': `/pets/{id}: { $ref: pet.yaml }\n`,
  'paths/pet.yaml': `
parameters: [{ $ref: '../openapi.yaml#/components/parameters/Id' }]
get:
  operationId: getPet
  responses:
    '200': { description: The pet., content: { application/json: { schema: { $ref: ../schemas/Pet.yaml } } } }
    '404': { $ref: '../responses.yaml#/Gone' }
`,
  'parameters.json': `{ "Id": { "name": "id", "in": "path", "required": true,\n  "schema": { "type": "integer", "minimum": 1 } } }`,
  'responses.yaml': `Gone: { description: Gone. }\n`,
  'schemas/Pet.yaml': `
type: object
required: [name]
properties:
  name: { type: string, maxLength: 9 }
  friends: { type: array, items: { $ref: '#' } }
  owner: { $ref: 'Owner.yaml#/deep/er/Owner' }
`,
  'schemas/Owner.yaml': `
deep:
  er:
    Owner: { type: object, properties: { pets: { type: array, items: { $ref: Pet.yaml } } } }
`,
};

// Teams split contracts; what is checked, and the version's identity, must not depend on how.
test('a contract in several files is the contract that it was before it was split', async () => {
  const split = await load(SPLIT);
  const single = await load({ 'openapi.yaml': SINGLE });
  expect([split.findings, single.findings]).toEqual([[], []]);
  expect(split.spec.operations).toEqual(single.spec.operations);
  expect(split.spec.semanticDigest).toBe(single.spec.semanticDigest);
  expect(split.spec.documentDigest).toBe(single.spec.documentDigest);
  expect(split.spec.files?.map((file) => file.replace(`${split.root}/`, '')).toSorted()).toEqual(
    Object.keys(SPLIT).toSorted(),
  );
  const schemas = createSchemas(split.spec.document, { dialect: split.spec.dialect });
  const pet = { name: 'Rex', friends: [{ name: 'Tom' }], owner: { pets: [{ name: 'A name too long' }] } };
  expect(schemas.validate('#/components/schemas/Pet', pet, 'any').map(({ clause }) => clause)).toEqual([
    '#/components/schemas/Pet/properties/name/maxLength',
  ]);
  const place = (pointer: string) => {
    const { file, line, column } = split.spec.locate(pointer);
    return `${file.replace(`${split.root}/`, '')}:${line}:${column}`;
  };
  expect(
    [
      '#/paths/~1pets~1{id}/get',
      '#/components/schemas/Pet',
      '#/components/schemas/Pet/properties/name/maxLength',
      '#/components/schemas/Owner/properties/pets',
      '#/components/parameters/Id/schema/minimum',
      '#/components/responses',
    ].map(place),
  ).toEqual([
    'paths/pet.yaml:3:1',
    'schemas/Pet.yaml:1:1',
    'schemas/Pet.yaml:5:25',
    'schemas/Owner.yaml:4:42',
    'parameters.json:2:34',
    'openapi.yaml:7:3',
  ]);
});

test('the text of a spec holds all its files, and is read back to the same spec', async () => {
  const { spec, root } = await load(SPLIT);
  rmSync(root, { recursive: true });
  const again = specIn(specFromText(spec.text, { file: spec.file, name: spec.name }));
  expect(again.text).toBe(spec.text);
  expect(again.files).toEqual(spec.files);
  expect(again.documentDigest).toBe(spec.documentDigest);
  expect(again.locate('#/components/schemas/Pet/required')).toEqual(spec.locate('#/components/schemas/Pet/required'));
});

test('a word that changes in any file changes the document digest', async () => {
  const before = await load(SPLIT);
  const after = await load({ ...SPLIT, 'responses.yaml': `Gone: { description: Lost. }\n` });
  expect(after.spec.semanticDigest).toBe(before.spec.semanticDigest);
  expect(after.spec.documentDigest).not.toBe(before.spec.documentDigest);
});

const operation = (schema: string): string => `
openapi: 3.1.0
info: { title: T, version: '1' }
paths:
  /a:
    get: { responses: { '200': { description: D., content: { application/json: { schema: ${schema} } } } } }
`;

test.each([
  ['../../etc/passwd', 'leaves the folder of the contract and is not read'],
  ['..%2f..%2fetc/passwd', 'leaves the folder of the contract and is not read'],
  ['/etc/passwd', 'is an absolute path and is not read'],
  ['file:///etc/passwd', 'names a file of this machine and is not read'],
  ['C:\\\\secret.yaml', 'names a file of this machine and is not read'],
  ['\\\\\\\\host\\\\share\\\\a.yaml', 'names another machine and is not read'],
  ['//host/share/a.yaml', 'names another machine and is not read'],
  ['a\\\\b.yaml', 'is not a path with `/`'],
  ['http://127.0.0.1:9/a.yaml#/A', 'leaves the contract and is never fetched'],
  ['HTTPS://example.com/a', 'leaves the contract and is never fetched'],
  ['ftp://example.com/a', 'leaves the contract and is never fetched'],
  ['data:application/json,{}', 'leaves the contract and is never fetched'],
  ['urn:example:a', 'leaves the contract and is never fetched'],
  ['.git/config', 'leads into git and is not read'],
  ['out.yaml', 'is not read: it is a link that leads out of the folder of the contract'],
  ['folder', 'is not read: a folder is there, and a file is wanted'],
  ['none.yaml', 'names a file that is not there'],
  ['other.yaml#/None', 'in other.yaml'],
  ['other.yaml#none', 'in other.yaml'],
])('a reference to %j is refused by name, where it stands', async (ref, reason) => {
  const root = mkdtempSync(join(tmpdir(), 'plumb-refused-'));
  folders.push(root);
  mkdirSync(join(root, '.git'));
  mkdirSync(join(root, 'folder'));
  symlinkSync('/etc/passwd', join(root, 'out.yaml'));
  writeFileSync(join(root, '.git', 'config'), 'a: 1\n');
  writeFileSync(join(root, 'other.yaml'), 'A: { type: string }\n');
  writeFileSync(join(root, 'openapi.yaml'), operation(`{ properties: { x: { $ref: "${ref}" } } }`));
  const read = await loadSpec(join(root, 'openapi.yaml'));
  const [finding, ...more] = told(read, root);
  expect(more).toEqual([]);
  expect(finding).toMatch(/^openapi\.yaml:6:\d+ (external|dangling)-reference /);
  expect(finding).toContain(reason);
});

test('references go in circles across files, through chains, anchors and ids', async () => {
  const { spec, findings } = await load({
    'openapi.yaml': operation('{ $ref: "a.yaml#/Chain" }'),
    'a.yaml': `
Chain: { $ref: '#/Link' }
Link: { $ref: 'b.yaml' }
Up: { type: object, properties: { down: { $ref: 'b.yaml' }, here: { $ref: '#top' } }, $anchor: top }
`,
    'b.yaml': `
$id: https://example.com/b
type: object
properties:
  a: { $ref: 'a.yaml#/Up' }
  again: { $ref: 'https://example.com/b' }
  inner: { $ref: '#/$defs/small' }
  named: { $ref: '#small' }
$defs: { small: { $anchor: small, type: integer } }
`,
  });
  expect(findings).toEqual([]);
  const body = '#/paths/~1a/get/responses/200/content/application~1json/schema';
  const schemas = createSchemas(spec.document, { dialect: spec.dialect });
  const good = { a: { down: { inner: 1, again: { named: 2 } }, here: { here: {} } } };
  expect(schemas.validate(body, good, 'any')).toEqual([]);
  for (const bad of [
    { inner: 'x' },
    { named: 'x' },
    { again: { inner: 'x' } },
    { a: { here: { down: { named: 'x' } } } },
  ])
    expect(schemas.validate(body, bad, 'any')).not.toEqual([]);
  expect(schemas.generator(body, 'response').kind).toBe('generator');
});

test.each(['tree.json', './tree.json#node', '#node'])(
  'dynamic references mean what the files around them say, however they are written: %s',
  async (ref) => {
    // The example of JSON Schema 2020-12 (appendix C), in files; each file is a resource, with or without an `$id`.
    const { spec, findings } = await load({
      'openapi.yaml': `
openapi: 3.1.0
info: { title: Trees, version: '1' }
paths:
  /a:
    get:
      responses:
        '200': { description: Yes., content: { application/json: { schema: { $ref: 'schemas/tree.json' } } } }
    put:
      responses:
        '200': { description: Yes., content: { application/json: { schema: { $ref: 'schemas/strict.json' } } } }
    post:
      responses:
        '200': { description: Yes., content: { application/json: { schema: { $ref: 'schemas/kinds.json#/Forest' } } } }
`,
      'schemas/tree.json': `{
        "$dynamicAnchor": "node", "type": "object",
        "properties": { "data": { "$ref": "#/$defs/data" }, "children": { "type": "array", "items": { "$dynamicRef": ${JSON.stringify(ref)} } } },
        "$defs": { "data": { "$ref": "data.json" } } }`,
      'schemas/data.json': '{ "type": "integer" }',
      'schemas/strict.json': '{ "$dynamicAnchor": "node", "$ref": "tree.json", "unevaluatedProperties": false }',
      'schemas/kinds.json': `{
        "Forest": { "type": "object", "properties": { "trees": { "type": "array", "items": { "$ref": "./strict.json" } }, "any": { "$dynamicRef": "tree.json#node" } } } }`,
    });
    expect(findings).toEqual([]);
    const schemas = createSchemas(spec.document, { dialect: spec.dialect });
    const loose = { data: 1, children: [{ data: 2, colour: 'red' }] };
    const verdicts = (method: string): boolean[] =>
      [loose, { data: 1, children: [{ data: 'x' }] }, { data: 1, children: [{ children: [] }] }].map((tree) => {
        const value = method === 'post' ? { trees: [tree] } : tree;
        const body = `#/paths/~1a/${method}/responses/200/content/application~1json/schema`;
        return schemas.validate(body, value, 'any').length === 0;
      });
    const isDynamic = ref !== 'tree.json';
    expect(['get', 'put', 'post'].map(verdicts)).toEqual([
      [true, false, true],
      [!isDynamic, false, true],
      [!isDynamic, false, true],
    ]);
    for (const method of ['get', 'put', 'post'])
      expect(
        schemas.generator(`#/paths/~1a/${method}/responses/200/content/application~1json/schema`, 'response').kind,
      ).toBe('generator');
  },
);

test('a dynamic reference below a document that is no schema is refused with what to do', async () => {
  const { findings } = await load({
    'openapi.yaml': operation('{ $ref: "parts.yaml#/components/schemas/Tree" }'),
    'parts.yaml': `
components: { schemas: { Tree: { $dynamicAnchor: node, properties: { left: { $dynamicRef: '#node' } } } } }
`,
  });
  expect(findings.filter((text) => text.includes('external-reference'))).toMatchInlineSnapshot(`
    [
      "parts.yaml:2:34 external-reference \`$dynamicAnchor\` stands in a file whose root is no schema, so that it cannot be joined",
      "parts.yaml:2:78 external-reference \`$dynamicRef\` stands in a file whose root is no schema, so that it cannot be joined",
    ]
  `);
});

test('a circle of files that says nothing is named', async () => {
  const { findings } = await load({
    'openapi.yaml': operation('{ $ref: "a.yaml" }'),
    'a.yaml': '$ref: b.yaml\n',
    'b.yaml': '$ref: a.yaml\n',
  });
  expect(findings).toEqual([expect.stringContaining('circular-reference')]);
});

test('what several places share without a name gets one; nested parts stay inside', async () => {
  const { spec, findings } = await load({
    'openapi.yaml': `
openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a: { $ref: 'paths.yaml#/~1a' }
  /b: { $ref: 'paths.yaml#/~1b' }
`,
    'paths.yaml': `
/a:
  post:
    requestBody: { content: { application/json: { schema: { $ref: 'money.yaml#/properties/cents', description: Beside. } } } }
    responses: { '200': { description: D. } }
/b:
  post:
    requestBody: { content: { application/json: { schema: { $ref: 'money.yaml', nullable: true } } } }
    responses: { '200': { description: D. } }
`,
    'money.yaml': 'type: object\nproperties: { cents: { type: integer, minimum: 1 } }\n',
  });
  expect(findings).toEqual([]);
  expect(spec.document['components']).toEqual({
    schemas: { money: { type: 'object', properties: { cents: { type: 'integer', minimum: 1 } } } },
  });
  expect(spec.follow('#/paths/~1a/post/requestBody/content/application~1json/schema')).toBe(
    '#/components/schemas/money/properties/cents',
  );
});

test('aliases and references to files do not make a value contain itself', async () => {
  const { spec, findings } = await load({
    'openapi.yaml': operation('{ $ref: "a.yaml#/A" }'),
    'a.yaml':
      'A: { properties: { y: &b { properties: { x: { $ref: "#/C/q" } } } } }\nC: { q: { properties: { z: *b } } }\n',
  });
  expect(findings).toEqual([]);
  expect(JSON.stringify(spec.document).length).toBeLessThan(2000);
});

test('what is wrong in another file is told there', async () => {
  const { findings } = await load({
    'openapi.yaml': operation('{ $ref: "a.yaml" }'),
    'a.yaml': 'type: object\nproperties:\n  x: { $ref: b.yaml }\n',
    'b.yaml': 'type: string\ntype: integer\n',
  });
  expect(findings).toEqual([expect.stringMatching(/^b\.yaml:2:1 duplicate-key /)]);
});

test('limits hold over all files together', async () => {
  const root = mkdtempSync(join(tmpdir(), 'plumb-limits-'));
  folders.push(root);
  writeFileSync(join(root, 'openapi.yaml'), operation('{ $ref: "0.json" }'));
  const count = 200;
  for (let index = 0; index < count; index++)
    writeFileSync(
      join(root, `${index}.json`),
      JSON.stringify({
        properties: { next: { $ref: `${(index + 1) % count}.json` }, pad: { const: 'x'.repeat(1000) } },
      }),
    );
  const all = await loadSpec(join(root, 'openapi.yaml'));
  expect(told(all, root)).toEqual([]);
  const few = await loadSpec(join(root, 'openapi.yaml'), { limits: { maxBytes: 50_000 } });
  expect(told(few, root)).toEqual([
    expect.stringContaining('all files of a contract together have at most 50000 bytes'),
  ]);
  const values = await loadSpec(join(root, 'openapi.yaml'), { limits: { maxValues: 500 } });
  expect(told(values, root)).toEqual([expect.stringContaining('too-many-values')]);
});

test('a deep chain of files is joined flat', async () => {
  const root = mkdtempSync(join(tmpdir(), 'plumb-deep-'));
  folders.push(root);
  writeFileSync(join(root, 'openapi.yaml'), operation('{ $ref: "0.json" }'));
  const count = 600;
  for (let index = 0; index < count; index++)
    writeFileSync(
      join(root, `${index}.json`),
      JSON.stringify({
        properties: { a: { properties: { b: index + 1 < count ? { $ref: `${index + 1}.json` } : {} } } },
      }),
    );
  const read = await loadSpec(join(root, 'openapi.yaml'));
  expect(told(read, root)).toEqual([]);
  expect(specIn(read).files).toHaveLength(count + 1);
});
