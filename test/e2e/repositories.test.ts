/** Folders and repositories in every state: a session works or says in one message why not, and the user's things stay. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fingerprint, git } from '../support/git-repository.ts';
import { messagesServer } from '../support/messages-server.ts';
import { jsonLines, NOTES, NOTES_SERVER, notesRepository, plumb, startPlumb } from '../support/plumb.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RUN = ['run', 'specs/notes.yaml', '--runs', '3', '--json'];

/** A server whose model writes the right code at once: a session of one round. */
async function quickAgent(): Promise<{ args: string[]; env: Record<string, string> }> {
  const server = await messagesServer({
    replies: [
      ({ body }) =>
        body.includes('"tool_result"')
          ? { blocks: [{ text: 'Done.' }] }
          : { blocks: [{ tool: 'write', input: { path: 'services/notes/server.js', content: NOTES_SERVER } }] },
    ],
  });
  onTestFinished(() => server.close());
  return { args: [...RUN, '--agent', 'claude'], env: server.env };
}

function lastLine(stdout: string): Record<string, unknown> {
  return jsonLines(stdout).at(-1) ?? {};
}

/** Mounts a file system of its own on a folder; null where this user may not. */
function mounted(folder: string, options: string): { grow: (to: string) => void } | null {
  const shell = (command: string): void =>
    void execFileSync('sh', ['-c', command, 'sh', folder], { stdio: 'ignore', env: process.env });
  try {
    shell(`mount -t tmpfs -o ${options} tmpfs "$1"`);
  } catch {
    return null;
  }
  onTestFinished(() => shell('umount -l "$1"'));
  return { grow: (to) => shell(`mount -o remount,${to} "$1"`) };
}

test('a folder without git works; the change is merged into it on --apply', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'specs'));
  writeFileSync(join(cwd, 'specs/notes.yaml'), NOTES);
  const before = fingerprint(cwd);
  const { args, env } = await quickAgent();
  const run = await plumb([...args, '--apply'], { cwd, env });
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  expect(lastLine(run.stdout)).toMatchObject({ verdict: 'pass', branch: null });
  const { ['services/notes/server.js']: server, ...others } = fingerprint(cwd);
  expect(server).toBeDefined();
  expect(others).toEqual(before);
});

test('uncommitted changes, staged and not, stay byte for byte; a conflict on --apply leaves the user’s file alone', async () => {
  const cwd = notesRepository({ 'a.txt': 'one\n', 'services/notes/server.js': '// mine\n' });
  writeFileSync(join(cwd, 'a.txt'), 'two\n');
  git(cwd, 'add', 'a.txt');
  writeFileSync(join(cwd, 'a.txt'), 'three\n');
  writeFileSync(join(cwd, 'new.txt'), 'untracked\n');
  const before = fingerprint(cwd);
  const { args, env } = await quickAgent();
  const run = startPlumb([...args, '--apply'], { cwd, env });
  await run.printed('"type":"roundStarted"');
  // The user goes on typing while the agent works.
  writeFileSync(join(cwd, 'services/notes/server.js'), '// mine, changed meanwhile\n');
  const changed = fingerprint(cwd);
  const end = await run.finished;
  expect(end.code).toBe(4);
  expect(end.stderr).toBe('plumb: left alone, because you changed the same lines: services/notes/server.js\n');
  expect(lastLine(end.stdout)).toMatchObject({ verdict: 'pass' });
  expect(fingerprint(cwd)).toEqual(changed);
  expect({ ...changed, 'services/notes/server.js': before['services/notes/server.js'] }).toEqual(before);
});

test('a branch without a commit, a detached HEAD, and a worktree of the repository', async () => {
  const { args, env } = await quickAgent();
  const unborn = temporaryFolder();
  git(unborn, 'init', '-q', '-b', 'main');
  mkdirSync(join(unborn, 'specs'));
  writeFileSync(join(unborn, 'specs/notes.yaml'), NOTES);
  const detached = notesRepository();
  git(detached, 'checkout', '-q', '--detach');
  const linked = join(temporaryFolder(), 'linked');
  git(notesRepository(), 'worktree', 'add', '-q', linked);
  const nested = join(linked, 'nested');
  git(linked, 'worktree', 'add', '-q', nested);
  for (const cwd of [unborn, detached, linked, nested]) {
    const before = fingerprint(cwd);
    const run = await plumb(args, { cwd, env });
    expect({ cwd, code: run.code, stderr: run.stderr }).toEqual({ cwd, code: 0, stderr: '' });
    const { branch } = lastLine(run.stdout);
    expect(git(cwd, 'show', `${String(branch)}:services/notes/server.js`)).toBe(NOTES_SERVER);
    expect(fingerprint(cwd)).toEqual(before);
  }
});

test('a bare repository is refused', async () => {
  const cwd = temporaryFolder();
  git(cwd, 'init', '-q', '--bare');
  const spec = join(temporaryFolder(), 'notes.yaml');
  writeFileSync(spec, NOTES);
  const run = await plumb(['run', spec], { cwd });
  expect(run).toMatchObject({ code: 3, stdout: '' });
  expect(run.stderr).toMatch(/^plumb run: .*bare repository; clone it/);
});

test('a `.plumb` that cannot be written is told in one line', async ({ skip }) => {
  const cwd = notesRepository();
  mkdirSync(join(cwd, '.plumb'));
  if (process.getuid?.() === 0)
    skip(mounted(join(cwd, '.plumb'), 'ro') === null, 'needs the right to mount, or no root');
  else chmodSync(join(cwd, '.plumb'), 0o555);
  const run = await plumb(RUN, { cwd });
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 3, stdout: '' });
  expect(run.stderr).toMatch(/^plumb run: .*\.plumb.*(Check the rights|read-only).*\n$/);
});

test('a disk that runs full in a session loses nothing, and the session goes on when there is space', async ({
  skip,
}) => {
  const cwd = temporaryFolder();
  const disk = mounted(cwd, 'size=1500k');
  if (disk === null) return skip('needs the right to mount');
  mkdirSync(join(cwd, 'specs'));
  writeFileSync(join(cwd, 'specs/notes.yaml'), NOTES);
  git(cwd, 'init', '-q', '-b', 'main');
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-q', '-m', 'first');
  const before = fingerprint(cwd);
  const full = startPlumb(RUN, { cwd });
  const end = await full.finished;
  expect(end.code).toBe(3);
  expect(end.stderr).toMatch(/^plumb run: .*(disk is full|no space left).*space.*\n$/i);
  expect(await full.leftNothing()).toBe(true);
  const lines = jsonLines(end.stdout);
  const session = String(lines.at(-1)?.['session']);
  expect(fingerprint(cwd)).toEqual(before);
  disk.grow('size=40m');
  const whole = await plumb(['replay', session, '--json'], { cwd });
  const { events } = JSON.parse(whole.stdout) as { events: { hash: string }[] };
  expect(events.slice(0, lines.length).map(({ hash }) => hash)).toEqual(lines.map((line) => line['hash']));
  const resumed = await plumb(['run', '--resume', session, '--runs', '3', '--json'], { cwd });
  expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
  expect(await plumb(['replay', session, '--verify'], { cwd })).toMatchObject({ code: 0, stderr: '' });
});

test('two sessions at once in one repository do not meet; a second writer of one session is refused', async () => {
  const { args, env } = await quickAgent();
  const cwd = notesRepository();
  const before = fingerprint(cwd);
  const slow = startPlumb(RUN, { cwd });
  await slow.printed('"type":"roundStarted"');
  const session = String(jsonLines(slow.stdout().slice(0, slow.stdout().lastIndexOf('\n') + 1))[0]?.['session']);
  const second = await plumb(['run', '--resume', session, '--json'], { cwd });
  expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 4, stdout: '' });
  expect(second.stderr).toMatch(
    /^plumb run: Session \w+ is being written by another plumb \(process \d+ on .*plumb replay \w+\n$/,
  );
  const [one, other] = await Promise.all([slow.finished, plumb(args, { cwd, env })]);
  expect([one.code, other.code]).toEqual([0, 0]);
  for (const { stdout } of [one, other]) {
    const { session: id, branch } = lastLine(stdout);
    expect(await plumb(['replay', String(id), '--verify'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(git(cwd, 'show', `${String(branch)}:services/notes/server.js`)).toContain('createServer');
  }
  expect(lastLine(one.stdout)['session']).not.toBe(lastLine(other.stdout)['session']);
  expect(fingerprint(cwd)).toEqual(before);
});
