/**
 * The one unit of testing: a short, self-contained history of requests. What a later step needs of an earlier one is
 * bound by reference, so that a scenario can be run again on a fresh subject, shrunk, and written as a script.
 */
import type { JsonObject, JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';

/** Typed input of one request; the wire form is made of it when it is sent. */
export interface Input {
  path: JsonObject;
  query: JsonObject;
  /** By the name that the spec gives. */
  headers: JsonObject;
  cookies: JsonObject;
  /** Absent where no body is sent. */
  body?: JsonValue;
  /** Name of the body's media type; the one that is preferred where it is absent. */
  media?: string;
}

/** Where a value comes from that only the running subject knows. */
export interface Source {
  /** Index of the earlier step. */
  step: number;
  /** `location` is a segment of the Location header; `input` is what that step itself sent. */
  place: 'body' | 'location' | 'header' | 'input';
  /** Pointer into the body or the input; the name of a header; the segment before the one that is taken, or ''. */
  pointer: string;
  /**
   * Of what a list shows, which one is taken in place of the first: counted round and round from its start, without the
   * last ones, or from its end where it is negative, so that what is removed has seen little use.
   */
  nth?: number;
}

export interface Binding {
  /** Pointer into the input, `/path/todoId`; `*` stands for every index. An absent place is left absent. */
  into: string;
  from: Source;
  /** Where it is given, the binding is left out for a value that does not fit. */
  fits?: (value: JsonValue) => boolean;
}

/** What of its credentials a call is spoiled in, so that it must be refused. */
export interface Spoiled {
  /** Name of the one scheme; all of them where it is absent. */
  scheme?: string;
  how: 'absent' | 'empty' | 'wrong' | 'unsigned' | 'resigned' | 'other scheme';
}

/** How a call is sent, beside its input. */
export interface Manner {
  /** Which of the operation's ways to be authorised; the first that there are credentials for where it is absent. */
  way?: number;
  spoiled?: Spoiled;
  /** Sent by the second client that there are credentials of. */
  stranger?: true;
  /** Upper case, in place of the operation's own. */
  method?: string;
  /** Another segment of the path, base path included; before the first (-1) and behind the last one it is added. */
  astray?: { index: number; segment: string };
  /** In place of what the contract documents. */
  accept?: string;
  contentType?: string;
  /** Name of a query parameter that is sent without a value (`allowEmptyValue`). */
  emptied?: string;
  /** The raw body stands for bytes, one a character. */
  bytes?: true;
  /** Statuses that may answer it though the operation does not document them. */
  tolerates?: readonly number[];
}

export type Role = 'setup' | 'history' | 'call' | 'check';

export interface Step {
  role: Role;
  operation: Operation;
  input: Input;
  bindings: Binding[];
  /** True where the input satisfies every schema; false for a planted violation. */
  valid: boolean;
  /** Sent as it stands in place of the body. */
  rawBody?: string;
  /** Taken to where a rule turns, once it is known what stands before it: the how-manieth place, and how far beside. */
  brink?: { turn: number; beside: number } | undefined;
  /** Sent at the same time as its neighbours that say so too. */
  together?: true;
  manner?: Manner;
}

/** True for a call that no operation of the contract speaks of. */
export function isUndocumented(manner: Manner | undefined): boolean {
  return manner?.method !== undefined || manner?.astray !== undefined;
}

/** The call under test is the last step with role `call`; `check` steps after it look at what it did. */
export type Scenario = Step[];

/** An input without anything in it. */
export function emptyInput(): Input {
  return { path: {}, query: {}, headers: {}, cookies: {} };
}

/** An input without all that need not be sent: what narrows or cuts what is shown. */
export function unnarrowed(operation: Operation, input: Input): Input {
  const needed = new Set(operation.parameters.filter((one) => one.required).map((one) => `${one.in} ${one.name}`));
  const kept = (place: string, values: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(values).filter(([name]) => needed.has(`${place} ${name}`)));
  return {
    ...input,
    query: kept('query', input.query),
    headers: kept('header', input.headers),
    cookies: kept('cookie', input.cookies),
  };
}

/** What a person reads of an input: only the members that hold something. */
export function readable(input: Input): JsonObject {
  const shown: JsonObject = {};
  for (const place of ['path', 'query', 'headers', 'cookies'] as const)
    if (Object.keys(input[place]).length > 0) shown[place] = input[place];
  if (input.body !== undefined) shown['body'] = input.body;
  if (input.media !== undefined) shown['media'] = input.media;
  return shown;
}
