/**
 * Runs in a process of its own: loads a module and calls its functions for the engine, which talks to it over
 * descriptor 4, one JSON line a message. Nothing that the module does reaches the engine but as an answer: it may print,
 * loop, exit, patch globals or fill the memory. Imports nothing of ours but what looks at values.
 */
import { writeSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { seenAsJson } from './module-json.ts';

const CHANNEL = 4;
/** Answers are sent in between when a batch takes longer, so that whoever waits sees that it goes on. */
const FLUSH_MS = 100;
const MAX_ANSWER = 4 * 1024 * 1024;
/** Memory of the process, buffers included; the limit of the heap does not count those. */
const MAX_BYTES = 1024 * 1024 * 1024;
const WORK = Symbol.for('plumbline.host.work');

// The module may replace any of these later.
const { stringify, parse } = JSON;
const { setTimeout, clearTimeout, Promise: NativePromise } = globalThis;
const { exit } = process;
const clock = performance.now.bind(performance);
const require = createRequire(import.meta.url);
const script = new Script(`globalThis[Symbol.for('plumbline.host.work')]()`);

interface Called {
  name: string;
  args: unknown[];
  timeoutMs: number;
  pure: boolean;
}
type Message = { load: string; generation: number; globals: Record<string, unknown> } | { id: number; calls: Called[] };

let generation = 0;
let exported: unknown;
/** What is under way, so that the end of the process can still tell whose doing it was. */
let current: { id: number; unsent: string[] } | undefined;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const { url } = resolved;
    // Each generation is a module graph of its own; packages keep what they have.
    if (generation === 0 || !url.startsWith('file:') || url.includes('/node_modules/')) return resolved;
    return { ...resolved, url: `${url}${url.includes('?') ? '&' : '?'}generation=${generation}` };
  },
});

// A thread of its own still runs while the module loops.
const watch = `const { writeSync } = require('node:fs');
setInterval(() => {
  if (process.memoryUsage.rss() < ${MAX_BYTES}) return;
  writeSync(2, 'it needs more than ${MAX_BYTES / 1024 / 1024} MB of memory\\n');
  process.kill(process.pid, 'SIGKILL');
}, 20);`;
new Worker(watch, { eval: true }).unref();

const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });
let pending = '';
let queue: Promise<void> = NativePromise.resolve();
channel.setEncoding('utf8');
channel.on('data', (chunk: string) => {
  pending += chunk;
  for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
    const message = parse(pending.slice(0, end)) as Message;
    pending = pending.slice(end + 1);
    queue = queue.then(() => ('load' in message ? load(message) : batch(message)));
  }
});
channel.on('end', () => exit(0));
channel.on('error', () => exit(0));

process.on('uncaughtException', printed);
process.on('unhandledRejection', printed);
process.on('exit', (code) => {
  if (current === undefined) return;
  const last = message(current.id, current.unsent, `,"ended":${stringify(`it ended the process (exit code ${code})`)}`);
  try {
    writeSync(CHANNEL, last);
  } catch {
    // Nobody listens any more, or not fast enough; then the engine finds out by calling again, one by one.
  }
});

/** What goes wrong after a function has returned is nobody's answer; it is printed. */
function printed(error: unknown): void {
  process.stderr.write(`after a call: ${thrownText(error)}\n`);
}

function message(id: number, answers: string[], more: string): string {
  return `{"id":${id},"answers":[${answers.join(',')}]${more}}\n`;
}

async function load({ load: file, generation: wanted, globals }: Extract<Message, { load: string }>): Promise<void> {
  generation = wanted;
  Object.assign(globalThis, globals);
  for (const name of Object.keys(require.cache)) if (!name.includes('/node_modules/')) delete require.cache[name];
  let answer = '{"loaded":true}';
  try {
    const { href } = pathToFileURL(file);
    exported = await import(generation === 0 ? href : `${href}?generation=${generation}`);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    answer = `{"failed":${stringify(text.slice(0, 2000))}}`;
  }
  channel.write(`${answer}\n`);
}

/** A stretch of a batch under the watch of V8, up to its end or to a promise. */
interface Stretch {
  next: number;
  waiting?: { promise: PromiseLike<unknown>; startedAt: number; before: string | undefined };
}

async function batch({ id, calls }: { id: number; calls: Called[] }): Promise<void> {
  const unsent: string[] = [];
  current = { id, unsent };
  let flushedAt = clock();
  const flush = (more: string, then?: () => void): void => {
    channel.write(message(id, unsent.splice(0), more), then);
    flushedAt = clock();
  };
  // What a call left half done is no state to go on from.
  const hang = (what: string, limitMs: number): Promise<void> => {
    current = undefined;
    unsent.push(fault('silent', `${what} in ${limitMs} ms`, limitMs));
    flush(',"hung":true', () => exit(0));
    return new NativePromise(() => {});
  };
  const stretch: Stretch = { next: 0 };
  while (stretch.next < calls.length) {
    const limitMs = calls[stretch.next]?.timeoutMs ?? 1000;
    if (!watched(Math.ceil(limitMs * 1.5), () => run(calls, stretch, unsent, limitMs)))
      return hang('it did not return', limitMs);
    const call = calls[stretch.next];
    if (stretch.waiting !== undefined && call !== undefined) {
      const answer = await awaited(stretch.waiting, call);
      if (answer === undefined) return hang('its promise was not settled', call.timeoutMs);
      unsent.push(answer);
      delete stretch.waiting;
      stretch.next++;
    }
    if (clock() - flushedAt > FLUSH_MS) flush('');
  }
  current = undefined;
  flush(',"done":true');
}

/** Runs synchronous work under a time limit; V8 interrupts it in the middle of a loop. False where it took too long. */
function watched(limitMs: number, work: () => void): boolean {
  Object.defineProperty(globalThis, WORK, { value: work, configurable: true });
  try {
    script.runInThisContext({ timeout: limitMs });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}

/** Calls one after the other until a promise comes or half of the time of one call is over. */
function run(calls: Called[], stretch: Stretch, answers: string[], limitMs: number): void {
  const since = clock();
  for (; stretch.next < calls.length; stretch.next++) {
    const startedAt = clock();
    if (startedAt - since > limitMs / 2) return;
    const call = calls[stretch.next];
    if (call === undefined) return;
    const found = functionAt(call.name);
    if (found === undefined) {
      answers.push(`{"code":-32601,"message":"the module exports no such function","ms":0,"notes":{"absent":true}}`);
      continue;
    }
    const before = call.pure ? stringify(call.args) : undefined;
    try {
      const value: unknown = Reflect.apply(found.call, found.owner, call.args);
      if (isThenable(value)) {
        stretch.waiting = { promise: value, startedAt, before };
        return;
      }
      answers.push(returned(value, call, before, clock() - startedAt));
    } catch (error) {
      answers.push(thrown(error, call, before, clock() - startedAt));
    }
  }
}

/** The answer that a promise settles to; undefined where it does not in time. */
async function awaited(
  { promise, startedAt, before }: Required<Stretch>['waiting'],
  call: Called,
): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new NativePromise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), call.timeoutMs);
  });
  const settled = (async (): Promise<string> => {
    try {
      const value = await promise;
      return returned(value, call, before, clock() - startedAt);
    } catch (error) {
      return thrown(error, call, before, clock() - startedAt);
    }
  })();
  const answer = await NativePromise.race([settled, late]);
  clearTimeout(timer);
  return answer;
}

/** `math.add`: an export of that very name, or a way through objects, in the module or in its default export. */
function functionAt(name: string): { call: (...args: unknown[]) => unknown; owner: unknown } | undefined {
  for (const root of [exported, memberOf(exported, 'default')]) {
    const whole = memberOf(root, name);
    if (isFunction(whole)) return { call: whole, owner: root };
    let owner: unknown;
    let value = root;
    for (const part of name.split('.')) {
      owner = value;
      value = memberOf(owner, part);
    }
    if (isFunction(value)) return { call: value, owner };
  }
  return undefined;
}

/** A member that somebody gave the value, never one that all objects have. */
function memberOf(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  if (!(name in value) || (name in Object.prototype && !Object.hasOwn(value, name))) return undefined;
  return Reflect.get(value, name);
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function returned(value: unknown, call: Called, before: string | undefined, ms: number): string {
  try {
    const nothing = value === undefined;
    const seen = seenAsJson(nothing ? null : value);
    if (seen.problem !== undefined) return fault('malformed', `what it returned is not JSON: ${seen.problem}`, ms);
    const text = nothing ? 'null' : stringify(value);
    if (text.length > MAX_ANSWER)
      return fault('malformed', `what it returned is longer than ${MAX_ANSWER} characters`, ms);
    const notes = notesText(call, before, nothing, seen.negativeZero);
    return `{"value":${text},"ms":${ms.toFixed(4)}${notes}}`;
  } catch (error) {
    return fault('malformed', `what it returned cannot be read: ${thrownText(error)}`, ms);
  }
}

function thrown(error: unknown, call: Called, before: string | undefined, ms: number): string {
  const parts = [`"message":${stringify(thrownText(error))}`, `"ms":${ms.toFixed(4)}`];
  try {
    const code = memberOf(error, 'code');
    const name = memberOf(error, 'name');
    const data = memberOf(error, 'data');
    if (typeof code === 'number' && Number.isFinite(code)) parts.push(`"code":${stringify(code)}`);
    if (typeof code === 'string') parts.push(`"name":${stringify(code.slice(0, 200))}`);
    else if (typeof name === 'string') parts.push(`"name":${stringify(name.slice(0, 200))}`);
    if (data !== undefined && seenAsJson(data).problem === undefined) {
      const text = stringify(data);
      if (text.length <= MAX_ANSWER) parts.push(`"data":${text}`);
    }
  } catch {
    // What was thrown defends itself; its message has to do.
  }
  return `{${parts.join(',')}${notesText(call, before, false, false)}}`;
}

function notesText(call: Called, before: string | undefined, nothing: boolean, negativeZero: boolean): string {
  const changed = before !== undefined && before !== argumentsText(call.args);
  const notes = [
    ...(nothing ? ['"nothing":true'] : []),
    ...(negativeZero ? ['"negativeZero":true'] : []),
    ...(changed ? ['"changedArguments":true'] : []),
  ];
  return notes.length === 0 ? '' : `,"notes":{${notes.join(',')}}`;
}

/** Undefined where a function has put something into its arguments that is not JSON. */
function argumentsText(args: unknown[]): string | undefined {
  try {
    return stringify(args);
  } catch {
    return undefined;
  }
}

function thrownText(error: unknown): string {
  try {
    const message = memberOf(error, 'message');
    const text = typeof message === 'string' ? message : typeof error === 'string' ? error : String(error);
    return text.slice(0, 1000);
  } catch {
    return 'something without a text';
  }
}

function fault(reason: 'silent' | 'malformed', text: string, ms: number): string {
  return `{"fault":"${reason}","message":${stringify(text)},"ms":${ms.toFixed(4)}}`;
}
