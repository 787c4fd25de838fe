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
}

/** Where a value comes from that only the running subject knows. */
export interface Source {
  /** Index of the earlier step. */
  step: number;
  /** `location` is the last segment of the Location header; `input` is what that step itself sent. */
  place: 'body' | 'location' | 'header' | 'input';
  /** Pointer into the body or the input; the name of a header. */
  pointer: string;
}

export interface Binding {
  /** Pointer into the input, `/path/todoId`; `*` stands for every index. An absent place is left absent. */
  into: string;
  from: Source;
  /** Where it is given, the binding is left out for a value that does not fit. */
  fits?: (value: JsonValue) => boolean;
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
}

/** The call under test is the last step with role `call`; `check` steps after it look at what it did. */
export type Scenario = Step[];

/** An input without anything in it. */
export function emptyInput(): Input {
  return { path: {}, query: {}, headers: {}, cookies: {} };
}

/** What a person reads of an input: only the members that hold something. */
export function readable(input: Input): JsonObject {
  const shown: JsonObject = {};
  for (const place of ['path', 'query', 'headers', 'cookies'] as const)
    if (Object.keys(input[place]).length > 0) shown[place] = input[place];
  if (input.body !== undefined) shown['body'] = input.body;
  return shown;
}
