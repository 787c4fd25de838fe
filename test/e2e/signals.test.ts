/** A signal, a closed terminal and a reader that went away end a session in good order, and it can be resumed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fingerprint, git } from '../support/git-repository.ts';
import { messagesServer, type ScriptedReply } from '../support/messages-server.ts';
import { jsonLines, NOTES_SERVER, notesRepository, ofType, plumb, startPlumb } from '../support/plumb.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RUN = ['run', 'specs/notes.yaml', '--runs', '5', '--json'];

test('SIGINT in a verification: the session says so, ends with 130 and goes on later', async () => {
  const cwd = notesRepository();
  const before = fingerprint(cwd);
  const run = startPlumb(RUN, { cwd });
  await run.printed('"type":"propertyDecided"');
  run.kill('SIGINT');
  const end = await run.finished;
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 130, stderr: '' });
  expect(await run.leftNothing()).toBe(true);
  expect(fingerprint(cwd)).toEqual(before);
  const lines = jsonLines(end.stdout);
  expect(lines.slice(-3)).toMatchObject([
    { type: 'turnInterrupted', reason: 'interrupted by a signal' },
    { type: 'sessionEnded', reason: 'interrupted', verdict: 'error' },
    { type: 'runFinished', verdict: 'error' },
  ]);
  const session = String(lines.at(-1)?.['session']);
  const resumed = await plumb(['run', '--resume', session, '--runs', '5', '--json'], { cwd });
  expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
  const again = jsonLines(resumed.stdout);
  expect(again[0]).toMatchObject({ type: 'sessionResumed', seq: lines.length });
  expect(again.at(-1)).toMatchObject({ type: 'runFinished', verdict: 'pass', session });
  expect(await plumb(['replay', session, '--verify'], { cwd })).toMatchObject({ code: 0 });
});

test.each<{ signal: NodeJS.Signals; while: string; replies: ScriptedReply[]; until: string | RegExp }>([
  {
    signal: 'SIGTERM',
    while: 'an answer stalls',
    replies: [{ blocks: [{ text: 'I think' }], after: { events: 4, fault: 'stall' } }],
    until: '"type":"requestSent"',
  },
  {
    signal: 'SIGINT',
    while: 'a rate limit is waited for',
    replies: [{ status: 429, headers: { 'retry-after': '120' }, error: { type: 'rate_limit_error', message: 'slow' } }],
    until: '"type":"providerFailed"',
  },
  {
    signal: 'SIGHUP',
    while: 'a server never answers',
    replies: [{ silent: 'stall' }],
    until: '"type":"requestSent"',
  },
])('$signal while $while', async ({ signal, replies, until }) => {
  const server = await messagesServer({ replies });
  onTestFinished(() => server.close());
  const cwd = notesRepository();
  const run = startPlumb([...RUN, '--agent', 'claude'], { cwd, env: server.env });
  await run.printed(until);
  run.kill(signal);
  const end = await run.finished;
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 130, stderr: '' });
  const lines = jsonLines(end.stdout);
  expect(ofType(lines, 'sessionEnded')).toMatchObject([
    { reason: 'interrupted', message: expect.stringMatching(/resume/) },
  ]);
  // Every reservation is settled: a stopped call is charged what it may have cost.
  expect(ofType(lines, 'budgetSettled')).toHaveLength(ofType(lines, 'budgetReserved').length);
  expect(await run.leftNothing()).toBe(true);
});

test('a second SIGINT ends at once and still leaves nothing', async () => {
  const cwd = notesRepository();
  const run = startPlumb(RUN, { cwd });
  await run.printed('"type":"verificationStarted"');
  run.kill('SIGINT');
  run.kill('SIGINT');
  expect(await run.finished).toMatchObject({ code: 130, signal: null, stderr: '' });
  expect(await run.leftNothing()).toBe(true);
});

test('a reader that goes away stops the session in good order', async () => {
  const cwd = notesRepository();
  const before = fingerprint(cwd);
  const run = startPlumb(RUN, { cwd });
  await run.printed('"type":"specLoaded"');
  run.closeStdout();
  expect(await run.finished).toMatchObject({ code: 130, signal: null, stderr: '' });
  expect(await run.leftNothing()).toBe(true);
  expect(fingerprint(cwd)).toEqual(before);
  expect(git(cwd, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  const { sessions } = JSON.parse((await plumb(['sessions', '--json'], { cwd })).stdout) as { sessions: object[] };
  expect(sessions).toMatchObject([{ ended: 'interrupted' }]);
});

// `plumb sample … | head -1` has what it wanted; a shell with pipefail must not take it for a failure.
test('a reader of samples that goes away is no fault', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'schema.json'), '{ "type": "string" }');
  const run = startPlumb(['sample', 'schema.json', '--count', '1000000'], { cwd });
  await run.printed('\n');
  run.closeStdout();
  expect(await run.finished).toMatchObject({ code: 0, signal: null, stderr: '' });
});

test('a signal ends a verification with its service', async () => {
  const cwd = notesRepository();
  writeFileSync(join(cwd, 'server.js'), NOTES_SERVER);
  const args = ['verify', 'specs/notes.yaml', '--start', 'node server.js', '--runs', '1000000'];
  const run = startPlumb(args, { cwd });
  await expect.poll(() => run.children().length, { timeout: 20_000 }).toBeGreaterThan(0);
  run.kill('SIGTERM');
  expect((await run.finished).code).toBe(130);
  expect(await run.leftNothing()).toBe(true);
});
