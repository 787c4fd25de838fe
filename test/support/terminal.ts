/** A real terminal to run the binary in: a shell in tmux, typed into and looked at. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { endIfAlive, processesWith } from './processes.ts';

const LIMIT_MS = 60_000;

/** True where tmux is installed. */
export const hasTmux = ((): boolean => {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export interface Terminal {
  /** Types a text and Enter. */
  enter(text: string): void;
  /** Presses a key by tmux's name for it, such as `C-c` or `Escape`. */
  press(key: string): void;
  /** The rows as they are now, without trailing blanks. */
  screen(): string;
  /** The rows with the colours and attributes of their cells as escape sequences. */
  styledScreen(): string;
  /** Waits until the screen holds the pattern and returns it; throws with the screen where it does not come. */
  shows(pattern: RegExp): Promise<string>;
  resize(columns: number, rows: number): void;
  state(): { alternateScreen: boolean; cursorShown: boolean };
  /** Closes the terminal under the program. */
  close(): void;
  /** Processes that were started in it and live, other than its shell. */
  processes(): number[];
}

/** Opens a shell whose prompt is `READY>`. It is closed when the test has finished. */
export function openTerminal(options: {
  columns: number;
  rows: number;
  cwd: string;
  env?: Record<string, string>;
}): Terminal {
  const id = randomUUID();
  const mark = `PLUMB_TEST_TERMINAL=${id}`;
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-L', `plumb-${id}`, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TERM: 'xterm-256color', HOME: options.cwd },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const environment = {
    PS1: 'READY> ',
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    LANG: 'C.UTF-8',
    HOME: options.cwd,
    GIT_CONFIG_GLOBAL: '/dev/null',
    PLUMB_TEST_TERMINAL: id,
    ...options.env,
  };
  const set = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const size = ['-x', String(options.columns), '-y', String(options.rows)];
  tmux('new-session', '-d', ...size, '-c', options.cwd, 'env', '-u', 'NO_COLOR', '-u', 'CI', ...set, 'sh');
  onTestFinished(() => {
    try {
      tmux('kill-server');
    } catch {
      // It was closed by the test.
    }
    for (const pid of processesWith(mark)) endIfAlive(pid);
  });
  const own = new Set(processesWith(mark));
  const screen = (): string => tmux('capture-pane', '-p').replace(/ +$/gm, '');
  return {
    enter(text) {
      tmux('send-keys', '-l', text);
      tmux('send-keys', 'Enter');
    },
    press: (key) => void tmux('send-keys', key),
    screen,
    styledScreen: () => tmux('capture-pane', '-p', '-e'),
    async shows(pattern) {
      for (const until = performance.now() + LIMIT_MS; performance.now() < until; await sleep(50)) {
        const now = screen();
        if (pattern.test(now)) return now;
      }
      throw new Error(`the screen never showed ${pattern}:\n${screen()}`);
    },
    resize: (columns, rows) => void tmux('resize-window', '-x', String(columns), '-y', String(rows)),
    state() {
      const [alternate, cursor] = tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}').trim().split(' ');
      return { alternateScreen: alternate === '1', cursorShown: cursor === '1' };
    },
    close: () => void tmux('kill-server'),
    processes: () => processesWith(mark).filter((pid) => !own.has(pid)),
  };
}
