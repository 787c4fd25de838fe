/**
 * Whether a value from outside (a session bundle) has the shape of an event. The table holds every event type and every
 * member; the compiler refuses it when the union in `events` gains one that it lacks.
 */
import {
  isObject,
  type ClauseSummary,
  type Counterexample,
  type Coverage,
  type Envelope,
  type Event,
  type EventOf,
  type EventType,
  type Exchange,
  type FileChange,
  type Hunk,
  type Latency,
  type PropertyRef,
  type Share,
  type UnitPrices,
  type Usage,
} from '../events/index.ts';

type Check = (value: unknown) => boolean;
type ShapeOf<T> = { [K in keyof Required<T>]: Check };
type Body<T extends EventType> = Omit<EventOf<T>, keyof Envelope | 'type'>;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const flag: Check = (value) => typeof value === 'boolean';
const json: Check = (value) => value !== undefined;
const hex: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const verdict = oneOf('pass', 'fail', 'error');

function oneOf(...values: string[]): Check {
  return (value) => typeof value === 'string' && values.includes(value);
}
function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}
function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}
function list(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}
function record(check: Check): Check {
  return (value) => isObject(value) && Object.values(value).every(check);
}
/** Has the members; more are allowed, so that an older program shows what a newer one recorded. */
function object<T>(shape: ShapeOf<T>): Check {
  const members = Object.entries<Check>(shape);
  return (value) =>
    isObject(value) && members.every(([key, check]) => check(Object.hasOwn(value, key) ? value[key] : undefined));
}

const property = object<PropertyRef>({ id: text, clause: text, kind: text, operation: optional(text) });
const usage = object<Usage>({
  inputTokens: number,
  cacheWrite5mTokens: number,
  cacheWrite1hTokens: number,
  cacheReadTokens: number,
  outputTokens: number,
});
const prices = object<UnitPrices>({
  table: text,
  input: number,
  cacheWrite5m: number,
  cacheWrite1h: number,
  cacheRead: number,
  output: number,
});
const share = object<Share>({ covered: number, total: number });
const coverage = object<Coverage>({
  operations: share,
  responses: share,
  parameters: share,
  keywords: share,
  invariants: share,
  links: optional(share),
  workflows: optional(share),
  fields: optional(share),
  mediaTypes: optional(share),
  codeLines: optional(share),
  codeFunctions: optional(share),
});
const latency = object<Latency>({
  p50Ms: number,
  p99Ms: number,
  p99UpperMs: orNull(number),
  samples: number,
  ratePerSecond: number,
  objectiveMs: optional(number),
  verdict: optional(verdict),
});
const clause = object<ClauseSummary>({
  pointer: text,
  kind: text,
  title: text,
  operation: optional(text),
  route: optional(text),
});
const hunk = object<Hunk>({ id: text, oldStart: number, newStart: number, lines: list(text) });
const file = object<FileChange>({
  path: text,
  kind: text,
  additions: number,
  deletions: number,
  hunks: list(hunk),
  binary: optional(flag),
});
const response = object<NonNullable<Exchange['response']>>({
  status: number,
  headers: record(text),
  body: optional(json),
});
const exchange = object<Exchange>({
  method: text,
  path: text,
  headers: record(text),
  body: optional(json),
  role: text,
  response: optional(response),
  fault: optional(text),
});
const counterexample = object<Counterexample>({
  seed: number,
  path: text,
  shrinks: number,
  input: json,
  actual: text,
  expected: text,
  reproducer: text,
  exchanges: list(exchange),
  reproducible: flag,
});
const finding = object<EventOf<'specLoaded'>['findings'][number]>({
  rule: text,
  severity: text,
  pointer: text,
  message: text,
});
const replyBlock: Check = (value) =>
  object<{ type: string }>({ type: text })(value) &&
  (object<{ type: string; text: string }>({ type: oneOf('text', 'thinking'), text })(value) ||
    object<{ type: string; call: string; tool: string; input: unknown }>({
      type: oneOf('toolUse'),
      call: text,
      tool: text,
      input: json,
    })(value));

const SHAPES: { [T in EventType]: ShapeOf<Body<T>> } = {
  sessionStarted: {
    spec: text,
    specFile: text,
    repository: orNull(text),
    baseCommit: orNull(text),
    branch: orNull(text),
    agent: object<EventOf<'sessionStarted'>['agent']>({ kind: oneOf('builtin', 'claude'), model: orNull(text) }),
    caps: object<EventOf<'sessionStarted'>['caps']>({
      maxUsdMicros: optional(number),
      maxTokens: optional(number),
      maxRounds: optional(number),
    }),
    app: object<EventOf<'sessionStarted'>['app']>({ version: text, node: text, platform: text }),
    sandbox: object<EventOf<'sessionStarted'>['sandbox']>({ kind: oneOf('srt', 'none'), reason: optional(text) }),
  },
  sessionResumed: { fromSeq: number, reason: text },
  specLoaded: {
    name: text,
    file: text,
    semanticDigest: text,
    documentDigest: text,
    text,
    clauses: list(clause),
    findings: list(finding),
  },
  promptSubmitted: { text },
  roundStarted: { round: number },
  noticeRaised: { level: oneOf('info', 'warning', 'error'), text },
  requestSent: { request: text, model: text, attempt: number, maxTokens: number, bodyHash: text },
  budgetReserved: { reservation: text, usdMicros: orNull(number), tokens: number },
  budgetSettled: { reservation: text, usage, unitPrices: orNull(prices), usdMicros: orNull(number), estimated: flag },
  budgetRefused: { cap: oneOf('usd', 'tokens', 'rounds', 'price'), message: text },
  assistantReplied: {
    request: text,
    blocks: list(replyBlock),
    stopReason: text,
    model: text,
    durationMs: number,
    track: list(number),
    messageHash: optional(text),
  },
  providerFailed: {
    request: text,
    fault: text,
    status: orNull(number),
    message: text,
    attempt: number,
    retryInMs: orNull(number),
  },
  toolRequested: { call: text, tool: text, input: json, title: text },
  toolApproved: { call: text },
  toolRefused: { call: text, reason: text },
  toolFinished: { call: text, ok: flag, summary: text, output: text, durationMs: number },
  agentNoted: { text },
  changeProposed: { change: text, round: number, baseTree: text, tree: text, files: list(file) },
  hunkAccepted: { change: text, hunk: text },
  hunkRejected: { change: text, hunk: text },
  hunkReopened: { change: text, hunk: text },
  changeApplied: {
    tree: text,
    mode: oneOf('branch', 'merge'),
    branch: orNull(text),
    commit: orNull(text),
    files: list(text),
    conflicts: list(text),
  },
  verificationStarted: {
    verification: text,
    round: number,
    semanticDigest: text,
    tree: text,
    seed: number,
    properties: list(property),
    clauses: optional(list(text)),
  },
  propertyDecided: { verification: text, property, verdict, cases: number, reason: optional(text) },
  counterexampleFound: { verification: text, property, counterexample },
  verificationFinished: {
    verification: text,
    verdict,
    cases: number,
    casesPerSecond: number,
    durationMs: number,
    coverage,
    latency: record(latency),
    warnings: list(text),
  },
  specVersionRecorded: { spec: text, semanticDigest: text, documentDigest: text, codeTree: text, verdict },
  rolledBack: { spec: text, from: text, to: text, branch: text, commit: text },
  turnInterrupted: { reason: text },
  sessionEnded: {
    verdict,
    reason: text,
    message: text,
    rounds: number,
    unsatisfied: list(text),
    codeTree: orNull(text),
    branch: orNull(text),
    durationMs: number,
  },
};

const ENVELOPE: ShapeOf<Envelope> = {
  id: text,
  session: text,
  seq: number,
  at: number,
  by: object<Envelope['by']>({ kind: oneOf('human', 'agent', 'system'), name: text }),
  v: number,
  prevHash: hex,
  hash: hex,
};

/** True where {@link shapeFault} finds nothing. */
export function isEvent(value: unknown): value is Event {
  return shapeFault(value) === null;
}

/** What is wrong with a value as an event, in words; null where its shape is right. The chain is checked elsewhere. */
export function shapeFault(value: unknown): string | null {
  if (!isObject(value)) return 'is not an object';
  const type = value['type'];
  if (typeof type !== 'string' || !Object.hasOwn(SHAPES, type)) return `has the unknown type ${JSON.stringify(type)}`;
  const shape: Record<string, Check> = { ...ENVELOPE, ...SHAPES[type as EventType] };
  for (const [key, check] of Object.entries(shape))
    if (!check(Object.hasOwn(value, key) ? value[key] : undefined)) return `(${type}) has a wrong or missing ${key}`;
  return null;
}
