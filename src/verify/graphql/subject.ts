/** What answers GraphQL requests: a service over HTTP, or a schema in process. What it does wrong is a value. */
import { isObject, type JsonValue } from '../../events/index.ts';
import type { HttpSource, StartSubject, SubjectFault } from '../model.ts';
import { keepSubject } from '../run/keeper.ts';
import { RESPONSE_JSON } from './answer.ts';
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
}

const IN_FLIGHT = 16;

/** Both media types, the newer one preferred (GraphQL over HTTP §4.2). */
const HEADERS = {
  accept: `${RESPONSE_JSON};charset=utf-8, application/json;q=0.9`,
  'content-type': 'application/json',
};

/** A service over HTTP. */
export async function overHttp(source: HttpSource, options: HttpOptions): Promise<StartedGraph> {
  const { start, timeoutMs, signal } = options;
  const keeper = await keepSubject(start, source, signal);
  if ('kind' in keeper) return keeper;
  const own = source.kind === 'url' ? new URL(source.url).pathname : '/';
  // A URL with a path of its own is the endpoint.
  const path = options.endpoint ?? (own === '/' || own === '' ? '/graphql' : '');
  const send = async (body: string, method: 'POST' | 'GET' = 'POST'): Promise<GraphAnswer> => {
    const answer = await keeper.send(
      method === 'GET'
        ? { method, path: `${path}?query=${encodeURIComponent(body)}`, headers: { accept: HEADERS.accept }, timeoutMs }
        : { method, path, headers: HEADERS, body, timeoutMs },
      signal,
    );
    if (answer.kind === 'fault') return answer;
    const { status, headers, text, ms } = answer;
    const json = answer.json ?? parsed(text);
    return { kind: 'answer', status, headers, text, ms, ...(json === undefined ? {} : { json }) };
  };
  return {
    kind: 'subject',
    subject: {
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
  };
}

/** A body that is JSON whatever its content type says; the content type is judged apart. */
function parsed(text: string): JsonValue | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
