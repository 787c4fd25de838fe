/** What a command may touch of the outside: its streams, folder, environment and the signal that ends it. */
export interface Io {
  /** Writes to standard output as given. */
  stdout(text: string): void;
  /** Writes to standard error as given. */
  stderr(text: string): void;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** True where both standard input and output are a terminal. */
  isTty: boolean;
  /** Width of the terminal in cells; 80 where there is none. */
  columns: number;
  rows: number;
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal;
}

/** Exit codes: pass, a finding, wrong usage, could not decide, refused, interrupted. */
export const EXIT = { pass: 0, fail: 1, usage: 2, undecided: 3, refused: 4, interrupted: 130 } as const;
