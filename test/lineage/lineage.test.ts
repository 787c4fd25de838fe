/** The lineage is what was verified, not what was claimed; a version may be gone back to only when its pair is known good. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event, EventBody, Verdict } from '../../src/events/index.ts';
import { findVersion } from '../../src/lineage/find-version.ts';
import { lineage, type GitVersion } from '../../src/lineage/lineage.ts';
import { planRollback, rollbackTarget, type Files } from '../../src/lineage/plan-rollback.ts';
import { sampleSession } from '../support/sample-session.ts';

const V1 = `aa11${'0'.repeat(60)}`;
const V2 = `aa22${'0'.repeat(60)}`;
const TREE = 'c'.repeat(64);
const OTHER_TREE = 'd'.repeat(64);

let clock = 0;
function session(name: string, bodies: readonly EventBody[]): Event[] {
  return bodies.map((body, index) => ({
    id: `${name}.${index + 1}`,
    session: name,
    seq: index + 1,
    at: ++clock,
    by: { kind: 'agent', name: 'builtin' },
    v: 1,
    prevHash: '',
    hash: '',
    ...body,
  }));
}

function loaded(digest: string): EventBody {
  return {
    type: 'specLoaded',
    name: 'ach',
    file: 'ach.yaml',
    semanticDigest: digest,
    documentDigest: digest,
    text: '',
    clauses: [],
    findings: [],
  };
}

function verified(digest: string, tree: string, verdict: Verdict, clauses?: string[]): EventBody[] {
  const id = `${digest}${tree}${verdict}${clock}`;
  const property = { id: 'p', clause: '#', kind: 'invariant' as const };
  const share = { covered: 0, total: 0 };
  return [
    {
      type: 'verificationStarted',
      verification: id,
      round: 1,
      semanticDigest: digest,
      tree,
      seed: 1,
      properties: [property],
      ...(clauses === undefined ? {} : { clauses }),
    },
    { type: 'propertyDecided', verification: id, property, verdict, cases: 1 },
    {
      type: 'verificationFinished',
      verification: id,
      verdict,
      cases: 1,
      casesPerSecond: 1,
      durationMs: 1,
      coverage: { operations: share, responses: share, parameters: share, keywords: share, invariants: share },
      latency: {},
      warnings: [],
    },
  ];
}

function recorded(digest: string, tree: string): EventBody {
  return {
    type: 'specVersionRecorded',
    spec: 'ach',
    semanticDigest: digest,
    documentDigest: digest,
    codeTree: tree,
    verdict: 'pass',
  };
}

function ended(verdict: Verdict, tree: string): EventBody {
  return {
    type: 'sessionEnded',
    verdict,
    reason: 'roundsEnded',
    message: '',
    rounds: 1,
    unsatisfied: [],
    codeTree: tree,
    branch: null,
    durationMs: 1,
  };
}

test('a session that passed is a known-good row with its properties, cost and author', () => {
  const events = session('s1', sampleSession());
  expect(lineage('vacation-balance', events)).toEqual([
    {
      spec: 'vacation-balance',
      semanticDigest: 'a1'.repeat(32),
      documentDigest: 'b2'.repeat(32),
      codeTree: 'd4'.repeat(32),
      at: events.at(-2)?.at,
      author: 'builtin',
      session: 's1',
      seq: 20,
      origin: 'session',
      verdict: 'pass',
      verifiedIn: 's1',
      properties: { passed: 1, total: 1 },
      knownGood: true,
      commit: null,
      costUsdMicros: 2343,
    },
  ]);
  expect(lineage('another', events)).toEqual([]);
});

test('a claim without a verification, or with one of some clauses only, is not known good', () => {
  const claims = [
    ...session('s1', [loaded(V1), recorded(V1, TREE)]),
    ...session('s2', [loaded(V2), ...verified(V2, TREE, 'pass', ['#/paths']), recorded(V2, TREE)]),
  ];
  expect(lineage('ach', claims).map(({ verdict, knownGood }) => [verdict, knownGood])).toEqual([
    [null, false],
    [null, false],
  ]);
});

test('the latest verdict on a pair counts, also for a version recorded before', () => {
  const good = session('s1', [loaded(V1), ...verified(V1, TREE, 'pass'), recorded(V1, TREE)]);
  const other = session('s2', [loaded(V1), ...verified(V1, OTHER_TREE, 'fail'), ended('fail', OTHER_TREE)]);
  expect(lineage('ach', [...good, ...other]).map(({ codeTree, knownGood }) => [codeTree, knownGood])).toEqual([
    [OTHER_TREE, false],
    [TREE, true],
  ]);
  const again = session('s3', [loaded(V1), ...verified(V1, TREE, 'fail'), ended('fail', TREE)]);
  expect(lineage('ach', [...good, ...other, ...again]).find(({ codeTree }) => codeTree === TREE)).toMatchObject({
    verdict: 'fail',
    knownGood: false,
    verifiedIn: 's3',
  });
});

test('a rollback is a row of its own that keeps the verdict of the pair', () => {
  const first = session('s1', [loaded(V1), ...verified(V1, TREE, 'pass'), recorded(V1, TREE)]);
  const second = session('s2', [loaded(V2), ...verified(V2, OTHER_TREE, 'pass'), recorded(V2, OTHER_TREE)]);
  const back = session('s3', [
    { type: 'rolledBack', spec: 'ach', from: V2, to: V1, branch: 'b', commit: 'c0ffee' },
    recorded(V1, TREE),
  ]);
  expect(
    lineage('ach', [...first, ...second, ...back]).map(({ session, origin, knownGood, verifiedIn, commit }) => [
      session,
      origin,
      knownGood,
      verifiedIn,
      commit,
    ]),
  ).toEqual([
    ['s3', 'rollback', true, 's1', 'c0ffee'],
    ['s2', 'session', true, 's2', null],
    ['s1', 'session', true, 's1', null],
  ]);
});

test('an unpriced reply makes the cost unknown, not zero', () => {
  const unpriced = sampleSession().map((body): EventBody =>
    body.type === 'budgetSettled' ? { ...body, usdMicros: null, unitPrices: null } : body,
  );
  expect(lineage('vacation-balance', session('s1', unpriced))[0]?.costUsdMicros).toBeNull();
});

test('versions that only git knows are listed at the commit that made them', () => {
  const git = (commit: string, at: number, digest: string): GitVersion => ({
    commit,
    at,
    author: 'Ada',
    semanticDigest: digest,
    documentDigest: digest,
  });
  const rows = lineage('ach', session('s1', [loaded(V1), ...verified(V1, TREE, 'pass'), recorded(V1, TREE)]), [
    git('c3', -1, V2),
    git('c2', -2, V1),
    git('c1', -3, V2),
  ]);
  expect(rows.map(({ origin, commit, semanticDigest }) => [origin, commit, semanticDigest])).toEqual([
    ['session', null, V1],
    ['git', 'c1', V2],
  ]);
});

const rows = lineage('ach', [
  ...session('s1', [loaded(V1), ...verified(V1, TREE, 'pass'), recorded(V1, TREE)]),
  ...session('s2', [loaded(V1), ...verified(V1, OTHER_TREE, 'fail'), ended('fail', OTHER_TREE)]),
  ...session('s3', [loaded(V2), ...verified(V2, TREE, 'error'), ended('error', TREE)]),
]);

test.each([
  ['aa11', { kind: 'found', row: { codeTree: TREE } }],
  [V1.toUpperCase(), { kind: 'found', row: { codeTree: TREE } }],
  ['aa11:dddd', { kind: 'found', row: { codeTree: OTHER_TREE } }],
  ['aa22', { kind: 'found', row: { verdict: 'error' } }],
  ['bbbb', { kind: 'unknown' }],
  ['aa1', { kind: 'malformed' }],
  ['HEAD', { kind: 'malformed' }],
  ['aa11:d', { kind: 'malformed' }],
  ['', { kind: 'malformed' }],
])('%j names a version or says why not', (name, found) => {
  expect(findVersion(rows, name)).toMatchObject(found);
});

test('a beginning of several versions is ambiguous', () => {
  const close = [...rows, ...lineage('ach', session('s4', [loaded(`aa11${'f'.repeat(60)}`), ended('fail', TREE)]))];
  expect(findVersion(close, 'aa11')).toMatchObject({
    kind: 'ambiguous',
    message: expect.stringContaining('aa1100000000, aa11ffffffff'),
  });
});

test('only a known-good pair may be gone back to; a refusal names what to do', () => {
  const ask = (to: string) => rollbackTarget({ spec: 'ach/v 1', to, rows });
  expect(ask('aa11')).toMatchObject({
    kind: 'target',
    target: { branch: 'plumb/rollback-ach-v-1-aa1100000000', row: { codeTree: TREE } },
  });
  expect(ask('aa11:dddd')).toMatchObject({ kind: 'refused', message: expect.stringContaining('--to aa1100000000') });
  expect(ask('aa22')).toMatchObject({ kind: 'refused', message: expect.stringContaining('verdict: error') });
  expect(ask('bbbb')).toMatchObject({ kind: 'refused', message: expect.stringContaining('plumb lineage') });
  const git = lineage('ach', [], [{ commit: 'c', at: 1, author: 'Ada', semanticDigest: V1, documentDigest: V1 }]);
  expect(rollbackTarget({ spec: 'ach', to: 'aa11', rows: git })).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('plumb run ach'),
  });
});

const files = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd/e'),
  fc.record({ blob: fc.constantFrom('1', '2'), executable: fc.boolean() }),
  { noNullPrototype: true },
);

test('the planned changes turn what is there into what was there, and nothing else', () => {
  const decision = rollbackTarget({ spec: 'ach', to: 'aa11', rows });
  if (decision.kind !== 'target') throw new Error(decision.message);
  fc.assert(
    fc.property(files, files, (now: Files, then: Files) => {
      const result: Record<string, Files[string]> = { ...now };
      for (const { path, kind } of planRollback(decision.target, { digest: V2, files: now }, then).changes) {
        const file = then[path];
        expect(kind === 'added').toBe(now[path] === undefined);
        if (file === undefined) delete result[path];
        else result[path] = file;
        expect(now[path]).not.toEqual(file);
      }
      expect(result).toEqual(then);
    }),
  );
});
