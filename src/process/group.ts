/**
 * A shell command in a process group of its own that cannot outlive us. The group holds a watcher that reads a pipe
 * whose other end is ours alone: when we stop the group, exit, crash or are killed with SIGKILL, the pipe ends and
 * the watcher kills the group and, on Linux, what left it (`setsid`) but kept the environment.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

/** How the leader of the group ended; `failed` when it could not be started at all. */
export type GroupExit =
  { kind: 'code'; code: number } | { kind: 'signal'; signal: string } | { kind: 'failed'; message: string };

export interface Group {
  /** Settles when the leader has ended and its output has been read. Never rejects. */
  readonly ended: Promise<GroupExit>;
  /** Null while the leader runs. */
  exit(): GroupExit | null;
  /** What the command reads and what it says, where it was started to be talked to. */
  readonly talk: { input: Writable; answers: Readable } | null;
  /** SIGTERM to the group, after `graceMs` SIGKILL; resolves when it has ended. Safe to call twice. */
  stop(graceMs: number): Promise<void>;
}

// The watcher shares nothing of the command's but its group; $$ is the leader's pid, which exec keeps. Where there is
// /proc it also finds, by a variable that only the command has, what has left the group: it halts what it finds until a
// look finds nothing else, as what was about to start something may have done so during the look before.
const script = `(trap '' HUP INT TERM; read -r _ <&3
kill -KILL $$
last=
turn=0
while [ $turn -lt 100 ]; do
turn=$((turn + 1))
all=$(grep -ls "PLUMB_GROUP=$2" /proc/[0-9]*/environ)
[ "$all" != "$last" ] || break
for f in $all; do p=\${f#/proc/}; kill -STOP "\${p%/environ}"; done
last=$all
done
for f in $all; do p=\${f#/proc/}; kill -KILL "\${p%/environ}"; done
kill -KILL -$$) </dev/null >/dev/null 2>&1 4<&- &
exec 3<&-
export PLUMB_GROUP="$2"
exec sh -c "$1"`;

/**
 * Starts `sh -c command`; standard output and error arrive at `onOutput` in the order they were written. With `talk`
 * it can be talked to: over `standard` input and output, so that only its errors arrive at `onOutput`, or over a socket
 * at `descriptor 4`.
 */
export function startGroup(options: {
  command: string;
  cwd: string;
  env: Record<string, string>;
  onOutput: (chunk: Buffer) => void;
  talk?: 'standard' | 'descriptor 4';
}): Group {
  const { talk } = options;
  const [before, stdio]: [string, ('ignore' | 'pipe')[]] =
    talk === 'standard'
      ? ['', ['pipe', 'pipe', 'pipe', 'pipe']]
      : ['exec 2>&1\n', ['ignore', 'pipe', 'ignore', 'pipe', ...(talk === undefined ? [] : ['pipe' as const])]];
  const child = spawn('sh', ['-c', before + script, 'sh', options.command, randomBytes(8).toString('hex')], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio,
  });
  const lifeline = child.stdio[3] as Socket;
  lifeline.on('error', () => {});
  lifeline.unref();
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };

  let exit: GroupExit | null = null;
  const settle = (outcome: GroupExit): void => {
    exit ??= outcome;
    // Whatever the leader left behind goes with it; the watcher is still there and keeps the group's id from being reused.
    lifeline.destroy();
  };
  const output = talk === 'standard' ? child.stderr : child.stdout;
  output?.on('data', options.onOutput);
  output?.on('error', () => {});
  const talked = talkOf(child, talk);
  talked?.input.on('error', () => {});
  talked?.answers.on('error', () => {});
  child.once('exit', (code, signal) =>
    settle(code === null ? { kind: 'signal', signal: signal ?? 'unknown' } : { kind: 'code', code }),
  );
  const ended = new Promise<GroupExit>((resolve) => {
    child.once('error', (error) => {
      settle({ kind: 'failed', message: error.message });
      resolve({ kind: 'failed', message: error.message });
    });
    child.once('close', () => resolve(exit ?? { kind: 'failed', message: 'ended without a status' }));
    // A program that left the group may hold the output open for ever.
    child.once('exit', () =>
      setTimeout(() => {
        output?.destroy();
        talked?.answers.destroy();
      }, 1000).unref(),
    );
  });
  return {
    ended,
    talk: talked,
    exit: () => exit,
    async stop(graceMs) {
      if (exit === null) {
        kill('SIGTERM');
        const timers = [
          setTimeout(() => lifeline.destroy(), graceMs),
          // In case the command has killed the watcher.
          setTimeout(() => exit ?? kill('SIGKILL'), graceMs + 1000),
        ];
        await ended;
        for (const timer of timers) clearTimeout(timer);
      }
      await ended;
    },
  };
}

function talkOf(child: ChildProcess, talk: 'standard' | 'descriptor 4' | undefined): Group['talk'] {
  if (talk === 'standard' && child.stdin !== null && child.stdout !== null)
    return { input: child.stdin, answers: child.stdout };
  const socket = child.stdio[4];
  if (talk !== 'descriptor 4' || !(socket instanceof Socket)) return null;
  return { input: socket, answers: socket };
}

/** `exit code 1`, `killed by SIGTERM`. */
export function describeExit(exit: GroupExit): string {
  switch (exit.kind) {
    case 'code':
      return `exit code ${exit.code}`;
    case 'signal':
      return `killed by ${exit.signal}`;
    case 'failed':
      return `could not start: ${exit.message}`;
  }
}
