/** The whole walk with the built-in agent, through the binary: run, apply, verify, look back, roll back and forth. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprint, git } from '../support/git-repository.ts';
import { jsonLines, notesRepository, ofType, plumb, startPlumb } from '../support/plumb.ts';

const MEMBERS = [
  'type',
  'verdict',
  'session',
  'specVersion',
  'codeTree',
  'rounds',
  'branch',
  'unsatisfied',
  'usage',
  'usdMicros',
  'durationMs',
];

test('a run leaves its code on a branch and touches nothing of the user’s; what it recorded can be looked at and undone', async () => {
  const cwd = notesRepository();
  const before = fingerprint(cwd);
  const run = startPlumb(['run', 'specs/notes.yaml', '--runs', '10', '--json'], { cwd });
  const first = await run.finished;
  expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
  const lines = jsonLines(first.stdout);
  const last = lines.at(-1);
  expect(Object.keys(last ?? {})).toEqual(MEMBERS);
  const { session, specVersion, codeTree, rounds } = last as unknown as Record<string, string>;
  expect(last).toEqual({
    type: 'runFinished',
    verdict: 'pass',
    session: expect.stringMatching(/^\w+$/),
    specVersion: expect.stringMatching(/^[0-9a-f]{64}$/),
    codeTree: expect.stringMatching(/^[0-9a-f]+$/),
    rounds: expect.any(Number),
    branch: `plumb/${session}`,
    unsatisfied: [],
    usage: { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 },
    usdMicros: 0,
    durationMs: expect.any(Number),
  });
  // It starts from the weakest candidate, so the first verdict is a genuine failure.
  expect(Number(rounds)).toBeGreaterThan(1);
  expect(ofType(lines, 'counterexampleFound').length).toBeGreaterThan(0);
  expect(lines.slice(0, -1).map((line) => line['seq'])).toEqual(lines.slice(0, -1).map((_, at) => at + 1));
  expect(await run.leftNothing()).toBe(true);

  expect(fingerprint(cwd)).toEqual(before);
  expect(git(cwd, 'status', '--porcelain')).toBe('');
  expect(git(cwd, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  expect(git(cwd, 'show', `plumb/${session}:services/notes/server.js`)).toContain('createServer');
  expect(git(cwd, 'log', '--format=%P', '-1', `plumb/${session}`).trim()).toBe(git(cwd, 'rev-parse', 'HEAD').trim());

  const applied = await plumb(['run', 'specs/notes.yaml', '--runs', '10', '--apply'], { cwd });
  expect({ code: applied.code, stderr: applied.stderr }).toEqual({ code: 0, stderr: '' });
  expect(applied.stdout).toMatch(/^✓ pass {2}notes @ /m);
  expect(existsSync(join(cwd, 'services/notes/server.js'))).toBe(true);
  expect({ ...fingerprint(cwd), ...before }).toEqual(fingerprint(cwd));

  const verified = await plumb(['verify', 'specs/notes.yaml', '--seed', '77', '--runs', '20', '--json'], { cwd });
  const report = JSON.parse(verified.stdout) as Record<string, unknown>;
  expect(verified.code).toBe(0);
  expect(report).toMatchObject({ format: 'plumbline.verify/1', verdict: 'pass', seed: 77 });
  expect((report['spec'] as { semanticDigest: string }).semanticDigest).toBe(specVersion);

  const sessions = JSON.parse((await plumb(['sessions', '--json'], { cwd })).stdout) as {
    sessions: { id: string; verdict: string; ended: string }[];
  };
  expect(sessions.sessions).toHaveLength(2);
  expect(sessions.sessions[1]).toMatchObject({ id: session, verdict: 'pass', ended: 'passed' });
  const whole = await plumb(['replay', String(session), '--verify'], { cwd });
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  expect(whole.stdout).toMatch(new RegExp(`^✓ whole: ${lines.length - 1} events`));
  const early = await plumb(['replay', String(session), '--at', '3'], { cwd });
  expect(early).toMatchObject({ code: 0, stderr: '' });
  expect(early.stdout).toContain('notes');
  const asJson = await plumb(['replay', String(session), '--export', 'json', '--out', 'out/session.json'], { cwd });
  expect({ code: asJson.code, stdout: asJson.stdout }).toEqual({ code: 0, stdout: '' });
  expect(await plumb(['replay', 'out/session.json', '--verify'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  const asText = await plumb(['replay', String(session), '--export', 'md'], { cwd });
  expect(asText).toMatchObject({ code: 0, stderr: '' });
  expect(asText.stdout).toMatch(/^# /);

  const lineage = await plumb(['lineage', 'specs/notes.yaml', '--json'], { cwd });
  expect(lineage.code).toBe(0);
  expect(lineage.stdout).toContain(specVersion);
  expect(lineage.stdout).toContain(codeTree);

  // The user commits the code, breaks it, and goes back to what was known to be good; then back from there.
  git(cwd, 'add', 'services');
  git(cwd, 'commit', '-q', '-m', 'notes');
  const server = join(cwd, 'services/notes/server.js');
  const good = readFileSync(server, 'utf8');
  git(cwd, 'rm', '-q', '-r', 'services');
  git(cwd, 'commit', '-q', '-m', 'oh no');
  const broken = git(cwd, 'rev-parse', 'HEAD^{tree}').trim();
  const untouched = fingerprint(cwd);
  const to = String(specVersion).slice(0, 12);
  const plan = await plumb(['rollback', 'specs/notes.yaml', '--to', to, '--dry-run'], { cwd });
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(plan.stdout).toContain('services/notes/server.js');
  expect(fingerprint(cwd)).toEqual(untouched);
  const rollback = await plumb(['rollback', 'specs/notes.yaml', '--to', to, '--yes', '--json'], { cwd });
  expect({ code: rollback.code, stderr: rollback.stderr }).toEqual({ code: 0, stderr: '' });
  const done = JSON.parse(rollback.stdout) as { branch: string };
  expect(git(cwd, 'show', `${done.branch}:services/notes/server.js`)).toBe(good);
  expect(git(cwd, 'rev-parse', 'HEAD^{tree}').trim()).toBe(broken);
  git(cwd, 'checkout', '-q', done.branch);
  git(cwd, 'revert', '--no-edit', 'HEAD');
  expect(git(cwd, 'rev-parse', 'HEAD^{tree}').trim()).toBe(broken);
});
