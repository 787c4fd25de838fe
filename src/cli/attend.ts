/** What `open` and `demo` share: a session on the screen where there is one, else in lines of text. */
import { noScreen } from '../tui/fits.ts';
import { exitCodeOf, runHeadless } from './headless.ts';
import { EXIT, type Io } from './io.ts';
import type { LiveSession } from './open-session.ts';
import type { SessionRequest } from './session-request.ts';

export interface AttendOptions {
  command: 'open' | 'demo';
  request: SessionRequest;
  io: Io;
  /** Prepares and names the folder in which the spec is looked up; default `io.cwd`. */
  specFolder?: () => string;
  /** Whether the agent starts before the engineer says something. */
  startAtOnce: boolean;
  /** Printed before the lines of a session without a screen. */
  intro?: (specFolder: string) => string;
  /** Printed at the end. */
  outro?: (live: LiveSession) => string;
}

/** Runs the session to its end; the exit code is that of its last turn, 0 where there was none. */
export async function attend(options: AttendOptions): Promise<number> {
  const { request, io } = options;
  const onScreen = io.isTty && !request.plain && !request.json && noScreen(io, io.env) === null;
  return onScreen ? onTheScreen(options) : inLines(options);
}

async function onTheScreen(options: AttendOptions): Promise<number> {
  const { request, io, command } = options;
  const { openScreen } = await import('./screen.ts');
  const screen = await openScreen(io);
  // What is said meanwhile would be drawn over; it is told when the screen is gone.
  const late: string[] = [];
  const quiet: Io = { ...io, isTty: false, stdout: (text) => late.push(text), stderr: (text) => late.push(text) };
  let live: LiveSession | undefined;
  try {
    // The frame is drawn before the work of opening holds the thread.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { openSession } = await import('./open-session.ts');
    const folder = options.specFolder === undefined ? {} : { specFolder: options.specFolder() };
    const opened = await openSession({ request, io: quiet, commands: 'ask', store: screen.store, ...folder });
    if (opened.kind === 'none') {
      late.push(`plumb ${command}: ${opened.message}\n`);
      return opened.exit;
    }
    live = opened.live;
    screen.attach(live);
    if (options.startAtOnce) void live.runtime.startTurn(live.prompt).catch(() => {});
    await screen.closed;
    await live.runtime.stop('the engineer left');
    const { result } = live.runtime;
    if (options.outro !== undefined) late.push(options.outro(live));
    if (io.signal.aborted) return EXIT.interrupted;
    return result === null ? EXIT.pass : exitCodeOf(result);
  } finally {
    await screen.close();
    await live?.runtime.close();
    live?.log.close();
    if (late.length > 0) io.stderr(late.join(''));
  }
}

async function inLines(options: AttendOptions): Promise<number> {
  const { request, io, command, outro, intro } = options;
  const { openSession } = await import('./open-session.ts');
  const folder = options.specFolder?.();
  const opened = await openSession({
    request,
    io,
    commands: request.allowCommands ? 'allow' : 'refuse',
    ...(folder === undefined ? {} : { specFolder: folder }),
  });
  if (opened.kind === 'none') {
    io.stderr(`plumb ${command}: ${opened.message}\n`);
    return opened.exit;
  }
  const { live } = opened;
  try {
    if (intro !== undefined && !request.json) io.stdout(intro(folder ?? io.cwd));
    const code = await runHeadless(live, request, io);
    if (outro !== undefined && !request.json) io.stdout(outro(live));
    return code;
  } finally {
    await live.runtime.close();
    live.log.close();
  }
}
