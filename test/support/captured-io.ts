import type { Io } from '../../src/cli/io.ts';

export interface CapturedIo {
  io: Io;
  /** What was written so far. */
  out(): string;
  err(): string;
}

/** An Io without a terminal that keeps what a command writes. */
export function captureIo(cwd: string, overrides: Partial<Io> = {}): CapturedIo {
  let out = '';
  let err = '';
  const io: Io = {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    cwd,
    env: {},
    isTty: false,
    columns: 100,
    rows: 30,
    signal: new AbortController().signal,
    ...overrides,
  };
  return { io, out: () => out, err: () => err };
}
