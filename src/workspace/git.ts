import { spawnSync } from 'node:child_process';

export interface GitOptions {
  /** Working directory of git itself. */
  cwd: string;
  input?: string | Buffer;
  /** A private index, so that the user's is never read for writing nor written. */
  index?: string;
  gitDir?: string;
  workTree?: string;
  env?: Record<string, string>;
}

export type GitResult =
  { kind: 'ok'; stdout: Buffer } | { kind: 'failed'; code: number | null; message: string } | { kind: 'missing' };

/** Set by a git that runs us (a hook, an alias); each would redirect ours. */
const inherited =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|QUARANTINE_PATH)$/;

// Nothing of the repository's may run or be written beside what was asked for.
const quiet = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.splitIndex=false',
  'core.sparseCheckout=false',
  'core.safecrlf=false',
  'core.fileMode=true',
  'core.quotePath=false',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting]);

/** Runs git with hooks, monitors and optional locks off. `missing` when there is no git at all. */
export function git(args: string[], options: GitOptions): GitResult {
  const env: Record<string, string | undefined> = {
    ...process.env,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    ...options.env,
  };
  for (const name of Object.keys(env)) if (inherited.test(name)) delete env[name];
  if (options.index !== undefined) env['GIT_INDEX_FILE'] = options.index;
  if (options.gitDir !== undefined) env['GIT_DIR'] = options.gitDir;
  if (options.workTree !== undefined) env['GIT_WORK_TREE'] = options.workTree;
  const result = spawnSync('git', [...quiet, ...args], {
    cwd: options.cwd,
    env,
    input: options.input ?? '',
    maxBuffer: 1024 * 1024 * 1024,
  });
  if (result.error !== undefined && 'code' in result.error && result.error.code === 'ENOENT')
    return { kind: 'missing' };
  if (result.error !== undefined) return { kind: 'failed', code: null, message: result.error.message };
  if (result.status === 0) return { kind: 'ok', stdout: result.stdout };
  const stderr = result.stderr.toString('utf8').trim();
  return { kind: 'failed', code: result.status, message: stderr === '' ? `git ${args[0]} failed` : stderr };
}

/** Like {@link git}, for steps that fail only when the machine does (disk full, repository damaged): then it throws. */
export function mustGit(args: string[], options: GitOptions): Buffer {
  const result = git(args, options);
  if (result.kind === 'ok') return result.stdout;
  throw new Error(`git ${args.join(' ')}: ${result.kind === 'missing' ? 'git is not installed' : result.message}`);
}

/** The words of NUL-separated output. */
export function splitNul(output: Buffer): string[] {
  return output.toString('utf8').split('\0').filter(Boolean);
}
