/** What answers GraphQL requests: a service over HTTP, or a schema in process. What it does wrong is a value. */
import { resolve } from 'node:path';
import { isObject, type JsonValue } from '../../events/index.ts';
import type { StartedCalls } from '../calls/model.ts';
import type { CallSource, HttpSource, StartSubject, SubjectFault } from '../model.ts';
import { createPatience, type Patience } from '../patience.ts';
import { isSilence, keepSubject } from '../run/keeper.ts';
import { RESPONSE_JSON } from './answer.ts';
import type { AuthorizationHeader } from './authorization.ts';
import type { GraphAnswer, GraphRequest } from './call.ts';

export interface GraphSubject {
  /** What a person reads: the URL or the command. */
  readonly title: string;
  /** URL to post to; absent in process. */
  readonly url?: string;
  /** How many requests it is worth to have under way at once. */
  readonly inFlight: number;
  /** Grows with every restart; cases that span one are not to be trusted. */
  readonly generation: number;
  /** Set once it cannot be used any more. */
  readonly dead: string | undefined;
  execute(request: GraphRequest): Promise<GraphAnswer>;
  /** Sends a body as it stands, where there is HTTP. */
  post?(body: string, method?: 'POST' | 'GET'): Promise<GraphAnswer>;
  /** Forgets all state; false where that is not possible. */
  renew(): Promise<boolean>;
  stop(): Promise<void>;
}

export type StartedGraph = { kind: 'subject'; subject: GraphSubject } | SubjectFault;

export interface HttpOptions {
  start: StartSubject;
  /** Path of the endpoint; default `/graphql`, or what the URL says. */
  endpoint?: string;
  timeoutMs: number;
  signal?: AbortSignal;
  /** Headers that authorise every request. */
  authorization: readonly AuthorizationHeader[];
}

const IN_FLIGHT = 16;
/** A subject that is waited for less, and then given up, where it never answers. */
function impatient(subject: GraphSubject, patience: Patience): GraphSubject {
  const { post } = subject;
  return {
    ...subject,
    get generation() {
      return subject.generation;
    },
    get dead() {
      return subject.dead ?? patience.over;
    },
    async execute(request) {
      const answer = await subject.execute(request);
      patience.note(ROOT_FIELD.exec(request.query)?.[1] ?? '', answer.kind === 'fault' && answer.silent === true);
      return answer;
    },
    ...(post === undefined ? {} : { post }),
  };
}

const ROOT_FIELD = /\{\s*(\w+)/;

/** Both media types, the newer one preferred (GraphQL over HTTP §4.2). */
const HEADERS = {
  accept: `${RESPONSE_JSON};charset=utf-8, application/json;q=0.9`,
  'content-type': 'application/json',
};

/** A service over HTTP. */
export async function overHttp(source: HttpSource, options: HttpOptions): Promise<StartedGraph> {
  const { start, timeoutMs, signal } = options;
  const patience = createPatience();
  const authorization = Object.fromEntries(options.authorization.map(({ name, sent }) => [name, sent]));
  const keeper = await keepSubject(start, source, signal);
  if ('kind' in keeper) return keeper;
  const own = source.kind === 'url' ? new URL(source.url).pathname : '/';
  // A URL with a path of its own is the endpoint.
  const path = options.endpoint ?? (own === '/' || own === '' ? '/graphql' : '');
  const send = async (body: string, method: 'POST' | 'GET' = 'POST'): Promise<GraphAnswer> => {
    const limitMs = patience.limitMs(timeoutMs);
    const answer = await keeper.send(
      method === 'GET'
        ? {
            method,
            path: `${path}?query=${encodeURIComponent(body)}`,
            headers: { accept: HEADERS.accept, ...authorization },
            timeoutMs: limitMs,
          }
        : { method, path, headers: { ...HEADERS, ...authorization }, body, timeoutMs: limitMs },
      signal,
    );
    if (answer.kind === 'fault') return { ...answer, silent: isSilence(answer) };
    const { status, headers, text, ms } = answer;
    const json = answer.json ?? parsed(text);
    return { kind: 'answer', status, headers, text, ms, ...(json === undefined ? {} : { json }) };
  };
  return {
    kind: 'subject',
    subject: impatient(
      {
        title: keeper.subject.title,
        url: `${keeper.subject.baseUrl}${path}`,
        inFlight: IN_FLIGHT,
        get generation() {
          return keeper.generation;
        },
        get dead() {
          return keeper.dead;
        },
        execute: (request) => send(JSON.stringify(request)),
        post: send,
        renew: () => keeper.renew(),
        stop: () => keeper.stop(),
      },
      patience,
    ),
  };
}

export interface ModuleOptions {
  start: (source: CallSource, pure: (method: string) => boolean) => Promise<StartedCalls>;
  /** File of ours that executes requests in the module's process. */
  host: string;
  /** SDL of the contract, for modules that export resolvers only. */
  contract: string;
  timeoutMs: number;
}

/** A schema in a process of its own, executed by our host there. */
export async function inProcess(
  source: Extract<CallSource, { kind: 'module' }>,
  { start, host, contract, timeoutMs }: ModuleOptions,
): Promise<StartedGraph> {
  const file = resolve(source.cwd, source.file);
  const started = await start({ ...source, file: host }, () => false);
  if (started.kind === 'fault') return started;
  const { subject } = started;
  const patience = createPatience();
  let generation = 0;
  let dead: string | undefined;
  const open = async (): Promise<string | undefined> => {
    const outcome = await subject.call({ method: 'open', params: [file, contract], timeoutMs: OPEN_MS });
    return outcome.kind === 'result' ? undefined : outcome.message;
  };
  const problem = await open();
  if (problem !== undefined) {
    const { text } = subject.output();
    await subject.stop();
    return { kind: 'fault', message: `the module ${source.file} cannot be used: ${problem}`, output: text };
  }
  let crashes = subject.crashes;
  let opening: Promise<void> | undefined;
  /** A process that was started again knows no module yet. */
  const reopened = async (): Promise<void> => {
    if (subject.crashes !== crashes) {
      crashes = subject.crashes;
      generation++;
      opening = open().then((failed) => {
        if (failed !== undefined) dead = `the module does not open again: ${failed}`;
        opening = undefined;
      });
    }
    await opening;
  };
  const renew = async (): Promise<boolean> => {
    generation++;
    crashes = subject.crashes;
    if (!(await subject.renew())) {
      dead = `the module does not load again: ${subject.output().exited ?? 'unknown reason'}`;
      return false;
    }
    const failed = await open();
    if (failed !== undefined) dead = `the module does not open again: ${failed}`;
    return failed === undefined;
  };
  return {
    kind: 'subject',
    subject: impatient(
      {
        title: source.file,
        inFlight: subject.inFlight,
        get generation() {
          return generation;
        },
        get dead() {
          return dead;
        },
        async execute(request) {
          const params = [
            { query: request.query, variables: request.variables, operationName: request.operationName ?? null },
          ];
          await reopened();
          const outcome = await subject.call({ method: 'execute', params, timeoutMs: patience.limitMs(timeoutMs) });
          if (outcome.kind === 'result') {
            const text = typeof outcome.value === 'string' ? outcome.value : '';
            const json = parsed(text);
            return { kind: 'answer', headers: {}, text, ms: outcome.ms, ...(json === undefined ? {} : { json }) };
          }
          const message = outcome.kind === 'fault' ? outcome.message : `the executor threw: ${outcome.message}`;
          const silent = outcome.kind === 'fault' && outcome.reason === 'silent';
          return { kind: 'fault', message, silent, ms: outcome.ms };
        },
        renew,
        stop: () => subject.stop(),
      },
      patience,
    ),
  };
}

const OPEN_MS = 10_000;

/** A body that is JSON whatever its content type says; the content type is judged apart. */
function parsed(text: string): JsonValue | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
