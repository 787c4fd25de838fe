/**
 * The session screen under a stream of 10,000 tokens a second: its share of one core, the time from a key to its paint,
 * and the bytes a frame costs. `node test/bench/tui.ts [SECONDS]`
 */
import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { createStore } from '../../src/session/store.ts';
import type { Host } from '../../src/tui/host.ts';
import { stampedEvents } from '../support/stamped-events.ts';
import { vacationSession } from '../support/vacation-session.ts';
import { report } from './figure.ts';

const SECONDS = Number(process.argv[2] ?? 8);
const TOKENS_PER_SECOND = 10_000;
const WORDS = [
  'The ',
  'balance ',
  'must ',
  'not ',
  'fall ',
  'below ',
  'zero, ',
  'größer ',
  '漢字',
  ' = ',
  'sum(',
  'ledger)',
  '.\n',
  'and ',
];

process.env['NODE_ENV'] = 'production';
const outfile = 'node_modules/.cache/plumb-bench/session-app.mjs';
mkdirSync('node_modules/.cache/plumb-bench', { recursive: true });
await build({
  entryPoints: ['src/tui/session-app.tsx'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  logLevel: 'warning',
});
const { openSession } = (await import(pathToFileURL(outfile).href)) as typeof import('../../src/tui/session-app.tsx');

class Keys extends EventEmitter {
  readonly isTTY = true;
  #queue: string[] = [];
  send(key: string): void {
    this.#queue.push(key);
    this.emit('readable');
  }
  read(): string | null {
    return this.#queue.shift() ?? null;
  }
  setEncoding(): void {}
  setRawMode(): void {}
  ref(): void {}
  unref(): void {}
}

const waiting: { mark: string; at: number }[] = [];
const paints: number[] = [];
let bytes = 0;
let frames = 0;
const stdout = Object.assign(
  new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const text = chunk.toString();
      bytes += text.length;
      if (text.length > 20) frames += 1;
      const first = waiting[0];
      if (first !== undefined && text.includes(first.mark)) {
        paints.push(performance.now() - first.at);
        waiting.shift();
      }
      done();
    },
  }),
  { isTTY: true, columns: 120, rows: 40 },
);
const stdin = new Keys();
const host = Object.assign(new EventEmitter(), { stdin, stdout, env: {}, pid: 0, kill: () => true }) as object as Host;

const abort = new AbortController();
const store = createStore({ events: stampedEvents(vacationSession('failing')), now: Date.now });
const closed = openSession({
  store,
  dispatch: () => Promise.resolve({ kind: 'done' }),
  host,
  now: Date.now,
  signal: abort.signal,
});
await new Promise((resolve) => setTimeout(resolve, 300));

const lag: number[] = [];
const started = performance.now();
const cpu = process.cpuUsage();
let sent = 0;
let keys = 0;
let lastTick = performance.now();
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    const now = performance.now();
    lag.push(now - lastTick);
    lastTick = now;
    const due = ((now - started) / 1000) * TOKENS_PER_SECOND;
    for (; sent < due; sent += 1) store.live({ type: 'text', text: WORDS[sent % WORDS.length] ?? '' });
    const key = Math.floor((now - started) / 150);
    if (key > keys && waiting.length === 0) {
      keys = key;
      // A letter that is nowhere else on the screen, so that its paint is found in the bytes.
      const mark = String.fromCodePoint(0x2460 + (keys % 60));
      waiting.push({ mark, at: performance.now() });
      stdin.send(mark);
    }
    if (now - started > SECONDS * 1000) {
      clearInterval(timer);
      resolve();
    }
  }, 4);
});
const wallMs = performance.now() - started;
const used = process.cpuUsage(cpu);
abort.abort();
await closed;

const share = (used.user + used.system) / 1000 / wallMs;
const at = (values: number[], quantile: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * quantile))] ?? Number.NaN;
const rate = `at ${Math.round(sent / (wallMs / 1000))} tokens/s`;
report({ figure: `share of one core ${rate}`, value: share, unit: 'cores', limit: { atMost: 0.5 } });
report({ figure: `key to paint ${rate}, p50 of ${paints.length}`, value: at(paints, 0.5), unit: 'ms' });
report({
  figure: `key to paint ${rate}, p95 of ${paints.length}`,
  value: at(paints, 0.95),
  unit: 'ms',
  limit: { atMost: 33 },
});
report({ figure: 'frames', value: frames / (wallMs / 1000), unit: '/s' });
report({ figure: 'bytes of a frame', value: Math.round(bytes / Math.max(1, frames)), unit: 'B' });
report({ figure: 'resident memory', value: Math.round(process.memoryUsage.rss() / 1e6), unit: 'MB' });
