/** What the verification engine is asked and what it answers. */
import type { Counterexample, JsonValue, PropertyRef, PropertyResult, VerifyReport } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';

/** Where the thing under test is. */
export type SubjectSource = HttpSource | CallSource | DataSource;

/** A service. */
export type HttpSource =
  | {
      kind: 'command';
      /** Shell command line; gets its port in the environment variable PORT. */
      start: string;
      cwd: string;
      env?: Record<string, string>;
      /** Path that answers (any status below 500) when the service is ready; default: the port accepts. */
      readyPath?: string;
      readyTimeoutMs?: number;
      /** Wraps the command line, for instance into a sandbox. */
      wrap?: (command: string) => Promise<string>;
    }
  | { kind: 'url'; url: string };

/** Something whose methods are called. */
export type CallSource =
  | {
      kind: 'module';
      /** JavaScript or TypeScript file, absolute or relative to `cwd`. */
      file: string;
      cwd: string;
      env?: Record<string, string>;
      /** Wraps the command line of the process that loads it, for instance into a sandbox. */
      wrap?: (command: string) => Promise<string>;
    }
  | {
      /** A program that answers JSON-RPC 2.0 requests, one a line, on standard input and output. */
      kind: 'program';
      /** Shell command line. */
      command: string;
      cwd: string;
      env?: Record<string, string>;
      /** Wraps the command line, for instance into a sandbox. */
      wrap?: (command: string) => Promise<string>;
    };

/** Files of records. */
export interface DataSource {
  kind: 'data';
  /** Globs relative to `cwd`: `data/*.jsonl`. */
  globs: string[];
  cwd: string;
}

/** A running subject. */
export interface Subject {
  /** What a person reads: the URL or the command. */
  readonly title: string;
  readonly baseUrl: string;
  /** Sends one request; a fault (reset, time-out, malformed answer) is a value, never an exception. */
  send(request: SubjectRequest, signal?: AbortSignal): Promise<SubjectAnswer>;
  /** The last lines that it printed, at most 64 kB, and why it ended if it did. */
  output(): { text: string; exited: string | null };
  /** Stops the process group and waits for it; safe to call twice. */
  stop(): Promise<void>;
}

export interface SubjectRequest {
  /** Upper case. */
  method: string;
  /** Path and query as they go over the wire. */
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  timeoutMs?: number;
}

export type SubjectAnswer =
  | {
      kind: 'answer';
      status: number;
      /** Lower-case names; repeated headers joined by ', '. */
      headers: Record<string, string>;
      /** At most 4 MiB; longer answers are a fault. */
      text: string;
      /** The parsed body where the content type is JSON and it parses. */
      json?: JsonValue;
      /** The values of `Set-Cookie`, which cannot be joined (RFC 9110 §5.3). */
      cookies?: string[];
      /** What is wrong with its bytes, as in `the body is …`; the text is then a guess. */
      problem?: string;
      /** True where a kept connection was closed without an answer, and the request went out once more. */
      retried?: boolean;
      /** True where the service was still sending and would have for ever: an event stream. */
      partial?: boolean;
      /** From sending to the last byte. */
      ms: number;
    }
  | { kind: 'fault'; message: string; ms: number };

export type StartSubject = (
  source: HttpSource,
  signal?: AbortSignal,
) => Promise<{ kind: 'subject'; subject: Subject } | SubjectFault>;

/** The subject could not be used at all; the verdict is `error`. */
export interface SubjectFault {
  kind: 'fault';
  /** One line: what happened and what to do. */
  message: string;
  output: string;
}

/** Part `index` (from 1) of `of` parts. */
export interface Shard {
  index: number;
  of: number;
}

/** By security scheme: the environment variable that holds its credentials, and what that holds. */
export type Credentials = Record<string, Credential & { other?: Credential }>;

/** `other`, above, is of a client of its own, a stranger to the first one. */
export interface Credential {
  variable: string;
  value?: string;
}

export interface VerifyOptions {
  spec: Spec;
  subject: SubjectSource;
  /** 32-bit; default derived from the spec's digest, so that a bare run is repeatable. */
  seed?: number;
  /** Cases per property; default 50 over HTTP, 100 of functions and programs. */
  runs?: number;
  /** Wall-clock budget, shared out among the properties; those that are not through by then are `error`. */
  timeMs?: number;
  /** Without them, operations that need credentials are `error`. */
  credentials?: Credentials;
  /** Only properties whose clause is, or lies under, one of these pointers. */
  clauses?: string[];
  /** Threads that run cases; default by the number of cores and of cases. It changes no case and no verdict. */
  workers?: number;
  /** One part of the run; the properties of all parts together are those of the whole run. */
  shard?: Shard;
  /** Path of a GraphQL endpoint; default `/graphql`, or the path of the subject's URL. */
  endpoint?: string;
  /** Leaves objectives out, for rounds in between. */
  skipObjectives?: boolean;
  /** Also collects what answers show and the contract does not say. */
  drift?: boolean;
  /** The code of the subject: its literals are mixed into the draws. */
  code?: CodeScope;
  /** Also says which of that code the properties execute; needs a subject that is started and runs on Node. */
  coverage?: boolean;
  /** Also tries which mutants of that code the properties notice: at most so many, where it says so. */
  mutants?: { most?: number };
  /** Further strings and numbers, mixed into the draws. */
  literals?: JsonValue[];
  signal?: AbortSignal;
  onEvent?: (event: VerifyEvent) => void;
}

/** The code whose execution is counted: what the subject loads from under a folder. */
export interface CodeScope {
  /** Absolute. */
  root: string;
  /** Whether a path, relative to the root and with `/`, is the spec's code. */
  includes: (path: string) => boolean;
  /** Folder, relative to the root, that literals are read from; the root itself where absent. */
  literalsFrom?: string;
}

export type VerifyEvent =
  | { type: 'started'; seed: number; properties: PropertyRef[] }
  /** `leftMs` is an estimate, absent while there is nothing to judge by. */
  | { type: 'progress'; property: string; cases: number; total: number; casesPerSecond: number; leftMs?: number }
  | { type: 'mutants'; done: number; total: number; survived: number; perSecond: number }
  | { type: 'decided'; result: PropertyResult }
  | { type: 'counterexample'; property: PropertyRef; counterexample: Counterexample };

/** Runs every property of a spec against a subject. Never throws for what the subject or the spec does. */
export type Verify = (options: VerifyOptions) => Promise<VerifyReport>;
