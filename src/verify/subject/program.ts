/**
 * A program as a subject: JSON-RPC 2.0 requests on its standard input, one a line, answers in any order on its standard
 * output. It may print nonsense, be silent, or end in the middle; each call still gets an outcome.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, type JsonValue } from '../../events/index.ts';
import { sanitize } from '../../events/sanitize.ts';
import { createTail, describeExit, type Group, scrubbedEnvironment, startGroup } from '../../process/index.ts';
import type { CallOutcome, CallSubject, StartedCalls } from '../calls/model.ts';
import type { CallSource } from '../model.ts';

const IN_FLIGHT = 16;
const OUTPUT_LIMIT_BYTES = 64 * 1024;
const MAX_LINE = 4 * 1024 * 1024;
/** Until its first answer a program may still be starting. */
const BOOT_MS = 10_000;
const STOP_MS = 1000;
/** A program that is not there at all says so in this time. */
const BEGIN_MS = 150;
/** Started again more often than this, it is given up. */
const MAX_CRASHES = 60;

type ProgramSource = Extract<CallSource, { kind: 'program' }>;

interface Waiting {
  startedAt: number;
  timer: NodeJS.Timeout;
  settle: (outcome: CallOutcome) => void;
}

/** Starts a program; one that ends at once is a fault. */
export async function startProgram(source: ProgramSource): Promise<StartedCalls> {
  const tail = createTail(OUTPUT_LIMIT_BYTES);
  const output = (): string => sanitize(tail.text(), { multiline: true });
  let command: string;
  try {
    command = source.wrap === undefined ? source.command : await source.wrap(source.command);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'fault', message: `cannot prepare the command: ${sanitize(reason)}`, output: '' };
  }
  const waiting = new Map<number, Waiting>();
  let listener: ((message: JsonValue) => void) | undefined;
  /** A line that answers nothing; told with the next call that ends. */
  let stray: string | undefined;
  let next = 1;
  let crashes = 0;
  let gone: string | null = null;
  let stopped = false;
  let restarting: Promise<void> | undefined;

  /** Ends all calls that are under way in the same way. */
  const failAll = (message: string): void => {
    const shared = waiting.size > 1;
    for (const [id, one] of waiting) {
      waiting.delete(id);
      clearTimeout(one.timer);
      const ms = performance.now() - one.startedAt;
      one.settle({ kind: 'fault', reason: 'ended', message, ms, ...(shared ? { shared } : {}) });
    }
  };
  const start = (): Running =>
    run(source, command, (chunk) => tail.push(chunk), {
      message(text) {
        const read = parsed(text);
        const id = isObject(read) ? read['id'] : undefined;
        const asked = typeof id === 'number' ? waiting.get(id) : undefined;
        if (read !== undefined && asked !== undefined && typeof id === 'number') {
          waiting.delete(id);
          clearTimeout(asked.timer);
          asked.settle(outcomeOf(read, performance.now() - asked.startedAt));
        } else if (read !== undefined && listener !== undefined) listener(read);
        // A call that was given up may still be answered.
        else if (typeof id !== 'number' || id < 1 || id >= next) stray ??= shown(text);
      },
      ended(message) {
        failAll(message);
      },
    });
  let running = start();
  const early = await Promise.race([running.ended, sleep(BEGIN_MS, undefined)]);
  if (early !== undefined)
    return { kind: 'fault', message: `the command ended before it was asked anything: ${early}`, output: output() };

  const restart = async (): Promise<void> => {
    const old = running;
    if (++crashes > MAX_CRASHES) gone ??= `it ended or hung more than ${MAX_CRASHES} times`;
    await old.group.stop(STOP_MS);
    if (!stopped && gone === null) running = start();
  };
  const alive = async (): Promise<boolean> => {
    if (running.spoilt() && gone === null && !stopped)
      restarting ??= restart().finally(() => {
        restarting = undefined;
      });
    await restarting;
    return gone === null && !stopped;
  };

  const subject: CallSubject = {
    title: source.command,
    inFlight: IN_FLIGHT,
    async call({ method, params, timeoutMs }) {
      if (!(await alive())) return { kind: 'fault', reason: 'ended', message: gone ?? 'stopped', ms: 0 };
      const id = next++;
      const asked = running;
      return new Promise((settle) => {
        const limitMs = asked.answered() ? timeoutMs : timeoutMs + BOOT_MS;
        const timer = setTimeout(() => {
          waiting.delete(id);
          // What hangs is no state to go on from; the others find out by their own time, or by its end.
          if (waiting.size === 0) asked.spoil();
          const shared = waiting.size > 0 ? { shared: true } : {};
          settle({ kind: 'fault', reason: 'silent', message: `no answer in ${limitMs} ms`, ms: limitMs, ...shared });
        }, limitMs);
        const told = (outcome: CallOutcome): void => {
          settle(stray === undefined ? outcome : { ...outcome, notes: { ...outcome.notes, stray } });
          stray = undefined;
        };
        waiting.set(id, { startedAt: performance.now(), timer, settle: told });
        asked.write(`${JSON.stringify({ jsonrpc: '2.0', method, params, id })}\n`);
      });
    },
    async line(text, timeoutMs) {
      if (!(await alive())) return undefined;
      running.write(`${text}\n`);
      if (timeoutMs === 0) return undefined;
      const limitMs = running.answered() ? timeoutMs : timeoutMs + BOOT_MS;
      return new Promise((settle) => {
        const done = (message: JsonValue | undefined): void => {
          listener = undefined;
          clearTimeout(timer);
          settle(message);
        };
        const timer = setTimeout(() => done(undefined), limitMs);
        listener = done;
        void running.ended.then(() => done(undefined));
      });
    },
    async renew() {
      await restarting;
      if (gone !== null || stopped) return false;
      await running.group.stop(STOP_MS);
      running = start();
      return true;
    },
    get crashes() {
      return crashes;
    },
    output: () => ({ text: output(), exited: gone }),
    async stop() {
      stopped = true;
      await restarting;
      running.group.talk?.input.end();
      await running.group.stop(STOP_MS);
      failAll('stopped');
    },
  };
  return { kind: 'subject', subject };
}

interface Running {
  group: Group;
  ended: Promise<string>;
  write(text: string): void;
  /** True once it has answered anything. */
  answered(): boolean;
  /** True where it must not be asked again: it ended, hung, or flooded its output. */
  spoilt(): boolean;
  spoil(): void;
}

function run(
  source: ProgramSource,
  command: string,
  onOutput: (chunk: Buffer) => void,
  told: { message: (text: string) => void; ended: (message: string) => void },
): Running {
  const group = startGroup({
    command,
    cwd: source.cwd,
    env: scrubbedEnvironment({ ...source.env }),
    onOutput,
    talk: 'standard',
  });
  let pending: string[] = [];
  let length = 0;
  let answered = false;
  let spoilt = false;
  group.talk?.answers.setEncoding('utf8');
  group.talk?.answers.on('data', (chunk: string) => {
    if (spoilt) return;
    const parts = chunk.split('\n');
    for (const [index, part] of parts.entries()) {
      pending.push(part);
      length += part.length;
      if (length > MAX_LINE) {
        spoilt = true;
        told.ended(`a line of its output is longer than ${MAX_LINE} characters`);
        return;
      }
      if (index === parts.length - 1) continue;
      const text = pending.join('');
      pending = [];
      length = 0;
      if (text.trim() === '') continue;
      answered = true;
      told.message(text);
    }
  });
  const ended = group.ended.then((exit) => {
    const message = `the program ended (${describeExit(exit)})`;
    if (!spoilt) told.ended(message);
    spoilt = true;
    return message;
  });
  return {
    group,
    ended,
    write: (text) => void group.talk?.input.write(text),
    answered: () => answered,
    spoilt: () => spoilt,
    spoil() {
      spoilt = true;
    },
  };
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** An answer by the letter of JSON-RPC 2.0 §5. */
function outcomeOf(message: JsonValue, ms: number): CallOutcome {
  const bad = (what: string): CallOutcome => ({
    kind: 'fault',
    reason: 'malformed',
    message: `its answer is no JSON-RPC 2.0 response: ${what} in ${shown(JSON.stringify(message))}`,
    ms,
  });
  if (!isObject(message)) return bad('no object');
  const { jsonrpc, result, error } = message;
  if (jsonrpc !== '2.0') return bad('no `"jsonrpc": "2.0"`');
  if (error === undefined || (error === null && result !== undefined)) {
    if (result === undefined) return bad('neither `result` nor `error`');
    return error === undefined ? { kind: 'result', value: result, ms } : bad('`result` and `error`');
  }
  if (result !== undefined) return bad('`result` and `error`');
  if (!isObject(error)) return bad('an `error` that is no object');
  const { code, message: text, data } = error;
  if (typeof code !== 'number' || !Number.isInteger(code)) return bad('an error without a whole `code`');
  if (typeof text !== 'string') return bad('an error without a `message`');
  return { kind: 'error', code, message: text, ...(data === undefined ? {} : { data }), ms };
}

function shown(text: string): string {
  return sanitize(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
