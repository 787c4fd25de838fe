/**
 * What the service will be, as data: derived from the spec, strengthened by counterexamples, turned into code by
 * `emit/`. Nothing in this room knows any particular spec; it reads shapes and rules.
 */
import type { Invariant, Operation } from '../../spec/model.ts';

/** A kind of record: a collection of the paths, or one record per parent. */
export interface Resource {
  /** Path with every parameter written `{}`. */
  key: string;
  /** Name in the emitted code, `requests`. */
  variable: string;
  /** What a person calls one of them, `request`. */
  noun: string;
  isSingleton: boolean;
  /** Path parameters that name the parents, outermost first. */
  parents: string[];
  /** Resources that those parameters are ids of, where the spec has them. */
  ancestors: (Resource | null)[];
  /** Member that holds the id; null where no schema shows it. */
  idField: string | null;
  /** Pointer of the schema of an id, null for a UUID. */
  idSchema: string | null;
  /** Pointers of the schemas by which answers show a record. */
  views: string[];
  /** True where some operation makes new ones, so that an unknown id can be told. */
  isCreatable: boolean;
}

/** What an operation does to its resource. */
export type Action =
  | { kind: 'create'; resource: Resource }
  | { kind: 'list'; resource: Resource; envelope: Envelope | null }
  | { kind: 'read'; resource: Resource }
  | { kind: 'replace'; resource: Resource; creates: boolean }
  | { kind: 'patch'; resource: Resource }
  | { kind: 'remove'; resource: Resource }
  /** Changes an item and answers with it: `POST /things/{id}/approve`. */
  | { kind: 'act'; resource: Resource }
  /** Answers with what it was told and what the schema asks for. */
  | { kind: 'compute'; resource: Resource | null };

/** An object around a list: the member with the items, and what the other members tell. */
export interface Envelope {
  items: string;
  facts: Record<string, 'total' | 'count' | 'limit' | 'offset' | 'page' | 'pages' | 'next' | 'hasMore'>;
}

/** Query parameters of a list by what they are for. */
export interface Paging {
  limit: string | null;
  offset: string | null;
  page: string | null;
  cursor: string | null;
  /** Most items of an answer, null for all. */
  most: number | null;
}

export type RequestPart = 'path' | 'query' | 'header' | 'cookie' | 'body';

/** What has been repaired so far on one operation; a first design has nothing on. */
export interface Switches {
  checks: Set<RequestPart>;
  /** Unknown ids are refused. */
  unknown: boolean;
  credentials: boolean;
  /** Header whose value names a repeated request, or `content`. */
  replayBy: string | null;
  /** Status of the answer to a repeated request, null for that of the first answer. */
  replayStatus: number | null;
  rules: Set<Invariant>;
}

export interface OperationDesign {
  operation: Operation;
  /** Name in the emitted code. */
  name: string;
  action: Action;
  /** Path parameters, in the order of the path. */
  pathNames: string[];
  /** Member that wraps the record in the answer, `data`. */
  wrapper: string | null;
  /** Member that wraps the record in the request. */
  requestWrapper: string | null;
  /** Query parameter to member of the listed records. */
  filters: Record<string, string>;
  paging: Paging;
  /** Success statuses, the usual one first. */
  successes: number[];
  refusals: Refusals;
  /** Statuses that may be tried when a rule would break, in order. */
  outcomes: number[];
  switches: Switches;
}

/** Status of a refusal by its reason. */
export interface Refusals {
  invalid: number;
  mediaType: number;
  unknown: number;
  conflict: number;
  unauthorized: number;
}

export interface Design {
  title: string;
  resources: Resource[];
  operations: OperationDesign[];
}

/** The design of an operation by its id; undefined where there is none. */
export function designOf(design: Design, operation: string): OperationDesign | undefined {
  return design.operations.find((one) => one.operation.id === operation);
}
