/** The port to the files that an agent may change. The user's own working tree is touched by `apply` alone. */
import type { FileChange } from '../events/index.ts';

/** A content-addressed snapshot of the writable files: hash of the sorted list of (path, mode, blob hash). */
export interface Tree {
  hash: string;
  files: Record<string, { blob: string; executable: boolean }>;
}

export interface CommandResult {
  /** Null when it was killed. */
  exitCode: number | null;
  /** Standard output and error interleaved, sanitised, bounded; the middle is cut out where it is too long. */
  output: string;
  durationMs: number;
  timedOut: boolean;
}

export type FileResult<T> = { kind: 'ok'; value: T } | { kind: 'refused'; reason: string };

export interface Workspace {
  /** Absolute path of the session's own checkout. */
  readonly root: string;
  /** Branch that holds the work, null outside git. */
  readonly branch: string | null;
  /** Commit that the checkout was made from; null outside git and on an unborn branch. */
  readonly baseCommit: string | null;
  /** The writable files as the checkout was made; what `apply` merges against. */
  readonly base: Tree;
  /** Whether commands are confined, and if not, why. */
  readonly sandbox: { kind: 'srt' } | { kind: 'none'; reason: string };
  /** Paths are relative to root; outside root, or through a symlink that leaves it, is refused. */
  read(path: string): FileResult<string>;
  /** Refused outside the globs that the agent may write. */
  write(path: string, text: string): FileResult<void>;
  remove(path: string): FileResult<void>;
  /** Sorted relative paths of the files in the checkout, ignored ones left out; at most `limit`. */
  list(limit?: number): string[];
  /** Lines that match a regular expression: `path:line: text`, bounded in number and time. */
  search(pattern: string, options?: { glob?: string; limit?: number }): FileResult<string[]>;
  run(
    command: string,
    options: { timeoutMs: number; signal?: AbortSignal; onOutput?: (text: string) => void },
  ): Promise<CommandResult>;
  /** Wraps a subject's command line into the sandbox; returns it unchanged where there is none. */
  wrap(command: string): Promise<string>;
  snapshot(): Tree;
  /** A snapshot that was taken before; undefined where the store has none of that hash. */
  treeOf(hash: string): Tree | undefined;
  /** Hunks between two snapshots, files in path order. */
  diff(from: Tree, to: Tree): FileChange[];
  /**
   * The snapshot `from` with only a part of its changes to `to`: `accepted` holds hunk ids, and the paths of changed
   * files that have no hunks.
   */
  select(from: Tree, to: Tree, accepted: ReadonlySet<string>): Tree;
  /** Puts the writable files back to a snapshot. */
  restore(tree: Tree): void;
  /** Commits the snapshot on the session's branch without touching any index or working tree of the user's. */
  commit(tree: Tree, message: string): string | null;
  /** Three-way merges the changes since the base into the user's working tree; a file that conflicts is left alone. */
  apply(tree: Tree): { files: string[]; conflicts: string[] };
  /** Removes the checkout; the branch and the snapshots stay. */
  dispose(): Promise<void>;
}
