/**
 * A module as a subject: its functions run in a process of ours, many calls a message. Whatever the module does there,
 * each call gets an answer: one that hangs or kills the process is found out and blamed, and the rest go on in a fresh
 * one.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import { sanitize } from '../../events/sanitize.ts';
import { createTail, describeExit, type Group, scrubbedEnvironment, startGroup } from '../../process/index.ts';
import type { CallNotes, CallOutcome, CallRequest, CallSubject, StartedCalls } from '../calls/model.ts';
import type { CallSource } from '../model.ts';
import { ACTIVE, SWITCH } from '../mutation/switch.ts';

const HEAP_MB = 512;
const OUTPUT_LIMIT_BYTES = 64 * 1024;
const LOAD_MS = 15_000;
const STOP_MS = 300;
/** Calls of one message. */
const BATCH = 256;
/** Calls that are made again to find out which one ended the process; with more, only the last batch is. */
const MAX_REPLAYED = 20_000;
/** Fresh instances in one process; each keeps some memory for ever. */
const MAX_GENERATIONS = 400;

type ModuleSource = Extract<CallSource, { kind: 'module' }>;

interface Call {
  text: string;
  timeoutMs: number;
  answer: (outcome: CallOutcome) => void;
}

/** Loads a module in a process of its own; a file that is missing or does not load is a fault. */
export async function startModule(source: ModuleSource, pure: (method: string) => boolean): Promise<StartedCalls> {
  const file = resolve(source.cwd, source.file);
  if (!existsSync(file))
    return { kind: 'fault', message: `there is no module ${sanitize(source.file)}; check subject.module`, output: '' };
  const tail = createTail(OUTPUT_LIMIT_BYTES);
  const output = (): string => sanitize(tail.text(), { multiline: true });
  let mutant: number | undefined;
  const begin = (): ReturnType<typeof startHost> => {
    const env = mutant === undefined ? source.env : { ...source.env, [SWITCH]: String(mutant) };
    return startHost(env === undefined ? source : { ...source, env }, file, (chunk) => tail.push(chunk));
  };
  const begun = await begin();
  if (begun.kind === 'fault') return { ...begun, output: output() };
  let host: Host | undefined = begun.host;
  let gone: string | null = null;
  let past: string[] = [];
  let waiting: Call[] = [];
  let working: Promise<void> | undefined;
  let stopped = false;
  let crashes = 0;

  const restart = async (): Promise<boolean> => {
    await host?.stop();
    host = undefined;
    if (stopped) return false;
    const again = await begin();
    if (again.kind === 'fault') gone = again.message;
    else host = again.host;
    past = [];
    return again.kind === 'host';
  };

  /** What went before a call is gone with the process, so that whoever asked has to ask all of it again. */
  const drop = (calls: readonly Call[]): void => {
    const message = 'another call ended the process or did not return';
    for (const call of calls) call.answer({ kind: 'fault', reason: 'ended', message, shared: true, ms: 0 });
  };

  /** Answers calls of one batch, in order; those behind a call that ended the process or hung are dropped. */
  const perform = async (calls: Call[]): Promise<void> => {
    let open = calls;
    while (open.length > 0) {
      if (host === undefined && !(await restart())) {
        for (const call of open) call.answer({ kind: 'fault', reason: 'ended', message: gone ?? 'stopped', ms: 0 });
        return;
      }
      const done = await host?.perform(open);
      if (done === undefined) continue;
      for (const [index, outcome] of done.answers.entries()) open[index]?.answer(outcome);
      past.push(...open.slice(0, done.answers.length).map(({ text }) => text));
      open = open.slice(done.answers.length);
      if (done.end === undefined) continue;
      crashes++;
      const known = done.blamed || open.length <= 1;
      const replayed = known ? [] : past;
      if (!known && replayed.length <= MAX_REPLAYED && (await restart())) {
        // Nobody can say which call it was: all that came before again, and then one at a time.
        const before = replayed.map((text) => ({ text, timeoutMs: open[0]?.timeoutMs ?? 1000, answer: () => {} }));
        for (let at = 0; at < before.length; at += BATCH) await host?.perform(before.slice(at, at + BATCH));
        past = replayed;
        const sofar = crashes;
        for (const [index, call] of open.entries()) {
          await perform([call]);
          if (crashes === sofar) continue;
          drop(open.slice(index + 1));
          return;
        }
        return;
      }
      const [culprit, ...rest] = open;
      culprit?.answer({ kind: 'fault', reason: done.end.reason, message: done.end.message, ms: 0 });
      drop(rest);
      await restart();
      return;
    }
  };

  const work = async (): Promise<void> => {
    // Whoever calls many in one go finds them in one message.
    await new Promise(setImmediate);
    while (waiting.length > 0) await perform(waiting.splice(0, BATCH));
    working = undefined;
  };

  const subject: CallSubject = {
    title: source.file,
    inFlight: 2 * BATCH,
    call({ method, params, timeoutMs }: CallRequest) {
      return new Promise((answer) => {
        const args = Array.isArray(params) ? params : [params];
        const text = JSON.stringify({ name: method, args, timeoutMs, pure: pure(method) });
        waiting.push({ text, timeoutMs, answer });
        working ??= work();
      });
    },
    async renew() {
      await working;
      past = [];
      if (host !== undefined && host.generation < MAX_GENERATIONS && (await host.reload(mutant))) return true;
      return restart();
    },
    show(next) {
      mutant = next;
      gone = null;
      return subject.renew();
    },
    get crashes() {
      return crashes;
    },
    output: () => ({ text: output(), exited: gone }),
    async stop() {
      stopped = true;
      waiting = [];
      await host?.stop();
    },
  };
  return { kind: 'subject', subject };
}

interface Performed {
  /** One for each call from the first on, as far as it came. */
  answers: CallOutcome[];
  /** Set where the process ended or hung in the call behind the last answer. */
  end?: { reason: 'silent' | 'ended'; message: string };
  /** True where the process itself said so. */
  blamed: boolean;
}

interface Host {
  readonly generation: number;
  perform(calls: Call[]): Promise<Performed>;
  /** Makes the module anew in the same process. */
  reload(mutant: number | undefined): Promise<boolean>;
  stop(): Promise<void>;
}

async function startHost(
  source: ModuleSource,
  file: string,
  onOutput: (chunk: Buffer) => void,
): Promise<{ kind: 'host'; host: Host } | { kind: 'fault'; message: string }> {
  const command = [
    process.execPath,
    `--max-old-space-size=${HEAP_MB}`,
    '--disable-warning=ExperimentalWarning',
    hostFile(),
  ];
  let commandLine = command.map(quoted).join(' ');
  try {
    if (source.wrap !== undefined) commandLine = await source.wrap(commandLine);
  } catch (error) {
    return { kind: 'fault', message: `cannot prepare the module: ${error instanceof Error ? error.message : ''}` };
  }
  const group = startGroup({
    command: source.wrap === undefined ? `exec ${commandLine}` : commandLine,
    cwd: source.cwd,
    env: scrubbedEnvironment({ ...source.env }),
    onOutput,
    talk: 'descriptor 4',
  });
  const line = linesOf(group);
  const load = async (generation: number, mutant?: number): Promise<string | undefined> => {
    const globals = mutant === undefined ? {} : { [ACTIVE]: mutant };
    group.talk?.input.write(`${JSON.stringify({ load: file, generation, globals })}\n`);
    const answer = await line(LOAD_MS);
    if (answer.kind === 'end') return answer.message;
    const failed = answer.message['failed'];
    return typeof failed === 'string' ? sanitize(failed.split('\n').slice(0, 4).join(' | ')) : undefined;
  };
  const problem = await load(0);
  if (problem !== undefined) {
    await group.stop(STOP_MS);
    return { kind: 'fault', message: `the module ${sanitize(source.file)} cannot be loaded: ${problem}` };
  }
  let next = 0;
  let generation = 0;
  const host: Host = {
    get generation() {
      return generation;
    },
    async perform(calls) {
      const id = next++;
      group.talk?.input.write(`{"id":${id},"calls":[${calls.map(({ text }) => text).join(',')}]}\n`);
      const answers: CallOutcome[] = [];
      const longest = Math.max(...calls.map(({ timeoutMs }) => timeoutMs));
      for (;;) {
        const answer = await line(2 * longest + 1000);
        if (answer.kind === 'end') return { answers, end: answer, blamed: false };
        const { message } = answer;
        if (message['id'] !== id || !Array.isArray(message['answers']))
          return {
            answers,
            end: { reason: 'ended', message: 'it wrote on the descriptor of the engine' },
            blamed: false,
          };
        answers.push(...message['answers'].slice(0, calls.length - answers.length).map(outcomeOf));
        if (message['done'] === true && answers.length === calls.length) return { answers, blamed: true };
        const ended = message['ended'];
        if (typeof ended === 'string')
          return { answers, end: { reason: 'ended', message: sanitize(ended) }, blamed: true };
        if (message['hung'] === true) return hungAt(answers);
      }
    },
    async reload(mutant) {
      return (await load(++generation, mutant)) === undefined;
    },
    stop: () => group.stop(STOP_MS),
  };
  return { kind: 'host', host };
}

/** The last answer of a process that hung is about the call that hung. */
function hungAt(answers: CallOutcome[]): Performed {
  const last = answers.pop();
  const message = last?.kind === 'fault' ? last.message : 'it did not return in time';
  return { answers, end: { reason: 'silent', message }, blamed: true };
}

type Line = { kind: 'line'; message: JsonObject } | { kind: 'end'; reason: 'silent' | 'ended'; message: string };

/** Answers of a host, one after the other; its end and its silence are answers too. */
function linesOf(group: Group): (limitMs: number) => Promise<Line> {
  const ready: Line[] = [];
  let taker: ((line: Line) => void) | undefined;
  let ended: Line | undefined;
  let pending: string[] = [];
  const give = (line: Line): void => {
    const take = taker;
    taker = undefined;
    if (take === undefined) ready.push(line);
    else take(line);
  };
  group.talk?.answers.setEncoding('utf8');
  group.talk?.answers.on('data', (chunk: string) => {
    const parts = chunk.split('\n');
    for (const [index, part] of parts.entries()) {
      pending.push(part);
      if (index === parts.length - 1) continue;
      give(parsed(pending.join('')));
      pending = [];
    }
  });
  void group.ended.then((exit) => {
    ended = { kind: 'end', reason: 'ended', message: `it ended the process (${describeExit(exit)})` };
    if (taker !== undefined) give(ended);
  });
  return (limitMs) => {
    const first = ready.shift() ?? ended;
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve_) => {
      const timer = setTimeout(() => {
        taker = undefined;
        resolve_({ kind: 'end', reason: 'silent', message: `no answer in ${limitMs} ms` });
      }, limitMs);
      taker = (line) => {
        clearTimeout(timer);
        resolve_(line);
      };
    });
  };
}

function parsed(text: string): Line {
  try {
    const value = JSON.parse(text) as JsonValue;
    if (isObject(value)) return { kind: 'line', message: value };
  } catch {
    // Told below.
  }
  return { kind: 'line', message: {} };
}

function outcomeOf(answer: JsonValue): CallOutcome {
  const { ms: msRead, notes, fault, message, value, code, name, data } = isObject(answer) ? answer : {};
  const ms = typeof msRead === 'number' ? msRead : 0;
  const told: { notes?: CallNotes } = isObject(notes) ? { notes: notesOf(notes) } : {};
  const text = typeof message === 'string' ? message : '';
  if (fault === 'silent' || fault === 'malformed') return { kind: 'fault', reason: fault, message: text, ms };
  if (value !== undefined) return { kind: 'result', value, ms, ...told };
  return {
    kind: 'error',
    ...(typeof code === 'number' ? { code } : {}),
    ...(typeof name === 'string' ? { name } : {}),
    message: text,
    ...(data === undefined ? {} : { data }),
    ms,
    ...told,
  };
}

function notesOf(notes: JsonObject): CallNotes {
  return {
    ...(notes['nothing'] === true ? { nothing: true } : {}),
    ...(notes['negativeZero'] === true ? { negativeZero: true } : {}),
    ...(notes['changedArguments'] === true ? { changedArguments: true } : {}),
    ...(notes['absent'] === true ? { absent: true } : {}),
  };
}

/** The host stands beside this file: as a bundle in dist/, as it was written in src/. */
function hostFile(): string {
  const bundled = join(import.meta.dirname, 'module-host.js');
  return existsSync(bundled) ? bundled : join(import.meta.dirname, 'module-host.ts');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
