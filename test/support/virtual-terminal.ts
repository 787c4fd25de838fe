import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import xterm, { type IUnicodeVersionProvider } from '@xterm/headless';
import stringWidth from 'string-width';
import type { Host } from '../../src/tui/host.ts';

/** A terminal without a window: what a person would see, and the bytes that made it. */
export interface VirtualTerminal {
  host: Host;
  /** Everything written so far. */
  bytes(): string;
  /** The visible rows, right-trimmed, after all bytes were taken in. */
  screen(): Promise<string[]>;
  cursor(): Promise<{ x: number; y: number }>;
  alternate(): boolean;
  /** Whether keys come unprocessed. */
  raw(): boolean;
  /** Presses keys: bytes as a terminal would send them. */
  press(bytes: string): void;
  resize(columns: number, rows: number): void;
  /** Called for each write, before it is drawn. */
  onWrite(listener: (bytes: string) => void): void;
}

class Input extends EventEmitter {
  readonly isTTY = true;
  isRaw = false;
  #queue: string[] = [];

  send(bytes: string): void {
    this.#queue.push(bytes);
    this.emit('readable');
  }

  /** Bytes that came before anybody listened are not lost, as on a real terminal. */
  override on(event: string, listener: (...values: unknown[]) => void): this {
    super.on(event, listener);
    if (event === 'readable' && this.#queue.length > 0) setImmediate(() => this.emit('readable'));
    return this;
  }

  override addListener(event: string, listener: (...values: unknown[]) => void): this {
    return this.on(event, listener);
  }

  read(): string | null {
    return this.#queue.shift() ?? null;
  }

  setEncoding(): this {
    return this;
  }

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }

  resume(): this {
    return this;
  }

  pause(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** Widths of today's terminals (Unicode 9 and later); the emulator's own table has emoji of one cell. */
const modernWidths: IUnicodeVersionProvider = {
  version: 'modern',
  wcwidth: (point) =>
    point < 0x20
      ? 0
      : stringWidth(String.fromCodePoint(point)) === 2
        ? 2
        : stringWidth(String.fromCodePoint(point)) === 1
          ? 1
          : 0,
  // The encoding of xterm's UnicodeService: width in bits 1 and 2, whether it joins the cell before in bit 0.
  charProperties(point, preceding) {
    const own = modernWidths.wcwidth(point);
    const before = (preceding >> 1) & 3;
    const joins = own === 0 && preceding !== 0 && before !== 0;
    return ((joins ? before : own) << 1) | (joins ? 1 : 0);
  },
};

/** A terminal of a size; env has colours off unless it says otherwise. */
export function virtualTerminal(
  columns: number,
  rows: number,
  env: Record<string, string> = { NO_COLOR: '1' },
): VirtualTerminal {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    allowProposedApi: true,
    convertEol: true,
    scrollback: 1_000,
  });
  terminal.unicode.register(modernWidths);
  terminal.unicode.activeVersion = 'modern';
  const listeners: ((bytes: string) => void)[] = [];
  let written = '';
  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        const text = typeof chunk === 'string' ? chunk : chunk.toString('utf8');
        written += text;
        for (const listener of listeners) listener(text);
        terminal.write(text);
        done();
      },
    }),
    { isTTY: true, columns, rows },
  );
  const stdin = new Input();
  const signals = new EventEmitter();
  const host = Object.assign(signals, { stdin, stdout, env, pid: 0, kill: () => true });
  const settled = (): Promise<void> => new Promise((resolve) => terminal.write('', resolve));
  return {
    // The streams have the parts of a TTY stream that Ink uses, not all of them.
    host: host as object as Host,
    bytes: () => written,
    async screen() {
      await settled();
      const { active } = terminal.buffer;
      return Array.from(
        { length: terminal.rows },
        (_, row) =>
          active
            .getLine(active.viewportY + row)
            ?.translateToString(true, 0, terminal.cols)
            .trimEnd() ?? '',
      );
    },
    async cursor() {
      await settled();
      return { x: terminal.buffer.active.cursorX, y: terminal.buffer.active.cursorY };
    },
    alternate: () => terminal.buffer.active.type === 'alternate',
    raw: () => stdin.isRaw,
    press: (bytes) => stdin.send(bytes),
    resize(nextColumns, nextRows) {
      terminal.resize(nextColumns, nextRows);
      Object.assign(stdout, { columns: nextColumns, rows: nextRows });
      stdout.emit('resize');
    },
    onWrite: (listener) => void listeners.push(listener),
  };
}
