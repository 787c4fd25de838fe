/** Collects what was decided, tells it as it comes, and writes the report. */
import type { Latency, PropertyRef, PropertyResult, Verdict, VerifyReport } from '../../events/index.ts';
import type { CoverageRecorder } from '../measure/coverage.ts';
import type { Engine } from './engine.ts';
import type { LatencyRecorder } from '../measure/latency.ts';
import type { VerifyOptions } from '../model.ts';
import type { NotCovered } from '../../spec/model.ts';
import type { Property } from '../checks/property.ts';

export interface Report {
  /** Takes a result; the first one of a property counts. */
  conclude(result: PropertyResult): void;
  /** Takes a property out: its turn has shown that there is nothing to check. */
  drop(id: string): void;
  /** Gives all that is not decided yet the verdict `error`. */
  giveUp(reason: string): void;
  resultOf(id: string): PropertyResult | undefined;
  warn(warnings: string[]): void;
  /** Something that was asked for is not checked by any property: a warning, and what passes is undecided instead. */
  incomplete(reason: string): void;
  /** Latency of an operation under its objective's load; takes the place of that of ordinary cases. */
  measured(operation: string, latency: Latency): void;
  /** The first case is about to run, and the last has run: the rate is that of the time between. */
  begin(): void;
  end(): void;
  /** Adds requests of cases that ran, also of those that said nothing. */
  count(requests: number): void;
  /** Adds calls that an objective's load made, at a rate that is not ours. */
  loaded(calls: number): void;
  casesPerSecond(): number;
  written(subject: string): VerifyReport;
}

export interface ReportOptions {
  engine: { spec: Engine['spec']; seed: number; rules: Pick<Engine['rules'], 'all'> };
  /** What was asked for, in the order of the report. */
  refs: PropertyRef[];
  /** All properties that draw cases, for the coverage of keywords. */
  active: Pick<Property, 'ref'>[];
  onEvent: VerifyOptions['onEvent'];
  coverage: Pick<CoverageRecorder, 'summary'>;
  latency: Pick<LatencyRecorder, 'summary'>;
  now: () => number;
  startedAt: number;
  shard?: VerifyReport['shard'];
}

/** Starts an empty report. */
export function createReport(options: ReportOptions): Report {
  const { engine, refs, onEvent, now, startedAt } = options;
  const { spec, seed } = engine;
  const results = new Map<string, PropertyResult>();
  const loaded: Record<string, Latency> = {};
  const warnings = new Set<string>();
  const dropped = new Set<string>();
  let cases = 0;
  let calls = 0;
  let begunAt = startedAt;
  let endedAt: number | undefined;
  let complete = true;
  const elapsedMs = (): number => Math.max(1, Math.round(now() - startedAt));
  const report: Report = {
    conclude(result) {
      if (results.has(result.id) || dropped.has(result.id)) return;
      results.set(result.id, result);
      if (result.counterexample !== undefined)
        onEvent?.({ type: 'counterexample', property: refOf(result), counterexample: result.counterexample });
      onEvent?.({ type: 'decided', result });
    },
    drop: (id) => void dropped.add(id),
    giveUp(reason) {
      for (const ref of refs) report.conclude({ ...ref, verdict: 'error', cases: 0, reason });
    },
    resultOf: (id) => results.get(id),
    warn(added) {
      for (const warning of added) warnings.add(warning);
    },
    incomplete(reason) {
      complete = false;
      warnings.add(reason);
    },
    measured(operation, latency) {
      loaded[operation] = latency;
    },
    count(added) {
      cases += added;
    },
    begin() {
      begunAt = now();
    },
    end() {
      endedAt = now();
    },
    loaded(added) {
      calls += added;
    },
    casesPerSecond: () => Math.round((cases * 1000) / Math.max(1, (endedAt ?? now()) - begunAt)),
    written(subject) {
      // A failing check that another shard answers for is told here, too, as only this one has seen it fail.
      const asked = new Set(refs.map((ref) => ref.id));
      const others = [...results.values()].filter(({ id }) => !asked.has(id));
      const properties = [...refs.flatMap((ref) => results.get(ref.id) ?? []), ...others];
      const rejections = options.active
        .map((one) => one.ref)
        .filter((ref) => ref.kind === 'rejection' && !dropped.has(ref.id));
      const { coverage, map, cut = [] } = options.coverage.summary(rejections);
      return {
        format: 'plumbline.verify/1',
        spec: { name: spec.name, semanticDigest: spec.semanticDigest, documentDigest: spec.documentDigest },
        subject,
        verdict: verdictOf(properties, complete),
        seed,
        ...(options.shard === undefined ? {} : { shard: options.shard }),
        durationMs: elapsedMs(),
        cases: cases + calls,
        casesPerSecond: report.casesPerSecond(),
        properties,
        coverage,
        coverageMap: map,
        latency: { ...options.latency.summary(), ...loaded },
        warnings: [...warnings, ...cut, ...notCoveredText(spec.notCovered)],
        ...(spec.notCovered.length === 0 ? {} : { notCovered: spec.notCovered }),
      };
    },
  };
  return report;
}

const MOST_NAMED = 3;

function notCoveredText(notCovered: NotCovered[]): string[] {
  if (notCovered.length === 0) return [];
  const named = notCovered.slice(0, MOST_NAMED).map(({ what }) => what);
  const more = notCovered.length > MOST_NAMED ? `, and ${notCovered.length - MOST_NAMED} more` : '';
  return [`not covered, as no property is about it: ${named.join(', ')}${more}`];
}

/** One failure fails; else one that is undecided or missing, or nothing at all, is an error. */
function verdictOf(properties: PropertyResult[], complete: boolean): Verdict {
  const verdicts = new Set(properties.map((one) => one.verdict));
  if (verdicts.has('fail')) return 'fail';
  return !complete || verdicts.size === 0 || verdicts.has('error') ? 'error' : 'pass';
}

function refOf({ id, clause, kind, operation }: PropertyResult): PropertyRef {
  return { id, clause, kind, ...(operation === undefined ? {} : { operation }) };
}
