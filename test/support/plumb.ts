/** Runs the built binary as a person would: another process, in a folder, with an environment of its own. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { makeRepository } from './git-repository.ts';
import { endIfAlive, eventually, processesWith } from './processes.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Whole processes on a busy machine: a limit against hanging, not a measure.
vi.setConfig({ testTimeout: 240_000 });

/** The launcher. */
export const LAUNCHER = resolve(import.meta.dirname, '../../bin/plumb.js');
if (!existsSync(resolve(LAUNCHER, '../../dist/cli.js')))
  throw new Error('dist/cli.js is missing; run `npm run build` first');

/** The contract of the small service that these tests are about, and a correct service for it. */
export const NOTES = readFileSync(resolve(import.meta.dirname, '../e2e/specs/notes.yaml'), 'utf8');
export const NOTES_SERVER = readFileSync(resolve(import.meta.dirname, '../e2e/specs/notes-server.js'), 'utf8');

export interface Finished {
  /** Null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  pid: number;
  stdout(): string;
  /** Resolves when standard output holds the text or pattern; rejects when the process ends without. */
  printed(what: string | RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Closes our end of its standard output. */
  closeStdout(): void;
  finished: Promise<Finished>;
  /** Processes of this run that are alive, other than itself and zombies: found by their environment. Linux only. */
  children(): number[];
  /** True when nothing of this run is alive, at the latest after five seconds. */
  leftNothing(): Promise<boolean>;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Another Node than the one that runs the tests. */
  node?: string;
}

/** Starts `plumb ARGS`. It is killed when the test has finished. */
export function startPlumb(args: readonly string[], options: RunOptions): Running {
  const mark = `PLUMB_TEST_RUN=${randomUUID()}`;
  const child = spawn(options.node ?? process.execPath, [LAUNCHER, ...args], {
    cwd: options.cwd,
    env: environment(options.cwd, mark, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.node ?? process.execPath} does not start`);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  const others = (): number[] => processesWith(mark).filter((other) => other !== pid);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await finished;
    for (const other of others()) endIfAlive(other);
  });
  return {
    pid,
    stdout: () => stdout,
    printed: (what) =>
      new Promise((done, failed) => {
        const look = (): void => {
          if (typeof what === 'string' ? stdout.includes(what) : what.test(stdout)) done();
        };
        child.stdout.on('data', look);
        look();
        void finished.then((end) => failed(new Error(`it ended without ${what}: ${JSON.stringify(end)}`)));
      }),
    kill: (signal) => void child.kill(signal),
    closeStdout: () => void child.stdout.destroy(),
    finished,
    children: others,
    leftNothing: () => eventually(() => processesWith(mark).length === 0),
  };
}

/** Runs `plumb ARGS` to its end. */
export function plumb(args: readonly string[], options: RunOptions): Promise<Finished> {
  return startPlumb(args, options).finished;
}

/** A new repository with one commit: the contract of the notes at `specs/notes.yaml`, and more files where given. */
export function notesRepository(files: Record<string, string> = {}): string {
  const folder = temporaryFolder();
  makeRepository(folder, { 'specs/notes.yaml': NOTES, 'README.md': 'The user’s own words.\n', ...files });
  return folder;
}

export type JsonLine = { type: string } & Record<string, unknown>;

/** Every line of a `--json` run as an object; throws where one is not. */
export function jsonLines(stdout: string): JsonLine[] {
  const lines = stdout.split('\n');
  if (lines.pop() !== '') throw new Error('the last line does not end');
  return lines.map((line) => JSON.parse(line) as JsonLine);
}

/** Events of one type. */
export function ofType(lines: readonly JsonLine[], type: string): JsonLine[] {
  return lines.filter((line) => line.type === type);
}

function environment(home: string, mark: string, extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const [name = '', value = ''] = mark.split('=');
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: join(home, '.plumb-no-home'),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    [name]: value,
    ...extra,
  };
}
