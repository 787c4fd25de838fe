/** The report of a verification that could not even begin. */
import type { VerifyReport } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';

/** Says `error`, with the reason as its only warning. */
export function undecidedReport(spec: Spec, subject: string, seed: number, reason: string): VerifyReport {
  const none = { covered: 0, total: 0 };
  return {
    format: 'plumbline.verify/1',
    spec: { name: spec.name, semanticDigest: spec.semanticDigest, documentDigest: spec.documentDigest },
    subject,
    verdict: 'error',
    seed,
    durationMs: 0,
    cases: 0,
    casesPerSecond: 0,
    properties: [],
    coverage: { operations: none, responses: none, parameters: none, keywords: none, invariants: none },
    latency: {},
    warnings: [reason],
  };
}
