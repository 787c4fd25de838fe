/** kill -9 at any moment loses nothing that was printed, breaks nothing of the user’s, and the session goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { fingerprint, git } from '../support/git-repository.ts';
import { messagesServer } from '../support/messages-server.ts';
import { jsonLines, NOTES_SERVER, notesRepository, plumb, startPlumb } from '../support/plumb.ts';

const SEED = Number(process.env['PLUMB_KILL_SEED'] ?? 20261123);
const KILLS = Number(process.env['PLUMB_KILLS'] ?? 3);

/** A seeded draw from 0 to below `bound` (LCG of Numerical Recipes). */
function draws(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

test.each(['builtin', 'claude'])('a session with %s outlives kill -9, again and again', async (agent) => {
  const server = await messagesServer({
    // By what the conversation holds, since after a kill a question may come again.
    replies: [
      ({ body }) =>
        body.includes('"tool_result"')
          ? { blocks: [{ text: 'Done.' }] }
          : {
              blocks: [
                { text: 'I write the service.' },
                { tool: 'write', input: { path: 'services/notes/server.js', content: NOTES_SERVER } },
              ],
            },
    ],
  });
  onTestFinished(() => server.close());
  const { env } = server;
  const cwd = notesRepository();
  const before = fingerprint(cwd);
  const draw = draws(SEED + agent.length);
  let args = ['run', 'specs/notes.yaml', '--agent', agent, '--runs', '5', '--json'];
  let session = '';
  let acknowledged = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const told = `seed ${SEED}, kill ${kill} of ${agent}`;
    const lines = acknowledged + 1 + draw(agent === 'builtin' ? 30 : 12);
    const running = startPlumb(args, { cwd, env });
    await running.printed(new RegExp(`"seq":${lines},|"runFinished"`));
    await sleep(draw(300));
    running.kill('SIGKILL');
    const { stdout } = await running.finished;
    expect(await running.leftNothing(), told).toBe(true);
    expect(fingerprint(cwd), told).toEqual(before);
    const printed = jsonLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
    const events = printed.filter((line) => line.type !== 'runFinished');
    session = String(events[0]?.['session']);
    const stored = await plumb(['replay', session, '--json'], { cwd });
    expect(stored, told).toMatchObject({ code: 0, stderr: '' });
    const log = (JSON.parse(stored.stdout) as { events: { seq: number; hash: string }[] }).events;
    // A bidi or control character is written as an escape on both ways out, so that hashes are all that must agree.
    for (const event of events) expect(log[Number(event['seq']) - 1]?.hash, told).toBe(event['hash']);
    expect(await plumb(['replay', session, '--verify'], { cwd }), told).toMatchObject({ code: 0, stderr: '' });
    acknowledged = log.length;
    args = ['run', '--resume', session, '--runs', '5', '--json'];
  }
  const last = startPlumb(args, { cwd, env });
  const end = await last.finished;
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: '' });
  const finished = jsonLines(end.stdout).at(-1);
  expect(finished).toMatchObject({ type: 'runFinished', verdict: 'pass', session, branch: `plumb/${session}` });
  expect(await last.leftNothing()).toBe(true);
  expect(await plumb(['replay', session, '--verify'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  expect(fingerprint(cwd)).toEqual(before);
  expect(git(cwd, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  expect(git(cwd, 'show', `plumb/${session}:services/notes/server.js`)).toContain('createServer');
});

test('kill -9 while a session is being opened leaves no process and nothing in the way of the next one', async () => {
  const cwd = notesRepository();
  const before = fingerprint(cwd);
  for (const afterMs of [60, 250, 500, 900]) {
    const running = startPlumb(['run', 'specs/notes.yaml', '--runs', '3', '--json'], { cwd });
    await sleep(afterMs);
    running.kill('SIGKILL');
    await running.finished;
    expect(await running.leftNothing(), `killed after ${afterMs} ms`).toBe(true);
    expect(fingerprint(cwd)).toEqual(before);
  }
  expect(await plumb(['run', 'specs/notes.yaml', '--runs', '3', '--json'], { cwd })).toMatchObject({
    code: 0,
    stderr: '',
  });
});
