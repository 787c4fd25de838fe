/** Where the log of a folder is, and how a command opens it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LogFault } from '../record/log-fault.ts';
import { openLog, type SqliteLog } from '../record/sqlite-log.ts';
import { EXIT, type Io } from './io.ts';

/**
 * The log that a command uses when it stands in `cwd`: the nearest one up to the root of the git repository, else a new
 * one at that root. Outside git the nearest one above, else a new one beside `plumb.yaml`, or here.
 */
export function logFile(cwd: string): string {
  const above = foldersAbove(cwd);
  const gitRoot = above.findIndex((folder) => existsSync(join(folder, '.git')));
  const within = gitRoot < 0 ? above : above.slice(0, gitRoot + 1);
  const marked = (mark: string): string | undefined => within.find((folder) => existsSync(join(folder, mark)));
  const root = marked(join('.plumb', 'plumb.db')) ?? (gitRoot < 0 ? marked('plumb.yaml') : within.at(-1)) ?? cwd;
  return join(root, '.plumb', 'plumb.db');
}

/**
 * Runs a command's work on the log and closes it; `none` instead where there is no log yet, which is not created. A
 * fault of the log is told on standard error; it is exit code 3, since nothing could be decided, or 4 where another
 * process holds the session.
 */
export async function withLog(
  io: Io,
  command: string,
  run: { work: (log: SqliteLog) => number | Promise<number>; none: () => number | Promise<number> },
): Promise<number> {
  const file = logFile(io.cwd);
  if (!existsSync(file)) return run.none();
  let log: SqliteLog | undefined;
  try {
    log = openLog(file, { now: Date.now, random: Math.random, env: io.env });
    for (const notice of log.notices) io.stderr(`plumb ${command}: ${notice}\n`);
    return await run.work(log);
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    io.stderr(`plumb ${command}: ${error.message}\n`);
    return error.kind === 'leased' ? EXIT.refused : EXIT.undecided;
  } finally {
    log?.close();
  }
}

function foldersAbove(cwd: string): string[] {
  const folders = [cwd];
  for (let folder = cwd; dirname(folder) !== folder; folder = dirname(folder)) folders.push(dirname(folder));
  return folders;
}
