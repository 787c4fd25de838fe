import type { JsonValue } from './json.ts';

/** Outcome of a check. `error` means that it could not be decided; it is never a pass. */
export type Verdict = 'pass' | 'fail' | 'error';

/** What a property checks (PRODUCT.md, `plumb verify --json`). */
export type PropertyKind =
  'conformance' | 'acceptance' | 'rejection' | 'invariant' | 'stateful' | 'security' | 'objective';

/** Names a property: `id` is stable across runs of one spec, `clause` is a JSON Pointer such as `#/paths/~1x/get`. */
export interface PropertyRef {
  id: string;
  clause: string;
  kind: PropertyKind;
  /** `GET /x` or the operationId, where the property belongs to one operation. */
  operation?: string;
}

/** One HTTP exchange as it went over the wire; bodies are parsed JSON where they parse, else text. */
export interface Exchange {
  method: string;
  /** Path and query, as sent. */
  path: string;
  headers: Record<string, string>;
  body?: JsonValue;
  /** What the step is for: `setup`, `given before`, `call`, `then after`. */
  role: string;
  response?: { status: number; headers: Record<string, string>; body?: JsonValue };
  /** Set where no response came: `connection reset`, `no answer in 10000 ms`. */
  fault?: string;
}

/** A shrunk failing input. */
export interface Counterexample {
  seed: number;
  /** fast-check path: with `seed` it finds this very input again. */
  path: string;
  shrinks: number;
  /** The failing input, small and readable. */
  input: JsonValue;
  actual: string;
  expected: string;
  /** A shell script of curl lines that shows the failure on a running subject. */
  reproducer: string;
  exchanges: Exchange[];
  /** False where the failure was seen but did not come back when it was run alone. */
  reproducible: boolean;
}

export interface PropertyResult extends PropertyRef {
  verdict: Verdict;
  cases: number;
  counterexample?: Counterexample;
  /** Why the verdict is `error`. */
  reason?: string;
}

export interface Share {
  covered: number;
  total: number;
}

export interface Coverage {
  operations: Share;
  responses: Share;
  parameters: Share;
  keywords: Share;
  invariants: Share;
  /** Links that were followed; absent where the contract documents none. */
  links?: Share;
  /** Media types that were sent with success or came; absent where no body and no answer has several. */
  mediaTypes?: Share;
  /** Workflows that ran to their end; absent where there are none. */
  workflows?: Share;
  /** Of GraphQL: fields of the types that can be reached, selected in an accepted call. */
  fields?: Share;
  /** Of the service's own code; only where code coverage was asked for and could be had. */
  codeLines?: Share;
  codeFunctions?: Share;
}

/**
 * What became of a mutant. `failed` and `undecided`: a property has a counterexample, or can no longer be decided;
 * `unspecified`: no property executes it; `likelyEquivalent`: none noticed it, and a rule says why none can; `notTried`: the time was up.
 */
export type MutantOutcome =
  'failed' | 'undecided' | 'timedOut' | 'crashed' | 'survived' | 'unspecified' | 'likelyEquivalent' | 'notTried';

export interface MutantResult {
  file: string;
  /** Both from 1. */
  line: number;
  column: number;
  /** `boundary`, `string`, `pattern`. */
  mutator: string;
  before: string;
  after: string;
  outcome: MutantOutcome;
  /** The property that showed it. */
  by?: string;
  /** Operations whose calls execute it; of a survivor. */
  operations?: string[];
  /** Which clause is missing, and where it should stand; of a survivor. */
  missing?: string;
  /** Why no call can tell it from the code; of one that is likely equivalent. */
  equivalent?: string;
}

/** Clauses of the spec by whether any property would miss them. */
export interface SpecMutationReport {
  total: number;
  enforced: number;
  /** Clauses that could be weakened or dropped without any property noticing, and why. */
  unenforced: { clause: string; title: string; reason: string }[];
}

/** How strong the properties are: the share of small changes of the code that they notice. */
export interface MutationReport {
  /** Killed of killed, survived and unspecified, 0 to 1, those likely equivalent left out; null where none was tried. */
  score: number | null;
  total: number;
  /** By a counterexample or because a property can no longer be decided. */
  killed: number;
  timedOut: number;
  crashed: number;
  survived: number;
  unspecified: number;
  likelyEquivalent: number;
  notTried: number;
  /** Mutants that were found, where not all of them were taken; the sample follows from the seed. */
  sampledFrom?: number;
  durationMs: number;
  mutants: MutantResult[];
  /** Of services. */
  spec?: SpecMutationReport;
}

/** Lines from and to, both included, counted from 1. */
export type LineRange = [from: number, to: number];

/** Which code the properties execute; paths are relative to the folder whose code is counted, with `/`. */
export interface CodeReport {
  files: {
    file: string;
    /** Lines that hold code. */
    lines: number;
    covered: number;
    /** Lines that no property executes, although the process loaded them. */
    unspecified: LineRange[];
  }[];
  /** By clause: the lines that its properties execute. */
  clauses: Record<string, { file: string; lines: LineRange[] }[]>;
}

/** How far one clause was tried. */
export interface ClauseCoverage {
  clause: string;
  kind: 'operation' | 'response' | 'parameter' | 'keyword' | 'invariant';
  operation?: string;
  /** What a reader calls it: `404`, `limit (query)`, `body/priority maximum`. */
  title: string;
  /** `full`: with input that keeps it and with input that breaks it, where both exist; `partial`: with one of the two. */
  state: 'full' | 'partial' | 'none';
}

/** Behaviour that was seen and that the contract does not say. */
export interface DriftItem {
  kind: 'route' | 'method' | 'status' | 'mediaType' | 'field' | 'header';
  /** Operation that answered; absent for routes and methods. */
  operation?: string;
  /** Where the contract would say it. */
  clause: string;
  /** `GET /internal/{id}`, `418`, `200 text/html`, `200 /data/debug`, `x-total-count`. */
  name: string;
  seen: number;
  /** One exchange that showed it, in one line. */
  example: string;
}

export interface Latency {
  p50Ms: number;
  p99Ms: number;
  /** Upper end of the one-sided 95 % confidence interval of p99; null with too few samples to say. */
  p99UpperMs: number | null;
  samples: number;
  ratePerSecond: number;
  objectiveMs?: number;
  verdict?: Verdict;
}

/** The document that `plumb verify --json` prints. */
export interface VerifyReport {
  format: 'plumbline.verify/1';
  spec: { name: string; semanticDigest: string; documentDigest: string };
  subject: string;
  verdict: Verdict;
  seed: number;
  /** Which part of a run this is (`--shard 2/5`), and how many properties the parts have together. */
  shard?: { index: number; of: number; properties: number };
  durationMs: number;
  /** Inputs that were sent and whose answers were checked: requests over HTTP, of which one case of a property may send several. */
  cases: number;
  /** While cases ran: without the start of the subject and the loads of objectives, whose rates the spec states. */
  casesPerSecond: number;
  properties: PropertyResult[];
  coverage: Coverage;
  /** Clause by clause what `coverage` counts. */
  coverageMap?: ClauseCoverage[];
  /** Set where it was asked for. */
  drift?: DriftItem[];
  /** By operation id. */
  latency: Record<string, Latency>;
  warnings: string[];
  /** What the contract says and nothing was checked about; absent where there is no such thing. */
  notCovered?: { pointer: string; what: string; reason: string }[];
  /** Only where code coverage was asked for and could be had. */
  code?: CodeReport;
  /** Only where mutants were asked for. */
  mutation?: MutationReport;
}
