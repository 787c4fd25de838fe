/** One call of a root field, and the cases that are made of calls. Plain data: printing and checking read the contract. */
import type { JsonObject, JsonValue } from '../../events/index.ts';
import type { RootField } from '../../spec/graphql/contract.ts';

/** One selected field, or an inline fragment on a type. */
export type Selection = FieldSelection | FragmentSelection;

export interface FieldSelection {
  kind: 'field';
  /** Type that the field is selected on, whose clause is `#/TYPE/NAME`; `__typename` stands on every type. */
  on: string;
  name: string;
  alias?: string;
  args: JsonObject;
  /** Absent on leaves. */
  select?: Selection[];
  /** `@include` or `@skip` with this truth value, in a variable. */
  condition?: { directive: 'include' | 'skip'; value: boolean };
}

export interface FragmentSelection {
  kind: 'fragment';
  on: string;
  select: Selection[];
}

/** How a call is written; the first of each is the plainest. */
export interface Form {
  /**
   * Arguments in variables, or as literals in the text. Where they are `declared`, those that are left out have a
   * variable too, without a value, which says the same (GraphQL October 2021 §6.4.1): many calls share one text.
   */
  values: 'variables' | 'declared' | 'literals';
  /** Fragments named, or written in place. */
  fragments: 'inline' | 'named';
  operationName: boolean;
}

/** Where a value comes from that only the running service knows. */
export interface Binding {
  /** Pointer into the arguments. */
  into: string;
  /** Index of the earlier step. */
  step: number;
  /** Pointer into the value of its root field. */
  pointer: string;
  /** Added to a number; the call is made only where the sum is accepted. */
  plus?: number;
}

export type Role = 'setup' | 'call' | 'check';

/** One call. `raw` is sent as it stands in place of the printed text. */
export interface Step {
  role: Role;
  root: RootField;
  args: JsonObject;
  bindings: Binding[];
  select: Selection[];
  form: Form;
  /** True where the contract accepts it. */
  valid: boolean;
  raw?: GraphRequest;
}

/** Steps in order; the call under test is the last with role `call`. */
export type Case = Step[];

export const PLAIN: Form = { values: 'variables', fragments: 'inline', operationName: false };

/** The form of calls whose text is parsed and validated once for many. */
export const SHARED: Form = { ...PLAIN, values: 'declared' };

/** Key under which a selected field's value stands in the answer. */
export function responseKey({ alias, name }: FieldSelection): string {
  return alias ?? name;
}

/** True where the field is part of the answer. */
export function isIncluded({ condition }: FieldSelection): boolean {
  return condition === undefined || (condition.directive === 'include') === condition.value;
}

/** What goes over the wire. */
export interface GraphRequest {
  query: string;
  variables: JsonObject;
  operationName?: string;
}

export type GraphAnswer =
  | {
      kind: 'answer';
      /** Absent in process. */
      status?: number;
      headers: Record<string, string>;
      text: string;
      /** The parsed body, where it parses. */
      json?: JsonValue;
      ms: number;
    }
  /** `silent`: nothing came in time. */
  | { kind: 'fault'; message: string; silent?: boolean; ms: number };

/** A call that was made. */
export interface Sent {
  step: Step;
  /** Arguments with the bound values in them. */
  args: JsonObject;
  request: GraphRequest;
  answer: GraphAnswer;
  role: string;
  /** Index of the step in its case; -1 for probes. */
  index: number;
}
