import type { PropertyResult, Recorder, VerifyReport } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';
import type { VerifyEvent } from '../verify/model.ts';
import { shortId } from './short-id.ts';

/** What is verified: a spec against the code of one tree. */
export interface VerificationOf {
  spec: Pick<Spec, 'semanticDigest'>;
  /** Hash of the code tree. */
  tree: string;
  round: number;
  /** Where only these clauses are asked for. */
  clauses?: string[];
}

/**
 * Runs a verification and records it as facts: started, one decision per property, counterexamples, finished. `run` gets
 * the listener to hand to the engine. A property that the engine reported without telling is recorded at the end, so
 * that the log always holds the whole verdict. When `run` throws, the verification is recorded as `error` first.
 */
export async function recordVerification(
  recorder: Recorder,
  of: VerificationOf,
  run: (onEvent: (event: VerifyEvent) => void) => Promise<VerifyReport>,
): Promise<VerifyReport> {
  const verification = shortId('verification');
  const decided = new Set<string>();
  const shown = new Set<string>();
  let started = false;

  const start = (seed: number, properties: Pick<PropertyResult, 'id' | 'clause' | 'kind' | 'operation'>[]): void => {
    if (started) return;
    started = true;
    recorder.append({
      type: 'verificationStarted',
      verification,
      round: of.round,
      semanticDigest: of.spec.semanticDigest,
      tree: of.tree,
      seed,
      properties: properties.map(reference),
      ...(of.clauses === undefined ? {} : { clauses: of.clauses }),
    });
  };
  const decide = (result: PropertyResult): void => {
    if (decided.has(result.id)) return;
    decided.add(result.id);
    if (result.counterexample !== undefined && !shown.has(result.id)) {
      shown.add(result.id);
      const { counterexample } = result;
      recorder.append({ type: 'counterexampleFound', verification, property: reference(result), counterexample });
    }
    recorder.append({
      type: 'propertyDecided',
      verification,
      property: reference(result),
      verdict: result.verdict,
      cases: result.cases,
      ...(result.reason === undefined ? {} : { reason: result.reason }),
    });
  };
  const listen = (event: VerifyEvent): void => {
    switch (event.type) {
      case 'started':
        return start(event.seed, event.properties);
      case 'progress':
        return recorder.live({ ...event, type: 'verifyProgress' });
      case 'decided':
        return decide(event.result);
      case 'counterexample': {
        if (shown.has(event.property.id)) return;
        shown.add(event.property.id);
        const { counterexample } = event;
        const property = reference(event.property);
        recorder.append({ type: 'counterexampleFound', verification, property, counterexample });
      }
    }
  };

  let report: VerifyReport;
  try {
    report = await run(listen);
  } catch (error) {
    start(0, []);
    const message = error instanceof Error ? error.message : String(error);
    recorder.append(finished(verification, 'error', undecided(`the verification broke off: ${message}`)));
    throw error;
  }
  start(report.seed, report.properties);
  for (const result of report.properties) decide(result);
  recorder.append(finished(verification, report.verdict, report));
  return report;
}

function reference(property: Pick<PropertyResult, 'id' | 'clause' | 'kind' | 'operation'>) {
  const { id, clause, kind, operation } = property;
  return { id, clause, kind, ...(operation === undefined ? {} : { operation }) };
}

type Figures = Pick<VerifyReport, 'cases' | 'casesPerSecond' | 'durationMs' | 'coverage' | 'latency' | 'warnings'>;

function finished(verification: string, verdict: VerifyReport['verdict'], figures: Figures) {
  const { cases, casesPerSecond, durationMs, coverage, latency, warnings } = figures;
  return {
    type: 'verificationFinished' as const,
    verification,
    verdict,
    cases,
    casesPerSecond,
    durationMs,
    coverage,
    latency,
    warnings,
  };
}

function undecided(warning: string): Figures {
  const none = { covered: 0, total: 0 };
  return {
    cases: 0,
    casesPerSecond: 0,
    durationMs: 0,
    coverage: { operations: none, responses: none, parameters: none, keywords: none, invariants: none },
    latency: {},
    warnings: [warning],
  };
}
