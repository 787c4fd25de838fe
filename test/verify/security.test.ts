/** Who has no credentials, or forged ones, is refused; and no credential of ours is ever told to anyone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { verifyCommand } from '../../src/cli/commands/verify.ts';
import { captureIo } from '../support/captured-io.ts';
import {
  reproduce,
  serviceSource,
  VAULT_ENVIRONMENT,
  VAULT_SECRETS,
  verifyService,
} from '../support/reference-services.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each([1, 2, 3])('the correct vault passes with seed %i', async (seed) => {
  const report = await verifyService('vault', { seed, runs: 20 });
  const open = report.properties.filter((one) => one.verdict !== 'pass');
  expect(open).toEqual([]);
  expect(report.coverage.operations.covered).toBe(report.coverage.operations.total);
  expect(report.properties.filter((one) => one.kind === 'security').map((one) => one.id)).toEqual([
    'security listNotes',
    'security addNote',
    'security listKeys',
    'security reports',
    'security getNote',
    'security deleteNote',
    'security logout',
  ]);
});

const PATHS: Record<string, string> = {
  listNotes: '~1notes/get',
  addNote: '~1notes/post',
  deleteNote: '~1notes~1{noteId}/delete',
  listKeys: '~1keys',
  reports: '~1reports',
  health: '~1health',
};

// Each planted bug is found by the property that is meant to find it, and the script tells the two services apart.
test.each([
  ['list-is-open', 'security listNotes', 'a call without credentials is refused with 401'],
  ['post-is-open', 'security addNote', 'a call without credentials is refused with 401'],
  ['delete-is-open', 'security deleteNote', 'a call without credentials is refused with 401'],
  ['any-token', 'security listNotes', 'a call with forged credentials of token is refused with 401'],
  ['empty-token', 'security listNotes', 'a call with empty credentials of token is refused with 401'],
  ['any-scheme', 'security listNotes', 'a call with credentials of another scheme in place of those of token'],
  ['signature-unchecked', 'security listNotes', 'a call with a token of token whose signature is forged'],
  ['algorithm-none', 'security listNotes', 'a call with a token of token whose algorithm is "none"'],
  ['key-is-enough', 'security listKeys', 'a call without credentials of token is refused with 401'],
  ['key-unchecked', 'security listKeys', 'a call without credentials of headerKey is refused with 401'],
  ['any-session', 'security reports', 'a call with forged credentials of session is refused with 401'],
  ['password-unchecked', 'security reports', 'a call with forged credentials of clerk is refused with 401'],
  ['empty-key', 'security reports', 'a call with empty credentials of queryKey is refused with 401'],
  ['denied-is-400', 'security deleteNote', 'a call without credentials is refused with 401'],
  ['refuses-too-late', 'security addNote', 'a call without credentials has no effect'],
  ['deletes-then-refuses', 'security deleteNote', 'a call without credentials has no effect'],
  ['health-is-closed', 'acceptance health', 'valid input is accepted with 200'],
  [
    'query-key-refused',
    'acceptance reports',
    'reports never answered a valid call with success when authorised by queryKey',
  ],
])('the vault with the bug %s fails %s', async (bug, property, expected) => {
  const clauses = [`#/paths/${PATHS[property.split(' ')[1] ?? ''] ?? ''}`];
  const report = await verifyService('vault', { bug, runs: 20, seed: 4, clauses });
  const found = report.properties.find((one) => one.id === property);
  const { counterexample } = found ?? {};
  if (counterexample === undefined) {
    expect(found?.reason).toContain(expected);
    return;
  }
  expect(counterexample.expected).toContain(expected);
  const { reproducer } = counterexample;
  expect({ buggy: await reproduce(reproducer, 'vault', bug), correct: await reproduce(reproducer, 'vault') }).toEqual({
    buggy: 1,
    correct: 0,
  });
});

const contract = fileURLToPath(new URL('../support/services/vault.yaml', import.meta.url));

async function run(bug: string, env: Record<string, string>): Promise<{ code: number; out: string; folder: string }> {
  const folder = temporaryFolder();
  const source = serviceSource('vault', bug);
  if (source.kind !== 'command') throw new Error('the vault is started by a command');
  const variables = Object.entries(source.env ?? {}).map(([name, value]) => `${name}='${value}'`);
  const start = `cd '${source.cwd}' && env ${variables.join(' ')} ${source.start}`;
  const reports = ['junit', 'sarif', 'html', 'ndjson'].flatMap((kind) => [`--${kind}`, join(folder, kind)]);
  const { io, out, err } = captureIo(folder, { env });
  const code = await verifyCommand([contract, '--start', start, '--runs', '10', '--json', ...reports], io);
  return { code, out: out() + err(), folder };
}

// The service says our token in an answer that fails, and prints it: it is in none of the outputs all the same.
test('no credential is in any output', async () => {
  const { code, out, folder } = await run('echoes-token', VAULT_ENVIRONMENT);
  expect(code).toBe(1);
  const outputs = [
    out,
    ...['junit', 'sarif', 'html', 'ndjson'].map((name) => readFileSync(join(folder, name), 'utf8')),
  ];
  for (const output of outputs) {
    expect(output.length).toBeGreaterThan(100);
    expect(output).toContain('PLUMB_AUTH_TOKEN');
    for (const secret of Object.values(VAULT_SECRETS)) {
      expect(output).not.toContain(secret);
      expect(output).not.toContain(encodeURIComponent(secret));
      expect(output).not.toContain(Buffer.from(secret).toString('base64'));
    }
    expect(output).not.toContain('sentinel');
  }
});

test('without credentials what needs them is undecided, and the variable is named', async () => {
  const { code, out } = await run('', {});
  expect(code).toBe(3);
  const report = JSON.parse(out) as { properties: { id: string; verdict: string; reason?: string }[] };
  const reasonOf = (id: string): string | undefined => report.properties.find((one) => one.id === id)?.reason;
  expect(reasonOf('acceptance listNotes')).toBe(
    'it needs credentials: set PLUMB_AUTH_TOKEN to the credentials of scheme token',
  );
  expect(reasonOf('security listKeys')).toBe(
    'it needs credentials: set PLUMB_AUTH_TOKEN to the credentials of scheme token and set PLUMB_AUTH_HEADER_KEY to the credentials of scheme headerKey',
  );
  expect(report.properties.find((one) => one.id === 'acceptance health')?.verdict).toBe('pass');
});
