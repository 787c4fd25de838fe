/**
 * What can happen. Every event is a past-tense fact, holds all that is needed to replay it, and nothing that can be
 * derived. Streaming deltas are not events; see {@link LiveDelta}. Readers must be total over old versions: a changed
 * shape means a new `v` and an upcast.
 */
import type { JsonValue } from './json.ts';
import type { Counterexample, Coverage, Latency, PropertyRef, Verdict } from './verification.ts';

/** Who caused an event. */
export interface Actor {
  kind: 'human' | 'agent' | 'system';
  name: string;
}

/** Token counts of one reply, by kind; the total prompt is input + cacheWrite5m + cacheWrite1h + cacheRead. */
export interface Usage {
  inputTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  cacheReadTokens: number;
  outputTokens: number;
}

/** Prices in micro-dollars per million tokens (= dollars per 10^12 tokens), so that every product is an integer. */
export interface UnitPrices {
  table: string;
  input: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  output: number;
}

/** Limits of a session; absent means no limit. */
export interface Caps {
  maxUsdMicros?: number;
  maxTokens?: number;
  maxRounds?: number;
}

/** The smallest addressable piece of a spec. */
export interface ClauseSummary {
  /** JSON Pointer, `#/paths/~1requests/post/responses/409`. */
  pointer: string;
  kind: 'operation' | 'parameter' | 'requestBody' | 'response' | 'invariant' | 'objective' | 'schema' | 'workflow';
  /** What a person reads: `409 overlapping`, `asOf date`, `no-overdraft`. */
  title: string;
  /** Operation id that it belongs to, absent for root clauses. */
  operation?: string;
  /** `GET /employees/{id}/balance`, only on operation clauses. */
  route?: string;
}

/** One contiguous change of a file. Lines carry no line end. */
export interface Hunk {
  /** Stable within its change: SHA-256 prefix over path and content. */
  id: string;
  oldStart: number;
  newStart: number;
  /** Each line begins with ' ', '+' or '-'. */
  lines: string[];
}

export interface FileChange {
  path: string;
  kind: 'added' | 'modified' | 'deleted';
  additions: number;
  deletions: number;
  hunks: Hunk[];
  /** True where the content is not text; then `hunks` is empty. */
  binary?: boolean;
}

/** One block of a model's reply, sanitised for display; `signature` and raw bytes live only in the request blob. */
export type ReplyBlock =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  | { type: 'toolUse'; call: string; tool: string; input: JsonValue };

export type ProviderFault =
  | 'missingKey'
  | 'badKey'
  | 'rateLimited'
  | 'overloaded'
  | 'network'
  | 'streamCut'
  | 'streamStalled'
  | 'streamError'
  | 'malformedToolInput'
  | 'refusal'
  | 'badRequest'
  | 'server'
  | 'contextExceeded';

export type EventBody =
  | {
      type: 'sessionStarted';
      spec: string;
      specFile: string;
      repository: string | null;
      baseCommit: string | null;
      branch: string | null;
      agent: { kind: 'builtin' | 'claude'; model: string | null };
      caps: Caps;
      app: { version: string; node: string; platform: string };
      sandbox: { kind: 'srt' | 'none'; reason?: string };
    }
  | { type: 'sessionResumed'; fromSeq: number; reason: string }
  | {
      type: 'specLoaded';
      name: string;
      file: string;
      semanticDigest: string;
      documentDigest: string;
      text: string;
      clauses: ClauseSummary[];
      findings: { rule: string; severity: 'error' | 'warning' | 'note'; pointer: string; message: string }[];
    }
  | { type: 'promptSubmitted'; text: string }
  | { type: 'roundStarted'; round: number }
  | { type: 'noticeRaised'; level: 'info' | 'warning' | 'error'; text: string }
  | {
      type: 'requestSent';
      request: string;
      model: string;
      attempt: number;
      maxTokens: number;
      /** SHA-256 of the byte-exact body; the body is a blob of that hash. */
      bodyHash: string;
    }
  | { type: 'budgetReserved'; reservation: string; usdMicros: number | null; tokens: number }
  | {
      type: 'budgetSettled';
      reservation: string;
      usage: Usage;
      unitPrices: UnitPrices | null;
      /** Null where the model has no price. */
      usdMicros: number | null;
      /** True where the answer was cut and the charge is a bound, not the provider's count. */
      estimated: boolean;
    }
  | { type: 'budgetRefused'; cap: 'usd' | 'tokens' | 'rounds' | 'price'; message: string }
  | {
      type: 'assistantReplied';
      request: string;
      blocks: ReplyBlock[];
      stopReason: string;
      model: string;
      durationMs: number;
      /** Characters of text per 100 ms step, so that a replay can stream the reply again. */
      track: number[];
      /**
       * SHA-256 of the reply as the model wrote it (an assistant message in JSON, signatures and all); a blob of that
       * hash. A resumed conversation goes on from it.
       */
      messageHash?: string;
    }
  | {
      type: 'providerFailed';
      request: string;
      fault: ProviderFault;
      status: number | null;
      message: string;
      attempt: number;
      /** Null when it will not be tried again. */
      retryInMs: number | null;
    }
  | { type: 'toolRequested'; call: string; tool: string; input: JsonValue; title: string }
  | { type: 'toolApproved'; call: string }
  | { type: 'toolRefused'; call: string; reason: string }
  | { type: 'toolFinished'; call: string; ok: boolean; summary: string; output: string; durationMs: number }
  | { type: 'agentNoted'; text: string }
  | { type: 'changeProposed'; change: string; round: number; baseTree: string; tree: string; files: FileChange[] }
  | { type: 'hunkAccepted'; change: string; hunk: string }
  | { type: 'hunkRejected'; change: string; hunk: string }
  /** The decision on a hunk was taken back; it is undecided again. */
  | { type: 'hunkReopened'; change: string; hunk: string }
  | {
      type: 'changeApplied';
      tree: string;
      mode: 'branch' | 'merge';
      branch: string | null;
      commit: string | null;
      files: string[];
      conflicts: string[];
    }
  | {
      type: 'verificationStarted';
      verification: string;
      round: number;
      semanticDigest: string;
      tree: string;
      seed: number;
      properties: PropertyRef[];
      /** Set where only the properties under these clauses were asked for: its verdict is not the code's verdict. */
      clauses?: string[];
    }
  | {
      type: 'propertyDecided';
      verification: string;
      property: PropertyRef;
      verdict: Verdict;
      cases: number;
      reason?: string;
    }
  | { type: 'counterexampleFound'; verification: string; property: PropertyRef; counterexample: Counterexample }
  | {
      type: 'verificationFinished';
      verification: string;
      verdict: Verdict;
      cases: number;
      casesPerSecond: number;
      durationMs: number;
      coverage: Coverage;
      latency: Record<string, Latency>;
      warnings: string[];
    }
  | {
      type: 'specVersionRecorded';
      spec: string;
      semanticDigest: string;
      documentDigest: string;
      codeTree: string;
      verdict: Verdict;
    }
  | { type: 'rolledBack'; spec: string; from: string; to: string; branch: string; commit: string }
  | { type: 'turnInterrupted'; reason: string }
  | {
      type: 'sessionEnded';
      verdict: Verdict;
      reason: 'passed' | 'roundsEnded' | 'cap' | 'noProgress' | 'stuck' | 'provider' | 'interrupted' | 'error';
      message: string;
      rounds: number;
      unsatisfied: string[];
      codeTree: string | null;
      branch: string | null;
      durationMs: number;
    };

export type EventType = EventBody['type'];

/** The envelope: `seq` is contiguous from 1 in its session, `hash` = SHA-256 over prevHash and the canonical row. */
export interface Envelope {
  id: string;
  session: string;
  seq: number;
  /** Epoch milliseconds. */
  at: number;
  by: Actor;
  /** Version of the event's shape. */
  v: number;
  prevHash: string;
  hash: string;
}

export type Event = Envelope & EventBody;

/** The event of one type. */
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

/**
 * Something that streams by and is not recorded: it lives in a bounded tail beside the state and is replaced by the
 * fact that ends it.
 */
export type LiveDelta =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  | { type: 'toolInput'; call: string; tool: string; partial: string }
  | { type: 'commandOutput'; call: string; text: string }
  | { type: 'outputTokens'; total: number }
  | { type: 'retry'; fault: ProviderFault; attempt: number; atMs: number; message: string }
  | { type: 'verifyProgress'; property: string; cases: number; total: number; casesPerSecond: number }
  | { type: 'status'; text: string };

/** How the loop, the tools and the engine tell what happened; the adapter appends, commits and publishes. */
export interface Recorder {
  /** Appends one fact durably and returns it stamped. Throws only when the log itself cannot be written. */
  append(body: EventBody, by?: Actor): Event;
  /** Shows something that streams by. Never throws, never blocks. */
  live(delta: LiveDelta): void;
}
