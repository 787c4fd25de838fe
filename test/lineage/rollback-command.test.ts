/**
 * `plumb rollback` in a real repository with a dirty tree: spec and code go back as a pair on a branch of their own, the
 * user's files, index and HEAD stay byte for byte, and a rollback of the rollback is where it began.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../../src/cli/main.ts';
import { logFile } from '../../src/cli/stored-log.ts';
import type { EventBody, Verdict } from '../../src/events/index.ts';
import { openLog, type SqliteLog } from '../../src/record/sqlite-log.ts';
import { filesOf } from '../../src/spec/bundle/files.ts';
import { specFromText } from '../../src/spec/load.ts';
import { openObjects } from '../../src/workspace/objects.ts';
import { captureIo } from '../support/captured-io.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CONTRACT = 'specs/todo/openapi.yaml';

function contract(maxLength: number): string {
  return `# A comment that no digest sees.
openapi: 3.1.0
info: { title: Todo, version: '1' }
paths:
  /todos:
    post:
      operationId: add
      requestBody: { required: true, content: { application/json: { schema: { type: string, maxLength: ${maxLength} } } } }
      responses: { '201': { description: added }, '400': { description: refused } }
`;
}

interface Repository {
  folder: string;
  git(...args: string[]): string;
  plumb(...argv: string[]): Promise<{ code: number; out: string; err: string }>;
}

function repository(folder = temporaryFolder()): Repository {
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false', ...args],
      { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
  git('init', '--quiet', '--initial-branch=main');
  const plumb: Repository['plumb'] = async (...argv) => {
    const { io, out, err } = captureIo(folder, { env: { USER: 'ada' } });
    const code = await runCli(argv, io);
    return { code, out: out(), err: err() };
  };
  return { folder, git, plumb };
}

function write({ folder }: Repository, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Commits contract and code, and records a session in which the pair got this verdict. */
function release(
  repo: Repository,
  files: Record<string, string>,
  verdict: Verdict,
  options: { log?: Repository; recordedText?: (text: string) => string } = {},
): string {
  repo.git('rm', '-rq', '--ignore-unmatch', '--', 'services');
  write(repo, files);
  repo.git('add', '--', 'specs', 'services', 'README.md');
  repo.git('commit', '--quiet', '-m', 'release');
  const read = specFromText(files[CONTRACT] ?? '', {
    file: join(repo.folder, CONTRACT),
    name: 'todo',
    folder: repo.folder,
    files: filesOf(new Map(Object.entries(files))),
  });
  if (read.kind !== 'spec') throw new Error('the contract does not parse');
  const { semanticDigest, documentDigest } = read.spec;
  const home = options.log ?? repo;
  const store = openObjects(join(home.folder, '.plumb'));
  const code = Object.entries(files).filter(([path]) => path.startsWith('services/todo/'));
  const tree = store.putTree(
    Object.fromEntries(
      code.map(([path, text]) => [path, { blob: store.put(Buffer.from(text)), executable: path.endsWith('.sh') }]),
    ),
  ).hash;
  const property = { id: 'p', clause: '#', kind: 'conformance' as const };
  const share = { covered: 1, total: 1 };
  const bodies: EventBody[] = [
    {
      type: 'sessionStarted',
      spec: 'todo',
      specFile: join(repo.folder, CONTRACT),
      repository: repo.folder,
      baseCommit: null,
      branch: null,
      agent: { kind: 'builtin', model: null },
      caps: {},
      app: { version: '0.1.0', node: '24', platform: 'linux' },
      sandbox: { kind: 'srt' },
    },
    {
      type: 'specLoaded',
      name: 'todo',
      file: CONTRACT,
      semanticDigest,
      documentDigest,
      text: (options.recordedText ?? String)(read.spec.text),
      clauses: [],
      findings: [],
    },
    { type: 'verificationStarted', verification: 'v', round: 1, semanticDigest, tree, seed: 1, properties: [property] },
    { type: 'propertyDecided', verification: 'v', property, verdict, cases: 1 },
    {
      type: 'verificationFinished',
      verification: 'v',
      verdict,
      cases: 1,
      casesPerSecond: 1,
      durationMs: 1,
      coverage: { operations: share, responses: share, parameters: share, keywords: share, invariants: share },
      latency: {},
      warnings: [],
    },
    {
      type: 'sessionEnded',
      verdict,
      reason: 'roundsEnded',
      message: '',
      rounds: 1,
      unsatisfied: [],
      codeTree: tree,
      branch: null,
      durationMs: 1,
    },
  ];
  if (verdict === 'pass')
    bodies.splice(5, 0, {
      type: 'specVersionRecorded',
      spec: 'todo',
      semanticDigest,
      documentDigest,
      codeTree: tree,
      verdict,
    });
  const log = open(home);
  const session = log.newSession();
  for (const body of bodies) log.append(session, body);
  log.close();
  return semanticDigest;
}

let tick = Date.UTC(2026, 10, 23);
function open({ folder }: Repository): SqliteLog {
  const log = openLog(logFile(folder), { now: () => (tick += 1000), random: Math.random });
  onTestFinished(() => log.close());
  return log;
}

const FIRST = {
  [CONTRACT]: contract(10),
  'services/todo/server.js': 'first\n',
  'services/todo/run.sh': 'first\n',
  'README.md': 'one\n',
};
const SECOND = {
  [CONTRACT]: contract(99),
  'services/todo/server.js': 'second\n',
  'services/todo/extra.js': 'second\n',
  'README.md': 'two\n',
};

/** Everything of the user's that a rollback must leave alone. */
function surroundings({ folder, git }: Repository): unknown {
  return [
    readFileSync(join(folder, '.git', 'index')).toString('base64'),
    readFileSync(join(folder, '.git', 'HEAD'), 'utf8'),
    git('rev-parse', 'main'),
    git('status', '--porcelain'),
    git('stash', 'list'),
    readFileSync(join(folder, 'services/todo/server.js'), 'utf8'),
  ];
}

test('spec and code go back as a pair, and back again, while a dirty tree stays as it is', async () => {
  const repo = repository();
  const first = release(repo, FIRST, 'pass');
  const second = release(repo, SECOND, 'pass');
  write(repo, { 'services/todo/server.js': 'half an edit\n', [CONTRACT]: 'not even yaml: [', 'new.txt': 'new\n' });
  repo.git('add', 'new.txt');
  const before = surroundings(repo);

  const plan = await repo.plumb('rollback', 'todo', '--to', first.slice(0, 8), '--json');
  expect(plan.code).toBe(0);
  expect(JSON.parse(plan.out)).toMatchObject({
    format: 'plumbline.rollback/1',
    done: false,
    from: second,
    to: { semanticDigest: first },
    changes: [
      { path: 'services/todo/extra.js', kind: 'deleted' },
      { path: 'services/todo/run.sh', kind: 'added' },
      { path: 'services/todo/server.js', kind: 'modified' },
      { path: CONTRACT, kind: 'modified' },
    ],
  });
  expect(repo.git('branch', '--list', 'plumb/*')).toBe('');
  expect((await repo.plumb('rollback', 'todo', '--to', first)).out).toContain(
    'Nothing was changed. To do it, add --yes',
  );

  const done = await repo.plumb('rollback', 'todo', '--to', first, '--yes');
  expect(done).toMatchObject({ code: 0, err: '', out: expect.stringContaining('git switch plumb/rollback-todo-') });
  expect(surroundings(repo)).toEqual(before);
  const branch = `plumb/rollback-todo-${first.slice(0, 12)}`;
  expect(repo.git('show', `${branch}:${CONTRACT}`)).toBe(FIRST[CONTRACT]);
  expect(repo.git('ls-tree', '-r', branch, 'services').replaceAll(/ blob [0-9a-f]+/g, '')).toBe(
    '100755\tservices/todo/run.sh\n100644\tservices/todo/server.js\n',
  );
  expect(repo.git('show', `${branch}:README.md`)).toBe('two\n');
  expect(repo.git('rev-parse', `${branch}^`)).toBe(repo.git('rev-parse', 'main'));
  expect(repo.git('log', '-1', '--format=%(trailers:key=Spec-Rollback-To,valueonly)', branch).trim()).toBe(first);

  const rows = JSON.parse((await repo.plumb('lineage', 'todo', '--json')).out).specs[0].versions;
  expect(rows[0]).toMatchObject({
    origin: 'rollback',
    semanticDigest: first,
    knownGood: true,
    author: 'ada',
    commit: repo.git('rev-parse', branch).trim(),
  });

  repo.git('checkout', '--quiet', '--force', branch);
  const back = await repo.plumb('rollback', 'todo', '--to', second, '--yes', '--json');
  expect(JSON.parse(back.out)).toMatchObject({ done: true, from: first });
  expect(repo.git('rev-parse', `${JSON.parse(back.out).branch}^{tree}`)).toBe(repo.git('rev-parse', 'main^{tree}'));
  expect((await repo.plumb('replay', JSON.parse(back.out).session, '--verify')).code).toBe(0);
});

test('what cannot be gone back to is refused, with what to do, and nothing is made', async () => {
  const repo = repository();
  write(repo, FIRST);
  expect(await repo.plumb('rollback', 'todo', '--to', 'abcd')).toMatchObject({
    code: 4,
    err: expect.stringContaining('plumb run todo'),
  });
  const failed = release(repo, FIRST, 'fail');
  const good = release(repo, SECOND, 'pass');
  expect(await repo.plumb('rollback', 'todo', '--to', failed, '--yes')).toMatchObject({
    code: 4,
    err: expect.stringContaining(`--to ${good.slice(0, 12)}`),
  });
  expect(await repo.plumb('rollback', 'todo', '--to', good, '--yes')).toMatchObject({
    code: 4,
    err: expect.stringContaining('nothing to roll back'),
  });
  expect(await repo.plumb('rollback', 'todo', '--to', 'ffff0000', '--yes')).toMatchObject({
    code: 4,
    err: expect.stringContaining('plumb lineage todo'),
  });
  for (const argv of [
    ['rollback', 'todo'],
    ['rollback', '--to', good],
    ['rollback', 'nope', '--to', good],
    ['rollback', 'todo', '--to', good, '--yes', '--dry-run'],
  ])
    expect([argv, (await repo.plumb(...argv)).code]).toEqual([argv, 2]);
  expect(repo.git('branch', '--list', 'plumb/*')).toBe('');
});

test('lost snapshots and a changed record are told, not worked around', async () => {
  const repo = repository();
  const first = release(repo, FIRST, 'pass');
  release(repo, SECOND, 'pass');
  const db = new SqliteDatabase(logFile(repo.folder));
  const trigger = db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'event_is_append_only_update'").pluck().get();
  db.exec("DROP TRIGGER event_is_append_only_update; UPDATE event SET at = at + 1 WHERE type = 'propertyDecided'");
  expect(await repo.plumb('rollback', 'todo', '--to', first, '--yes')).toMatchObject({
    code: 3,
    err: expect.stringContaining('is not whole: at event 4'),
  });
  db.exec(`UPDATE event SET at = at - 1 WHERE type = 'propertyDecided'; ${String(trigger)}`);
  db.close();
  rmSync(join(repo.folder, '.plumb', 'objects'), { recursive: true, force: true });
  expect(await repo.plumb('rollback', 'todo', '--to', first, '--yes')).toMatchObject({
    code: 3,
    err: expect.stringContaining('nothing was changed'),
  });
});

test('a contract whose recorded text has a hole comes back from git, never with the hole', async () => {
  const repo = repository();
  const first = release(repo, FIRST, 'pass', {
    recordedText: (text) => text.replace('maxLength: 10', 'maxLength: 11'),
  });
  release(repo, SECOND, 'pass');
  const done = await repo.plumb('rollback', 'todo', '--to', first, '--yes', '--json');
  expect(repo.git('show', `${JSON.parse(done.out).branch}:${CONTRACT}`)).toBe(FIRST[CONTRACT]);
});

test('a session of another repository is rolled back there, from wherever its log is', async () => {
  const outer = repository();
  const inner = repository(join(outer.folder, '.plumb', 'demo'));
  const first = release(inner, FIRST, 'pass', { log: outer });
  release(inner, SECOND, 'pass', { log: outer });
  const done = await outer.plumb('rollback', 'todo', '--to', first, '--yes');
  expect(done).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`next: git -C ${inner.folder} switch`) });
  expect(inner.git('show', `plumb/rollback-todo-${first.slice(0, 12)}:services/todo/server.js`)).toBe('first\n');
  expect(outer.git('branch', '--list', 'plumb/*')).toBe('');
});

const SPLIT = `openapi: 3.1.0
info: { title: Todo, version: '1' }
paths: { /todos: { $ref: '../shared/todos.yaml' } }
`;

function shared(maxLength: number, description = 'added'): string {
  return `post:
  operationId: add
  requestBody: { required: true, content: { application/json: { schema: { type: string, maxLength: ${maxLength} } } } }
  responses: { '201': { description: ${description} } }
`;
}

// The contract's own file never changes here: versions are those of all its files together, and go back together.
test.each(['in the log', 'in git only'])('a contract in several files goes back whole, its text %s', async (where) => {
  const repo = repository();
  const options = where === 'in the log' ? {} : { recordedText: () => 'a text that a redaction spoiled' };
  const code = { 'services/todo/server.js': 'first\n', 'README.md': 'one\n' };
  const files = (text: string) => ({ [CONTRACT]: SPLIT, 'specs/shared/todos.yaml': text, ...code });
  const first = release(repo, files(shared(10)), 'pass', options);
  const second = release(repo, files(shared(99)), 'pass', options);
  expect(first).not.toBe(second);
  const listed = JSON.parse((await repo.plumb('lineage', 'todo', '--json')).out) as { specs: { versions: object[] }[] };
  expect(listed.specs[0]?.versions).toHaveLength(2);
  const done = await repo.plumb('rollback', 'todo', '--to', first, '--yes', '--json');
  expect(JSON.parse(done.out)).toMatchObject({
    done: true,
    from: second,
    changes: [{ path: 'specs/shared/todos.yaml', kind: 'modified' }],
  });
  const [branch = ''] = repo.git('branch', '--list', '--format=%(refname:short)', 'plumb/*').split('\n');
  expect(repo.git('show', `${branch}:specs/shared/todos.yaml`)).toBe(shared(10));
  expect(repo.git('show', `${branch}:${CONTRACT}`)).toBe(SPLIT);
});
