/** A session on a made-up vacation spec as it would be recorded: a failing round, a repaired one, a change to review. */
import type {
  ClauseSummary,
  Counterexample,
  Coverage,
  EventBody,
  FileChange,
  PropertyRef,
  Verdict,
} from '../../src/events/index.ts';

const OPERATIONS: { id: string; route: string; own: [ClauseSummary['kind'], string][] }[] = [
  {
    id: 'createEmployee',
    route: 'POST /employees',
    own: [
      ['requestBody', 'body'],
      ['response', '201 Employee'],
      ['response', '422 invalid employee'],
    ],
  },
  {
    id: 'getEmployee',
    route: 'GET /employees/{id}',
    own: [
      ['parameter', 'id (path)'],
      ['response', '200 Employee'],
      ['response', '404 unknown employee'],
    ],
  },
  {
    id: 'getBalance',
    route: 'GET /employees/{id}/balance',
    own: [
      ['parameter', 'id (path)'],
      ['parameter', 'asOf (query)'],
      ['response', '200 Balance'],
      ['response', '404 unknown employee'],
      ['invariant', 'balance-is-ledger-sum'],
      ['invariant', 'asOf-bounds-balance'],
    ],
  },
  {
    id: 'getLedger',
    route: 'GET /employees/{id}/ledger',
    own: [
      ['parameter', 'id (path)'],
      ['response', '200 entries'],
      ['invariant', 'ledger-is-append-only'],
    ],
  },
  {
    id: 'requestLeave',
    route: 'POST /employees/{id}/requests',
    own: [
      ['parameter', 'id (path)'],
      ['requestBody', 'body'],
      ['response', '201 Request'],
      ['response', '409 overlapping request'],
      ['response', '422 invalid request'],
      ['invariant', 'no-overdraft'],
      ['invariant', 'no-overlap'],
      ['objective', 'p99 200 ms at 100/s'],
    ],
  },
  {
    id: 'cancelRequest',
    route: 'POST /requests/{id}/cancel',
    own: [
      ['parameter', 'id (path)'],
      ['response', '200 Request'],
      ['invariant', 'cancel-restores-balance'],
    ],
  },
];

export const vacationClauses: ClauseSummary[] = [
  ...OPERATIONS.flatMap(({ id, route, own }): ClauseSummary[] => [
    { pointer: `#/paths/${id}`, kind: 'operation', title: id, operation: id, route },
    ...own.map(([kind, title]): ClauseSummary => ({
      pointer: `#/paths/${id}/${title.split(' ')[0]}`,
      kind,
      title,
      operation: id,
    })),
  ]),
  { pointer: '#/x-invariants/entries-sum-to-zero', kind: 'invariant', title: 'entries-sum-to-zero' },
  { pointer: '#/x-invariants/hire-date-precedes-entries', kind: 'invariant', title: 'hire-date-precedes-entries' },
];

export const vacationProperties: PropertyRef[] = vacationClauses.flatMap((clause): PropertyRef[] => {
  const operation = clause.operation === undefined ? {} : { operation: clause.operation };
  switch (clause.kind) {
    case 'operation':
      return [
        { id: `conformance ${clause.title}`, clause: `${clause.pointer}/responses`, kind: 'conformance', ...operation },
        { id: `acceptance ${clause.title}`, clause: clause.pointer, kind: 'acceptance', ...operation },
      ];
    case 'invariant':
      return [{ id: `invariant ${clause.title}`, clause: clause.pointer, kind: 'invariant', ...operation }];
    case 'requestBody':
      return [
        { id: `rejection ${clause.operation ?? ''} body`, clause: clause.pointer, kind: 'rejection', ...operation },
      ];
    case 'objective':
      return [{ id: `objective ${clause.operation ?? ''}`, clause: clause.pointer, kind: 'objective', ...operation }];
    default:
      return [];
  }
});

const share = (covered: number, total: number): { covered: number; total: number } => ({ covered, total });
const coverage: Coverage = {
  operations: share(6, 6),
  responses: share(10, 12),
  parameters: share(5, 5),
  keywords: share(31, 34),
  invariants: share(8, 8),
};

export const overdraft: Counterexample = {
  seed: 20261123,
  path: '11:2:0',
  shrinks: 9,
  input: { id: 'e1', body: { minutes: 1, from: '2026-01-01', to: '2026-01-01' } },
  actual: 'balance went from 0 to −1',
  expected: 'balance ≥ 0 after every accepted request',
  reproducer: `curl -s -X POST "$BASE/employees" -d '{"id":"e1","name":"漢字 花子"}'\ncurl -s -X POST "$BASE/employees/e1/requests" -d '{"minutes":1,"from":"2026-01-01","to":"2026-01-01"}'`,
  exchanges: [
    {
      method: 'POST',
      path: '/employees',
      headers: {},
      body: { id: 'e1', name: '漢字 花子' },
      role: 'setup',
      response: { status: 201, headers: {}, body: { id: 'e1', name: '漢字 花子' } },
    },
    {
      method: 'GET',
      path: '/employees/e1/balance',
      headers: {},
      role: 'given before',
      response: { status: 200, headers: {}, body: { minutes: 0 } },
    },
    {
      method: 'POST',
      path: '/employees/e1/requests',
      headers: {},
      body: { minutes: 1, from: '2026-01-01', to: '2026-01-01' },
      role: 'call',
      response: { status: 201, headers: {}, body: { id: 'r1', minutes: 1 } },
    },
    {
      method: 'GET',
      path: '/employees/e1/balance',
      headers: {},
      role: 'then after',
      response: { status: 200, headers: {}, body: { minutes: -1 } },
    },
  ],
  reproducible: true,
};

const asOf: Counterexample = {
  ...overdraft,
  path: '4:1',
  shrinks: 4,
  input: { id: 'e1', asOf: '2025-12-31' },
  actual: 'an entry of 2026-01-01 was counted',
  expected: 'only entries up to asOf count',
  exchanges: [
    {
      method: 'GET',
      path: '/employees/e1/balance?asOf=2025-12-31',
      headers: {},
      role: 'call',
      response: { status: 200, headers: {}, body: { minutes: 60 } },
    },
  ],
};

function change(round: number): EventBody {
  const files: FileChange[] = [
    {
      path: 'services/vacation-balance/server.js',
      kind: 'modified',
      additions: 5,
      deletions: 2,
      hunks: [
        {
          id: `h${round}a`,
          oldStart: 39,
          newStart: 39,
          lines: [
            ' export function balance(id, asOf) {',
            '   const entries = ledger.get(id) ?? [];',
            '-  return sum(entries);',
            '+  return sum(entries.filter((entry) => entry.effectiveOn <= asOf));',
            ' }',
          ],
        },
        {
          id: `h${round}b`,
          oldStart: 88,
          newStart: 88,
          lines: [
            '   const request = parse(body);',
            '-  requests.push(request);',
            '+  if (balance(id, request.from) < request.minutes) {',
            "+    return reply(409, { code: 'overdraft', message: '残高が足りません' });",
            '+  }',
            '+  requests.push(request);',
            '   return reply(201, request);',
          ],
        },
      ],
    },
    {
      path: 'services/vacation-balance/package.json',
      kind: 'added',
      additions: 1,
      deletions: 0,
      hunks: [{ id: `h${round}c`, oldStart: 0, newStart: 1, lines: ['+{ "type": "module", "private": true }'] }],
    },
  ];
  return {
    type: 'changeProposed',
    change: `change-${round}`,
    round,
    baseTree: 'a'.repeat(64),
    tree: `${round}`.repeat(64),
    files,
  };
}

function verification(round: number, failing: Record<string, Counterexample>): EventBody[] {
  const verification = `v${round}`;
  const decided = vacationProperties.flatMap((property): EventBody[] => {
    const counterexample = failing[property.id];
    const verdict: Verdict = counterexample === undefined ? 'pass' : 'fail';
    return [
      ...(counterexample === undefined
        ? []
        : [{ type: 'counterexampleFound' as const, verification, property, counterexample }]),
      { type: 'propertyDecided', verification, property, verdict, cases: counterexample === undefined ? 100 : 12 },
    ];
  });
  return [
    {
      type: 'verificationStarted',
      verification,
      round,
      semanticDigest: '3f2a91c0b1d4'.padEnd(64, '0'),
      tree: `${round}`.repeat(64),
      seed: 20261123,
      properties: vacationProperties,
    },
    ...decided,
    {
      type: 'verificationFinished',
      verification,
      verdict: Object.keys(failing).length === 0 ? 'pass' : 'fail',
      cases: 2_212,
      casesPerSecond: 1_940,
      durationMs: 1_140,
      coverage,
      latency: {
        requestLeave: {
          p50Ms: 0.8,
          p99Ms: 3.1,
          p99UpperMs: 3.9,
          samples: 400,
          ratePerSecond: 100,
          objectiveMs: 200,
          verdict: 'pass',
        },
      },
      warnings: [],
    },
  ];
}

/** The session up to a place in its story. */
export function vacationSession(upTo: 'loaded' | 'working' | 'failing' | 'passing' = 'passing'): EventBody[] {
  const loaded: EventBody[] = [
    {
      type: 'sessionStarted',
      spec: 'vacation-balance',
      specFile: 'specs/vacation-balance/openapi.yaml',
      repository: '/home/ada/shop',
      baseCommit: '0123456789abcdef0123456789abcdef01234567',
      branch: null,
      agent: { kind: 'claude', model: 'claude-sonnet-5-5' },
      caps: { maxUsdMicros: 2_000_000 },
      app: { version: '0.1.0', node: '24.0.0', platform: 'linux' },
      sandbox: { kind: 'srt' },
    },
    {
      type: 'specLoaded',
      name: 'vacation-balance',
      file: 'specs/vacation-balance/openapi.yaml',
      semanticDigest: '3f2a91c0b1d4'.padEnd(64, '0'),
      documentDigest: '9d01e7aa52c3'.padEnd(64, '0'),
      text: 'openapi: 3.1.0\n',
      clauses: vacationClauses,
      findings: [],
    },
  ];
  if (upTo === 'loaded') return loaded;
  const working: EventBody[] = [
    ...loaded,
    { type: 'promptSubmitted', text: 'implement the spec, and keep the ledger append-only' },
    { type: 'roundStarted', round: 1 },
    {
      type: 'requestSent',
      request: 'q1',
      model: 'claude-sonnet-5-5',
      attempt: 1,
      maxTokens: 8_000,
      bodyHash: 'b'.repeat(64),
    },
    { type: 'budgetReserved', reservation: 'r1', usdMicros: 160_000, tokens: 20_000 },
  ];
  if (upTo === 'working') return working;
  const failing: EventBody[] = [
    ...working,
    {
      type: 'budgetSettled',
      reservation: 'r1',
      usage: {
        inputTokens: 812,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 300,
        cacheReadTokens: 11_200,
        outputTokens: 4_110,
      },
      unitPrices: null,
      usdMicros: 42_130,
      estimated: false,
    },
    {
      type: 'assistantReplied',
      request: 'q1',
      blocks: [
        {
          type: 'thinking',
          text: 'The balance must be the sum of the ledger entries up to asOf. Requests may not take it below zero.',
        },
        {
          type: 'text',
          text: 'The balance route sums all entries, but `asOf` must bound them. I will filter by `effectiveOn`.\n\n```js\nreturn sum(entries.filter((entry) => entry.effectiveOn <= asOf));\n```',
        },
        { type: 'toolUse', call: 'c1', tool: 'edit', input: {} },
      ],
      stopReason: 'tool_use',
      model: 'claude-sonnet-5-5',
      durationMs: 9_200,
      track: [4, 10, 9],
    },
    { type: 'toolRequested', call: 'c1', tool: 'edit', input: {}, title: 'edit services/vacation-balance/server.js' },
    { type: 'toolFinished', call: 'c1', ok: true, summary: '+6 −2', output: '', durationMs: 4 },
    {
      type: 'toolRequested',
      call: 'c2',
      tool: 'bash',
      input: {},
      title: 'node --check services/vacation-balance/server.js',
    },
    {
      type: 'toolFinished',
      call: 'c2',
      ok: false,
      summary: 'exit 1',
      output: 'server.js:42\n  return sum(entries;\n             ^\nSyntaxError: missing ) after argument list',
      durationMs: 61,
    },
    change(1),
    ...verification(1, { 'invariant no-overdraft': overdraft, 'invariant asOf-bounds-balance': asOf }),
  ];
  if (upTo === 'failing') return failing;
  return [
    ...failing,
    { type: 'roundStarted', round: 2 },
    {
      type: 'agentNoted',
      text: 'An approval may not take the balance under the limit; a guard goes into the request handler.',
    },
    change(2),
    ...verification(2, {}),
    {
      type: 'specVersionRecorded',
      spec: 'vacation-balance',
      semanticDigest: '3f2a91c0b1d4'.padEnd(64, '0'),
      documentDigest: '9d01e7aa52c3'.padEnd(64, '0'),
      codeTree: '2'.repeat(64),
      verdict: 'pass',
    },
    {
      type: 'changeApplied',
      tree: '2'.repeat(64),
      mode: 'branch',
      branch: 'plumb/7c1e',
      commit: 'c'.repeat(40),
      files: ['services/vacation-balance/server.js'],
      conflicts: [],
    },
    {
      type: 'sessionEnded',
      verdict: 'pass',
      reason: 'passed',
      message: 'every property holds',
      rounds: 2,
      unsatisfied: [],
      codeTree: '2'.repeat(64),
      branch: 'plumb/7c1e',
      durationMs: 134_000,
    },
  ];
}
