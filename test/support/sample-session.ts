/** The facts of a small session in which the first round fails and the second passes. */
import type { Counterexample, Coverage, EventBody, PropertyRef } from '../../src/events/index.ts';

export const SEMANTIC_DIGEST = 'a1'.repeat(32);
export const DOCUMENT_DIGEST = 'b2'.repeat(32);
export const FIRST_TREE = 'c3'.repeat(32);
export const SECOND_TREE = 'd4'.repeat(32);
export const SPEC_TEXT = `openapi: 3.1.0\ninfo: {title: Balance, version: '1'}\n# ${'long '.repeat(3000)}\n`;

const property: PropertyRef = {
  id: 'no-overdraft',
  clause: '#/paths/~1requests/post/x-invariants/0',
  kind: 'invariant',
  operation: 'request',
};
const share = { covered: 3, total: 4 };
const coverage: Coverage = {
  operations: share,
  responses: share,
  parameters: share,
  keywords: share,
  invariants: share,
};
const counterexample: Counterexample = {
  seed: 7,
  path: '12:0',
  shrinks: 3,
  input: { minutes: 1 },
  actual: '201',
  expected: '422',
  reproducer: 'curl -s -X POST $BASE/requests -d \'{"minutes":1}\'',
  exchanges: [
    {
      method: 'POST',
      path: '/requests',
      headers: {},
      body: { minutes: 1 },
      role: 'call',
      response: { status: 201, headers: {} },
    },
  ],
  reproducible: true,
};

function verification(round: number, tree: string, verdict: 'pass' | 'fail'): EventBody[] {
  const verification = `verification-${round}`;
  return [
    {
      type: 'verificationStarted',
      verification,
      round,
      semanticDigest: SEMANTIC_DIGEST,
      tree,
      seed: 7,
      properties: [property],
    },
    ...(verdict === 'fail' ? [{ type: 'counterexampleFound' as const, verification, property, counterexample }] : []),
    { type: 'propertyDecided', verification, property, verdict, cases: 412 },
    {
      type: 'verificationFinished',
      verification,
      verdict,
      cases: 412,
      casesPerSecond: 2100.5,
      durationMs: 196,
      coverage,
      latency: {},
      warnings: [],
    },
  ];
}

function change(round: number, tree: string, line: string): EventBody {
  return {
    type: 'changeProposed',
    change: `change-${round}`,
    round,
    baseTree: FIRST_TREE,
    tree,
    files: [
      {
        path: 'services/balance/server.js',
        kind: 'added',
        additions: 1,
        deletions: 0,
        hunks: [{ id: `h${round}`, oldStart: 0, newStart: 1, lines: [`+${line}`] }],
      },
    ],
  };
}

/** In order; append them to a log to get a session. */
export function sampleSession(options: { spec?: string; bodyHash?: string } = {}): EventBody[] {
  const spec = options.spec ?? 'vacation-balance';
  return [
    {
      type: 'sessionStarted',
      spec,
      specFile: 'specs/vacation-balance/openapi.yaml',
      repository: '/home/ada/shop',
      baseCommit: '0123456789abcdef0123456789abcdef01234567',
      branch: 'plumb/s',
      agent: { kind: 'claude', model: 'claude-sonnet-5-5' },
      caps: { maxUsdMicros: 2_000_000 },
      app: { version: '0.1.0', node: '24.0.0', platform: 'linux' },
      sandbox: { kind: 'none', reason: 'bubblewrap is not installed' },
    },
    {
      type: 'specLoaded',
      name: spec,
      file: 'specs/vacation-balance/openapi.yaml',
      semanticDigest: SEMANTIC_DIGEST,
      documentDigest: DOCUMENT_DIGEST,
      text: SPEC_TEXT,
      clauses: [{ pointer: property.clause, kind: 'invariant', title: 'no-overdraft', operation: 'request' }],
      findings: [],
    },
    { type: 'promptSubmitted', text: 'Refuse overdrafts, bitte auch für Zürich' },
    { type: 'roundStarted', round: 1 },
    {
      type: 'requestSent',
      request: 'request-1',
      model: 'claude-sonnet-5-5',
      attempt: 1,
      maxTokens: 1000,
      bodyHash: options.bodyHash ?? 'e5'.repeat(32),
    },
    {
      type: 'budgetSettled',
      reservation: 'reservation-1',
      usage: {
        inputTokens: 100,
        cacheWrite5mTokens: 20,
        cacheWrite1hTokens: 3,
        cacheReadTokens: 4000,
        outputTokens: 50,
      },
      unitPrices: {
        table: '2026-11',
        input: 3_000_000,
        cacheWrite5m: 3_750_000,
        cacheWrite1h: 6_000_000,
        cacheRead: 300_000,
        output: 15_000_000,
      },
      usdMicros: 2343,
      estimated: false,
    },
    {
      type: 'assistantReplied',
      request: 'request-1',
      blocks: [
        { type: 'text', text: 'I will write the guard.' },
        { type: 'toolUse', call: 'call-1', tool: 'write', input: { path: 'server.js' } },
      ],
      stopReason: 'tool_use',
      model: 'claude-sonnet-5-5',
      durationMs: 900,
      track: [4, 10, 9],
    },
    { type: 'toolRequested', call: 'call-1', tool: 'write', input: { path: 'server.js' }, title: 'write server.js' },
    { type: 'toolFinished', call: 'call-1', ok: true, summary: 'wrote server.js', output: '', durationMs: 4 },
    change(1, FIRST_TREE, 'let balance = -1;'),
    ...verification(1, FIRST_TREE, 'fail'),
    { type: 'roundStarted', round: 2 },
    change(2, SECOND_TREE, 'let balance = 0;'),
    ...verification(2, SECOND_TREE, 'pass'),
    {
      type: 'specVersionRecorded',
      spec,
      semanticDigest: SEMANTIC_DIGEST,
      documentDigest: DOCUMENT_DIGEST,
      codeTree: SECOND_TREE,
      verdict: 'pass',
    },
    {
      type: 'sessionEnded',
      verdict: 'pass',
      reason: 'passed',
      message: 'every property holds',
      rounds: 2,
      unsatisfied: [],
      codeTree: SECOND_TREE,
      branch: 'plumb/s',
      durationMs: 4200,
    },
  ];
}
