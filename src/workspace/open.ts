import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sanitize } from '../events/sanitize.ts';
import { applyTree } from './apply.ts';
import {
  type CheckoutRecord,
  createCheckout,
  type CheckoutPlaces,
  nestedModules,
  placesOf,
  prepareStore,
  readRecord,
  writeRecord,
} from './checkout.ts';
import { runCommand } from './command.ts';
import { branchTip, makeCommit, moveBranch } from './commit.ts';
import { putFile, removeEmptyFolders } from './files.ts';
import { createGuard, type Guard } from './guard.ts';
import { diffTrees, selectHunks } from './hunks.ts';
import { listFiles } from './list.ts';
import { contentOf, type ObjectStore, openObjects } from './objects.ts';
import { openRepository, type Repository } from './repository.ts';
import { ok, refused } from './result.ts';
import { commandEnvironment, openSandbox, type Sandbox } from './sandbox.ts';
import { searchFiles } from './search.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';
import { marksOf, undoStrays } from './strays.ts';
import { textOf } from './text.ts';
import type { CommandResult, FileResult, Tree, Workspace } from './workspace.ts';

const maxWriteBytes = 4 * 1024 * 1024;

export interface WorkspaceOptions {
  /** The user's folder: in a git repository (its top or a folder below it), or not. */
  repository: string;
  /** Names the checkout and the branch `plumb/SESSION`. */
  session: string;
  /** Globs, relative to the repository folder, that the agent may write. */
  writable: string[];
  /** Folder that the new code goes to; made in the checkout so that it can be written. */
  codeFolder: string;
  /** Absolute, or relative to the repository folder. */
  storeDir: string;
  /** Paths that no general glob opens, beside `specs/` and `plumb.yaml`: the contract and what it refers to. */
  protect?: string[];
  /** False leaves the sandbox out, as if there were none. */
  sandbox?: boolean;
}

/**
 * Opens the checkout of a session, or makes it from the user's tree as it is now, uncommitted changes included.
 * Refused where that cannot be done; throws only where the disk fails.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<FileResult<Workspace>> {
  if (!/^[\w.-]+$/.test(options.session) || options.session.startsWith('.'))
    return refused(`not a name for a session: ${options.session}`);
  const opened = openRepository(options.repository);
  if (opened.kind === 'refused') return opened;
  const repository = opened.value;
  const store = resolve(repository.folder, options.storeDir);
  prepareStore(store);
  const objects = openObjects(store);
  const places = placesOf(store, options.session);
  const existing = readRecord(places);
  if (existing === null) {
    const created = createCheckout(repository, places);
    if (created.kind === 'refused') return created;
  }
  mkdirSync(places.temporary, { recursive: true });
  const root = realpathSync(places.root);
  const guard = createGuard(root, options.writable, options.protect);
  const folders = [options.codeFolder, ...guard.folders].map((folder) => writableFolder(root, folder, guard));
  const record = existing ?? firstRecord(repository, objects, root, places, guard);
  const base = objects.readTree(record.base);
  if (base === null) return refused(`the snapshots of session ${options.session} are gone from ${store}`);
  const env = commandEnvironment(root, places.temporary);
  const sandbox: Sandbox =
    options.sandbox === false
      ? { kind: 'none', reason: 'switched off' }
      : await openSandbox({
          root,
          writable: [...new Set(folders.filter((folder) => folder !== null))],
          readOnly: ['.git', 'plumb.yaml', 'plumb.yml', 'specs', ...(options.protect ?? [])]
            .filter((path) => !guard.writable(`${path}/x`) && !guard.writable(path))
            .map((path) => join(root, path)),
          repository: repository.folder,
          readable: readableInTree(repository),
          temporary: places.temporary,
          env,
        });
  return ok(
    workspaceOf({ repository, objects, places, root, guard, record, base, env, sandbox, session: options.session }),
  );
}

interface Parts {
  repository: Repository;
  objects: ObjectStore;
  places: CheckoutPlaces;
  root: string;
  guard: Guard;
  record: CheckoutRecord;
  base: Tree;
  env: Record<string, string>;
  sandbox: Sandbox;
  session: string;
}

function workspaceOf(parts: Parts): Workspace {
  const { repository, objects, places, root, guard, base, sandbox } = parts;
  const branch = repository.kind === 'git' ? `plumb/${parts.session}` : null;
  const index = existsSync(places.index) ? places.index : `${places.index}.none`;
  const list = (): string[] => listFiles(repository, root, index);
  const snapshot = (): Tree => takeSnapshot(objects, root, list().filter(guard.writable));

  return {
    root,
    branch,
    baseCommit: parts.record.commit,
    base,
    sandbox: sandbox.kind === 'srt' ? { kind: 'srt' } : sandbox,
    read(path) {
      const real = guard.toRead(path);
      if (real.kind === 'refused') return real;
      if (!lstatSync(real.value).isFile()) return refused(`${path} is not a file`);
      const text = textOf(readFileSync(real.value));
      return text === null ? refused(`${path} is not UTF-8 text of at most 2 MiB`) : ok(text);
    },
    write(path, text) {
      const target = guard.toWrite(path);
      if (target.kind === 'refused') return target;
      if (Buffer.byteLength(text) > maxWriteBytes) return refused(`${path} would be longer than 4 MiB`);
      const present = lstatSync(target.value, { throwIfNoEntry: false });
      const mode = present === undefined ? 0o644 : present.mode & 0o777;
      putFile(target.value, Buffer.from(text), { mode, scratch: places.scratch });
      return ok(undefined);
    },
    remove(path) {
      const target = guard.toWrite(path);
      if (target.kind === 'refused') return target;
      if (!existsSync(target.value)) return refused(`no such file: ${path}`);
      rmSync(target.value);
      removeEmptyFolders(target.value, root);
      return ok(undefined);
    },
    list: (limit = Number.POSITIVE_INFINITY) => list().slice(0, limit),
    search: (pattern, options) => searchFiles(root, list(), pattern, options),
    run: (command, options) => runInCheckout(parts, list, command, options),
    wrap: (command) => (sandbox.kind === 'srt' ? sandbox.subject(command) : Promise.resolve(command)),
    snapshot,
    treeOf: (hash) => objects.readTree(hash) ?? undefined,
    diff: (from, to) => diffTrees(objects, from, to),
    select: (from, to, accepted) => selectHunks(objects, from, to, accepted),
    restore: (tree) => restoreSnapshot(objects, root, places.scratch, snapshot(), tree),
    commit: (tree, message) =>
      repository.kind === 'git' && branch !== null ? commitTree(parts, repository, branch, tree, message) : null,
    apply: (tree) => applyTree(objects, repository.folder, places.scratch, base, tree),
    async dispose() {
      for (const path of [places.record, places.root, places.index, places.temporary])
        rmSync(path, { recursive: true, force: true });
    },
  };
}

async function runInCheckout(
  { repository, root, guard, env, sandbox }: Parts,
  list: () => string[],
  command: string,
  options: Parameters<Workspace['run']>[1],
): Promise<CommandResult> {
  if (sandbox.kind === 'none') {
    const before = marksOf(root, list(), guard.writable);
    const result = await runCommand(command, { cwd: root, env, ...options });
    const strays = undoStrays(repository.folder, root, before, marksOf(root, list(), guard.writable));
    if (strays.length === 0) return result;
    const named = sanitize(strays.slice(0, 5).join(', ')) + (strays.length > 5 ? ` and ${strays.length - 5} more` : '');
    return { ...result, output: `${result.output}\n… undone, because it may not be written: ${named}\n` };
  }
  let wrapped: string;
  try {
    wrapped = await sandbox.command(command);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      exitCode: null,
      output: `the sandbox cannot run this command: ${sanitize(reason)}`,
      durationMs: 0,
      timedOut: false,
    };
  }
  try {
    return await runCommand(wrapped, { cwd: root, env, ...options });
  } finally {
    sandbox.ended();
  }
}

function commitTree(
  parts: Parts,
  repository: Extract<Repository, { kind: 'git' }>,
  branch: string,
  tree: Tree,
  message: string,
): string {
  const files = Object.fromEntries(
    Object.entries(tree.files).map(([path, file]) => [
      path,
      { content: contentOf(parts.objects, file.blob), executable: file.executable },
    ]),
  );
  for (let attempt = 1; ; attempt++) {
    const tip = branchTip(repository, branch);
    const parent = tip ?? parts.record.commit;
    const made = makeCommit({
      repository,
      scratch: parts.places.scratch,
      parent,
      replaces: parts.guard.writable,
      files,
      filtered: true,
      message,
    });
    const commit = made ?? parent;
    if (commit !== null && (commit === tip || moveBranch(repository, branch, tip, commit, 'plumb: session')))
      return commit;
    if (attempt === 3) throw new Error(`cannot move the branch ${branch}; is a branch named plumb in the way?`);
  }
}

function firstRecord(
  repository: Repository,
  objects: ObjectStore,
  root: string,
  places: CheckoutPlaces,
  guard: Guard,
): CheckoutRecord {
  const index = existsSync(places.index) ? places.index : `${places.index}.none`;
  const base = takeSnapshot(objects, root, listFiles(repository, root, index).filter(guard.writable));
  const record = { base: base.hash, commit: repository.kind === 'git' ? repository.head : null };
  writeRecord(places, record);
  return record;
}

/** What of the user's tree commands need: installed dependencies, git's objects, and Node where it lies in there. */
function readableInTree(repository: Repository): string[] {
  const nested = nestedModules(repository.folder, listFiles(repository, repository.folder));
  const node = resolve(process.execPath, '../..');
  return [
    ...['node_modules', ...nested].map((path) => join(repository.folder, path)),
    ...(repository.kind === 'git' ? [repository.objectsFolder] : []),
    ...(node.startsWith(`${repository.folder}/`) ? [node] : []),
  ];
}

/** The absolute folder that must be writable for something at `path`; null where nothing there may be written. */
function writableFolder(root: string, path: string, guard: Guard): string | null {
  if (path !== '' && !guard.writable(`${path}/x`) && !guard.writable(path))
    return guard.folders.includes(path) ? made(root, path) : null;
  return made(root, path);
}

function made(root: string, path: string): string {
  const target = join(root, path);
  const stat = lstatSync(target, { throwIfNoEntry: false });
  // A single file cannot be replaced where only it may be written.
  if (stat?.isFile() || (stat === undefined && /\.[^/]+$/.test(path))) {
    mkdirSync(dirname(target), { recursive: true });
    return dirname(target);
  }
  mkdirSync(target, { recursive: true });
  return target;
}
