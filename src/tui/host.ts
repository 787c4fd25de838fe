/** What of the process a screen needs. `process` itself fits; a test gives streams of its own. */
export interface Host {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  env: Readonly<Record<string, string | undefined>>;
  pid: number;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  listenerCount(event: string): number;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Main screen, cursor shown, bracketed paste off. */
const RESTORE = '\u001b[?1049l\u001b[?25h\u001b[?2004l';

/**
 * Gives the terminal back whatever ends the process: a signal, an uncaught exception (before Node prints it), exit.
 * Returns how to stop watching. A signal that nobody else listens to still ends the process.
 */
export function guardTerminal(host: Host, close: () => void): () => void {
  let closed = false;
  const restore = (): void => {
    if (closed) return;
    closed = true;
    try {
      close();
    } catch {
      host.stdout.write(RESTORE);
      host.stdin.setRawMode?.(false);
    }
  };
  const listeners = SIGNALS.map((signal) => {
    const listener = (): void => {
      restore();
      stop();
      if (host.listenerCount(signal) === 0) host.kill(host.pid, signal);
    };
    return { event: signal as string, listener };
  });
  listeners.push({ event: 'uncaughtExceptionMonitor', listener: restore }, { event: 'exit', listener: restore });
  const stop = (): void => {
    for (const { event, listener } of listeners) host.off(event, listener);
  };
  for (const { event, listener } of listeners) host.on(event, listener);
  return stop;
}
