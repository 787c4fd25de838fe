import { createHash } from 'node:crypto';
import type { FileChange } from '../../src/events/index.ts';
import type { CommandResult, Tree, Workspace } from '../../src/workspace/workspace.ts';

export interface MemoryWorkspace extends Workspace {
  files: Map<string, string>;
  commands: string[];
  commits: { tree: string; message: string }[];
}

/** A workspace in memory: files under `writable` may be written, commands answer what the script says. */
export function memoryWorkspace(
  options: {
    files?: Record<string, string>;
    writable?: string;
    sandbox?: Workspace['sandbox'];
    run?: (command: string, signal?: AbortSignal) => Promise<CommandResult> | CommandResult;
  } = {},
): MemoryWorkspace {
  const files = new Map(Object.entries(options.files ?? {}));
  const trees = new Map<string, Map<string, string>>();
  const commands: string[] = [];
  const commits: { tree: string; message: string }[] = [];
  const writable = options.writable ?? 'services/';
  const refuse = (path: string) =>
    path.startsWith(writable) && !path.includes('..')
      ? null
      : { kind: 'refused' as const, reason: `${path} is outside ${writable}` };
  const snapshot = (): Tree => {
    const entries = [...files].toSorted(([left], [right]) => (left < right ? -1 : 1));
    const hash = sha256(JSON.stringify(entries));
    trees.set(hash, new Map(files));
    return treeOf(hash, entries);
  };
  return {
    root: '/memory',
    baseCommit: null,
    base: snapshot(),
    branch: 'plumb/s',
    sandbox: options.sandbox ?? { kind: 'srt' },
    files,
    commands,
    commits,
    read(path) {
      const value = files.get(path);
      return value === undefined ? { kind: 'refused', reason: `no file ${path}` } : { kind: 'ok', value };
    },
    write(path, text) {
      const refusal = refuse(path);
      if (refusal !== null) return refusal;
      files.set(path, text);
      return { kind: 'ok', value: undefined };
    },
    remove(path) {
      const refusal = refuse(path);
      if (refusal !== null) return refusal;
      files.delete(path);
      return { kind: 'ok', value: undefined };
    },
    list: (limit = 1000) => [...files.keys()].toSorted().slice(0, limit),
    search(pattern) {
      const expression = new RegExp(pattern);
      const lines = [...files].flatMap(([path, text]) =>
        text.split('\n').flatMap((line, at) => (expression.test(line) ? [`${path}:${at + 1}: ${line}`] : [])),
      );
      return { kind: 'ok', value: lines };
    },
    async run(command, { signal, onOutput }) {
      commands.push(command);
      const result = await options.run?.(command, signal);
      onOutput?.(result?.output ?? '');
      return result ?? { exitCode: 0, output: '', durationMs: 1, timedOut: false };
    },
    wrap: (command) => Promise.resolve(command),
    snapshot,
    treeOf(hash) {
      const known = trees.get(hash);
      return known === undefined ? undefined : treeOf(hash, [...known]);
    },
    select: (_from, to) => to,
    diff: (from, to) => changes(trees.get(from.hash) ?? new Map(), trees.get(to.hash) ?? new Map()),
    restore(tree: Tree) {
      files.clear();
      for (const [path, text] of trees.get(tree.hash) ?? []) files.set(path, text);
    },
    commit(tree, message) {
      commits.push({ tree: tree.hash, message });
      return sha256(message + tree.hash).slice(0, 40);
    },
    apply: () => ({ files: [], conflicts: [] }),
    dispose: () => Promise.resolve(),
  };
}

function treeOf(hash: string, entries: [string, string][]): Tree {
  return {
    hash,
    files: Object.fromEntries(entries.map(([path, text]) => [path, { blob: sha256(text), executable: false }])),
  };
}

function changes(from: Map<string, string>, to: Map<string, string>): FileChange[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])].toSorted();
  return paths.flatMap((path) => {
    const before = from.get(path);
    const after = to.get(path);
    if (before === after) return [];
    const kind = before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified';
    return [{ path, kind, additions: 0, deletions: 0, hunks: [] } satisfies FileChange];
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
