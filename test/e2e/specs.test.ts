/** Specs that are missing, broken, hostile or oddly named: one clear message with its place, and nothing is begun. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git } from '../support/git-repository.ts';
import { NOTES, NOTES_SERVER, notesRepository, plumb } from '../support/plumb.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const operation = (schema: string): string => `openapi: 3.1.0
info: { title: X, version: "1" }
paths:
  /a:
    get:
      operationId: a
      responses:
        "200": { description: Yes., content: { application/json: { schema: ${schema} } } }
`;
const EMPTY = 'openapi: 3.1.0\ninfo: { title: X, version: "1" }\npaths: {}\n';

function bomb(): string {
  const rows = [...'abcdefg'].map((name, at, all) => {
    const of = at === 0 ? '1' : `*${all[at - 1]}`;
    return `${name}: &${name} [${Array<string>(9).fill(of).join(', ')}]\n`;
  });
  return EMPTY + rows.join('');
}

test.each<{ name: string; file: string; text: string | Buffer; code: number; says: string }>([
  {
    name: 'an empty file',
    file: 'a.yaml',
    text: '',
    code: 3,
    says: 'a.yaml:1:1 empty: the file is empty',
  },
  {
    name: 'malformed YAML',
    file: 'a.yaml',
    text: 'openapi: 3.1.0\ninfo: { title: X\npaths: {}\n',
    code: 3,
    says: 'a.yaml:3:1 yaml-syntax: ',
  },
  {
    name: 'malformed JSON',
    file: 'a.json',
    text: '{"openapi": "3.1.0",\n "info": {"title": }\n}',
    code: 3,
    says: 'a.json:2:20 json-syntax: ',
  },
  {
    name: 'bytes that are no text',
    file: 'a.yaml',
    text: Buffer.from([0x6f, 0xff, 0xfe, 0x00]),
    code: 3,
    says: 'the file is not UTF-8',
  },
  { name: 'an alias bomb', file: 'a.yaml', text: bomb(), code: 3, says: 'too-many-values: ' },
  {
    name: 'a file of 70 MB',
    file: 'a.yaml',
    text: `${EMPTY}x-big:\n${'  - a line of some length\n'.repeat(2_800_000)}`,
    code: 3,
    says: 'are read',
  },
  {
    name: 'Swagger 1.2',
    file: 'a.yaml',
    text: 'swagger: "1.2"\ninfo: { title: X, version: "1" }\npaths: {}\n',
    code: 3,
    says: 'Swagger version "1.2" is not supported',
  },
  { name: 'no operation', file: 'a.yaml', text: EMPTY, code: 4, says: 'a.yaml:3:1 no-operation: ' },
  {
    name: 'a reference to the network',
    file: 'a.yaml',
    text: operation('{ $ref: "http://127.0.0.1:9/x.yaml#/A" }'),
    code: 4,
    says: 'a.yaml:8:78 external-reference: ',
  },
  {
    name: 'a reference out of the folder',
    file: 'a.yaml',
    text: operation('{ $ref: "../../etc/passwd#/A" }'),
    code: 4,
    says: 'a.yaml:8:78 external-reference: ',
  },
  {
    name: 'references in a circle',
    file: 'a.yaml',
    text: `${operation('{ $ref: "#/components/schemas/A" }')}components: { schemas: { A: { $ref: "#/components/schemas/B" }, B: { $ref: "#/components/schemas/A" } } }\n`,
    code: 4,
    says: 'circular-reference: ',
  },
])('$name', async ({ file, text, code, says }) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, file), text);
  const run = await plumb(['run', file, '--json'], { cwd });
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
  expect(run.stderr).toMatch(/^plumb run: /);
  expect(run.stderr).toContain(says);
  expect(run.stderr.split('\n').length).toBeLessThan(25);
  expect((await plumb(['sessions'], { cwd })).stdout).toMatch(/^There are no sessions here yet/);
});

test.each([
  { given: ['nowhere.yaml'], says: 'there is no spec and no file "nowhere.yaml"' },
  { given: ['folder'], says: 'folder holds no openapi.yaml' },
  { given: [], says: 'no spec was named' },
])('a spec that is not there: $given', async ({ given, says }) => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'folder'));
  for (const command of ['run', 'verify', 'spec']) {
    const args = command === 'spec' ? ['spec', 'lint', ...given] : [command, ...given];
    const end = await plumb(args, { cwd });
    expect({ args, code: end.code, stdout: end.stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(end.stderr).toMatch(new RegExp(`^plumb ${command}: `));
    expect(end.stderr).toContain(says);
  }
});

test('a spec without operations is an error for the verifier, never a pass', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.yaml'), EMPTY);
  const end = await plumb(['verify', 'a.yaml', '--url', 'http://127.0.0.1:9', '--json'], { cwd });
  expect(end.code).toBe(3);
  expect(JSON.parse(end.stdout)).toMatchObject({ verdict: 'error', properties: [] });
  expect(end.stderr).toContain('no-operation');
});

test('a reference that is not read is told, and what it would say never passes', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.yaml'), operation('{ $ref: "../other.yaml#/A" }'));
  const server = `require('node:http').createServer((_, r) => r.setHeader('content-type', 'application/json').end('{}')).listen(process.env.PORT)`;
  writeFileSync(join(cwd, 'server.cjs'), server);
  const end = await plumb(['verify', 'a.yaml', '--start', 'node server.cjs', '--runs', '5', '--json'], { cwd });
  expect(end.code).not.toBe(0);
  expect(end.stderr).toContain('a.yaml:8:78 external-reference: ');
});

test('names with spaces and letters of other scripts, and a contract outside the repository', async () => {
  const folder = 'specs/Grüße an alle 通知';
  const cwd = notesRepository({ [`${folder}/openapi.yaml`]: NOTES });
  const outside = join(temporaryFolder(), 'my notes.yaml');
  writeFileSync(outside, NOTES);
  for (const spec of [folder, outside]) {
    const run = await plumb(['run', spec, '--runs', '5', '--json'], { cwd });
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    const last = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '') as { branch: string };
    const files = git(cwd, 'diff', '--name-only', 'main', last.branch).trim().split('\n');
    expect(files).toContainEqual(expect.stringMatching(/^services\/[\w.-]+\/server\.js$/));
  }
  expect(git(cwd, 'status', '--porcelain')).toBe('');
});

test('a subject’s folder with a space starts, too', async () => {
  const cwd = notesRepository({ 'a b/server.js': NOTES_SERVER });
  const end = await plumb(['verify', 'specs/notes.yaml', '--start', "node 'a b/server.js'", '--runs', '5'], { cwd });
  expect(end).toMatchObject({ code: 0, stderr: '' });
});
