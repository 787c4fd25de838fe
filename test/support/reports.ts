import type { PropertyResult, Verdict, VerifyReport } from '../../src/events/index.ts';

/** A verdict on the named properties; each is a `conformance` property of the clause `#/ID`. */
export function reportOf(properties: Record<string, Verdict>, semanticDigest = 'a'.repeat(64)): VerifyReport {
  const results = Object.entries(properties).map(([id, verdict]) => propertyOf(id, verdict));
  const verdicts = Object.values(properties);
  const verdict = verdicts.includes('fail')
    ? 'fail'
    : verdicts.includes('error') || !verdicts.length
      ? 'error'
      : 'pass';
  const share = { covered: 1, total: 1 };
  return {
    format: 'plumbline.verify/1',
    spec: { name: 'example', semanticDigest, documentDigest: 'b'.repeat(64) },
    subject: '',
    verdict,
    seed: 1,
    durationMs: 5,
    cases: 10 * results.length,
    casesPerSecond: 2000,
    properties: results,
    coverage: { operations: share, responses: share, parameters: share, keywords: share, invariants: share },
    latency: {},
    warnings: [],
  };
}

function propertyOf(id: string, verdict: Verdict): PropertyResult {
  const property: PropertyResult = { id, clause: `#/${id}`, kind: 'conformance', verdict, cases: 10 };
  if (verdict === 'error') return { ...property, reason: 'no answer' };
  if (verdict === 'pass') return property;
  const counterexample = {
    seed: 1,
    path: '0',
    shrinks: 2,
    input: { id },
    actual: `${id} answered 500`,
    expected: '200',
    reproducer: `curl -s "$BASE/${id}"`,
    exchanges: [],
    reproducible: true,
  };
  return { ...property, counterexample };
}
