/** One run: derive the properties, decide each, ride the passive checks along, and write the report. */
import type { Latency, PropertyRef, PropertyResult, VerifyReport } from '../events/index.ts';
import { type Coverage, tokensOf } from '../events/index.ts';
import { counterexampleOf, type Finding } from './counterexample.ts';
import { createCoverageRecorder } from './coverage.ts';
import { decide, type Tried } from './decide.ts';
import { createEngine, type Engine } from './engine.ts';
import { createRunner } from './execute.ts';
import { isSilence, type Keeper, keepSubject } from './keeper.ts';
import { createLatencyRecorder } from './latency.ts';
import { literalsOf } from './literals.ts';
import type { StartSubject, VerifyOptions } from './model.ts';
import { measureObjective, objectiveRef, type ObjectiveResult } from './objective.ts';
import type { Passive } from './passive.ts';
import { propertiesOf } from './properties.ts';
import type { Judgement, Property } from './property.ts';
import type { CreateSchemas } from './schema-port.ts';

export interface RunParts {
  createSchemas: CreateSchemas;
  startSubject: StartSubject;
  seed: number;
  /** Monotonic, in ms. */
  now: () => number;
  /** `2026-11-23`; chooses among dated constants. */
  today: string;
}

const DEFAULT_RUNS = 100;
const TIMEOUT_MS = 5000;
const SHRINK_MS = 3000;
/** Times that an operation may fail to answer before it is asked no more. */
const MAX_SILENCES = 2;

const NO_COVERAGE: Coverage = {
  operations: { covered: 0, total: 0 },
  responses: { covered: 0, total: 0 },
  parameters: { covered: 0, total: 0 },
  keywords: { covered: 0, total: 0 },
  invariants: { covered: 0, total: 0 },
};

/** Runs a verification with the given parts. */
export async function runVerification(options: VerifyOptions, parts: RunParts): Promise<VerifyReport> {
  const { spec, signal } = options;
  const { seed, now } = parts;
  const startedAt = now();
  const schemas = parts.createSchemas(spec.document, { dialect: spec.dialect, literals: literalsOf(spec) });
  let keeper: Keeper | undefined;
  const runner = createRunner({
    send: (request, abort) =>
      keeper?.send(request, abort) ?? Promise.resolve({ kind: 'fault', message: 'no subject', ms: 0 }),
    basePath: spec.basePath,
    timeoutMs: Math.min(TIMEOUT_MS, Math.max(500, (options.timeMs ?? Infinity) / 4)),
    ...(signal === undefined ? {} : { signal }),
  });
  const engine = createEngine({ spec, schemas, runner, seed, runs: options.runs ?? DEFAULT_RUNS, today: parts.today });
  const derived = propertiesOf(engine);
  const wanted = (ref: PropertyRef): boolean => isUnder(ref.clause, options.clauses);
  const passive = derived.passive.filter((one) => wanted(one.ref));
  const carried = new Set(passive.flatMap((one) => one.operations));
  // A conformance property needs cases: those of its operation's acceptance run, whether they were asked for or not.
  const active = derived.active.filter(
    (one) => wanted(one.ref) || (one.ref.kind === 'acceptance' && carried.has(one.ref.operation ?? '')),
  );
  const undecidable = derived.undecidable.filter((one) => wanted(one.ref));
  const objectives =
    options.skipObjectives === true
      ? []
      : spec.operations.flatMap((operation) => {
          const { objective } = operation;
          if (objective === undefined || !wanted(objectiveRef(operation, objective))) return [];
          const acceptance = derived.active.find((one) => one.ref.id === `acceptance ${operation.id}`);
          return [{ operation, objective, acceptance, ref: objectiveRef(operation, objective) }];
        });
  const refs = [
    ...active.filter((one) => wanted(one.ref)).map((one) => one.ref),
    ...passive.map((one) => one.ref),
    ...objectives.map((one) => one.ref),
    ...undecidable.map((one) => one.ref),
  ];
  options.onEvent?.({ type: 'started', seed, properties: refs });

  const results = new Map<string, PropertyResult>();
  const warnings: string[] = [];
  const conclude = (result: PropertyResult): void => {
    if (results.has(result.id)) return;
    results.set(result.id, result);
    if (result.counterexample !== undefined)
      options.onEvent?.({ type: 'counterexample', property: refOf(result), counterexample: result.counterexample });
    options.onEvent?.({ type: 'decided', result });
  };
  for (const one of undecidable) conclude({ ...one.ref, verdict: 'error', cases: 0, reason: one.reason });

  const latency = createLatencyRecorder(now);
  const coverage = createCoverageRecorder(spec);
  let cases = 0;
  const loaded: Record<string, Latency> = {};
  const report = (subject: string): VerifyReport => {
    const durationMs = Math.round(now() - startedAt);
    const properties = refs.flatMap((ref) => results.get(ref.id) ?? []);
    const verdicts = properties.map((one) => one.verdict);
    const keywords = derived.active.filter((one) => one.ref.kind === 'rejection').map((one) => one.ref.id);
    const invariants = engine.rules.all.map((one) => `invariant ${one.invariant.id}`);
    return {
      format: 'plumbline.verify/1',
      spec: { name: spec.name, semanticDigest: spec.semanticDigest, documentDigest: spec.documentDigest },
      subject,
      verdict: verdicts.includes('fail')
        ? 'fail'
        : verdicts.length === 0 || verdicts.includes('error')
          ? 'error'
          : 'pass',
      seed,
      durationMs,
      cases,
      casesPerSecond: Math.round((cases * 1000) / Math.max(1, durationMs)),
      properties,
      coverage: spec.operations.length === 0 ? NO_COVERAGE : coverage.summary(keywords, invariants),
      latency: { ...latency.summary(), ...loaded },
      warnings: [...new Set(warnings)],
    };
  };
  const give = (reason: string): void => {
    for (const ref of refs) conclude({ ...ref, verdict: 'error', cases: 0, reason });
  };
  const title = options.subject.kind === 'url' ? options.subject.url : options.subject.start;
  if (refs.length === 0) {
    warnings.push(
      options.clauses === undefined ? 'the spec has no properties' : 'no property lies under these clauses',
    );
    return report(title);
  }

  const started = await keepSubject(parts.startSubject, options.subject, signal);
  if ('kind' in started) {
    const output = started.output.trim().split('\n').slice(-5).join(' | ');
    give(`${started.message}${output === '' ? '' : `: ${output}`}`);
    return report(title);
  }
  keeper = started;
  const kept = started;
  const stop = (): string | undefined => {
    if (signal?.aborted === true) return 'interrupted';
    if (kept.dead !== undefined) return kept.dead;
    return options.timeMs !== undefined && now() - startedAt > options.timeMs
      ? 'not reached in the time given'
      : undefined;
  };
  const failedPassives = new Map<string, { property: Property; tried: Tried; finding: Finding }>();
  const undecidedPassives = new Map<string, string>();
  const byOperation = Map.groupBy(
    passive.flatMap((one) => one.operations.map((operation) => ({ operation, one }))),
    ({ operation }) => operation,
  );
  const riding = (judgement: Judgement): Set<Passive> =>
    new Set(judgement.sent.flatMap((sent) => (byOperation.get(sent.operation.id) ?? []).map(({ one }) => one)));
  const silences = new Map<string, number>();
  try {
    for (const property of active) {
      const halted = stop();
      if (halted !== undefined) break;
      const mute = property.needs.find((id) => (silences.get(id) ?? 0) >= MAX_SILENCES);
      if (mute !== undefined) {
        if (wanted(property.ref))
          conclude({ ...property.ref, verdict: 'error', cases: 0, reason: `${mute} did not answer in time before` });
        continue;
      }
      const fresh = new Map<string, { property: Property; tried: Tried; finding: Finding }>();
      const decided = await decide({
        engine,
        keeper: kept,
        property,
        stop,
        watch(tried) {
          cases++;
          for (const sent of tried.judgement.sent) {
            coverage.see(sent);
            if (sent.answer.kind === 'answer') latency.record(sent.operation.id, sent.answer.ms);
            else if (isSilence(sent.answer))
              silences.set(sent.operation.id, (silences.get(sent.operation.id) ?? 0) + 1);
          }
          if (property.ref.kind === 'rejection' && tried.judgement.kind !== 'discarded')
            coverage.violated(property.ref.id);
          if (property.ref.kind === 'invariant' && tried.judgement.kind !== 'discarded')
            coverage.applied(property.ref.id);
          for (const one of riding(tried.judgement)) {
            const found = passiveFinding(one, tried.judgement);
            if (found === undefined) continue;
            if ('reason' in found) undecidedPassives.set(one.ref.id, found.reason);
            else if (!failedPassives.has(one.ref.id) && tried.index < (fresh.get(one.ref.id)?.tried.index ?? Infinity))
              fresh.set(one.ref.id, { property, tried, finding: found });
          }
        },
        progress(count) {
          if (count % 25 !== 0 && count !== property.runs) return;
          const casesPerSecond = Math.round((cases * 1000) / Math.max(1, now() - startedAt));
          options.onEvent?.({
            type: 'progress',
            property: property.ref.id,
            cases: count,
            total: property.runs,
            casesPerSecond,
          });
        },
      });
      for (const [id, found] of fresh) {
        failedPassives.set(id, found);
        const one = passive.find((candidate) => candidate.ref.id === id);
        if (one === undefined) continue;
        const counterexample = await counterexampleOf({
          engine,
          property,
          title: id,
          tried: found.tried,
          finding: found.finding,
          baseUrl: kept.subject.baseUrl,
          renew: () => kept.renew(),
          timeMs: SHRINK_MS,
          async fails(scenario) {
            if (stop() !== undefined) return undefined;
            const again = passiveFinding(one, await property.judge(scenario));
            return again === undefined || 'reason' in again ? undefined : again;
          },
        });
        conclude({ ...one.ref, verdict: 'fail', cases: one.seen, counterexample });
      }
      if (!wanted(property.ref)) continue;
      const { failed } = decided;
      const finding = failed === undefined ? undefined : activeFinding(failed.judgement);
      if (failed !== undefined && finding !== undefined) {
        const counterexample = await counterexampleOf({
          engine,
          property,
          title: property.ref.id,
          tried: failed,
          finding,
          baseUrl: kept.subject.baseUrl,
          renew: () => kept.renew(),
          timeMs: SHRINK_MS,
          fails: async (scenario) => (stop() === undefined ? activeFinding(await property.judge(scenario)) : undefined),
        });
        conclude({ ...property.ref, verdict: 'fail', cases: decided.cases, counterexample });
      } else if (decided.undecided?.judgement.kind === 'undecided')
        conclude({
          ...property.ref,
          verdict: 'error',
          cases: decided.cases,
          reason: decided.undecided.judgement.reason,
        });
      else if (decided.stopped !== undefined)
        conclude({ ...property.ref, verdict: 'error', cases: decided.cases, reason: decided.stopped });
      else if (decided.cases === 0)
        conclude({
          ...property.ref,
          verdict: 'error',
          cases: 0,
          reason: `no case could be made: ${decided.discarded[0]?.reason ?? 'none was drawn'}`,
        });
      else {
        const last = property.conclude?.() ?? {};
        warnings.push(...(last.warnings ?? []));
        const reason = last.reason ?? neverAccepted(engine, property, coverage.answers);
        if (reason === undefined) conclude({ ...property.ref, verdict: 'pass', cases: decided.cases });
        else conclude({ ...property.ref, verdict: 'error', cases: decided.cases, reason });
      }
    }
    for (const { operation, objective, acceptance, ref } of objectives) {
      if (stop() !== undefined) break;
      if (acceptance === undefined || results.get(acceptance.ref.id)?.verdict === 'error') {
        conclude({ ...ref, verdict: 'error', cases: 0, reason: 'no call of the operation succeeds' });
        continue;
      }
      const result = await measureObjective(engine, operation, objective, acceptance, stop);
      loaded[operation.id] = result.latency;
      cases += result.samples;
      conclude(decidedObjective(result, objective.p99Ms, seed));
    }
    const halted = stop();
    for (const one of passive) {
      if (one.seen > 0 && one.ref.kind === 'invariant') coverage.applied(one.ref.id);
      const reason =
        undecidedPassives.get(one.ref.id) ??
        halted ??
        (one.seen === 0 ? 'it was never seen: no answer contained it' : undefined);
      if (reason === undefined) conclude({ ...one.ref, verdict: 'pass', cases: one.seen });
      else conclude({ ...one.ref, verdict: 'error', cases: one.seen, reason });
    }
    give(halted ?? 'not reached');
  } finally {
    await kept.stop();
  }
  return report(kept.subject.title);
}

function refOf({ id, clause, kind, operation }: PropertyResult): PropertyRef {
  return { id, clause, kind, ...(operation === undefined ? {} : { operation }) };
}

function isUnder(clause: string, wanted: string[] | undefined): boolean {
  if (wanted === undefined) return true;
  const tokens = tokensOf(clause);
  return wanted.some((one) => tokensOf(one).every((token, index) => tokens[index] === token));
}

function activeFinding(judgement: Judgement): Finding | undefined {
  if (judgement.kind !== 'failed') return undefined;
  const { kind: _, shown, statusOnly, ...finding } = judgement;
  return { ...finding, shown: shown ?? [finding.focus], under: '', statusOnly: statusOnly ?? false };
}

function passiveFinding(passive: Passive, judgement: Judgement): Finding | { reason: string } | undefined {
  for (const [focus, sent] of judgement.sent.entries()) {
    const found = passive.check(sent);
    if (found === undefined) continue;
    if (found.kind === 'undecided') return { reason: found.reason };
    const { actual, expected } = found;
    return {
      sent: judgement.sent,
      actual,
      expected,
      focus,
      shown: [focus],
      under: found.instancePath,
      statusOnly: found.statusOnly ?? false,
      ...(found.check === undefined ? {} : { check: found.check }),
    };
  }
  return undefined;
}

/** A missed objective has no input to blame; its counterexample is the measurement. */
function decidedObjective(result: ObjectiveResult, p99Ms: number, seed: number): PropertyResult {
  const { ref, verdict, reason, samples, latency } = result;
  if (verdict === 'error') return { ...ref, verdict, cases: samples, reason };
  if (verdict === 'pass') return { ...ref, verdict, cases: samples };
  const actual = `p99 ${latency.p99Ms} ms over ${samples} calls at ${latency.ratePerSecond}/s`;
  const counterexample = {
    seed,
    path: '0',
    shrinks: 0,
    input: { ratePerSecond: latency.ratePerSecond, calls: samples },
    actual,
    expected: `p99 of at most ${p99Ms} ms`,
    reproducer: `# ${ref.operation ?? ''}: ${actual}\nplumb verify SPEC --seed ${seed} --clause '${ref.clause}'\n`,
    exchanges: [],
    reproducible: true,
  };
  return { ...ref, verdict, cases: samples, counterexample };
}

/** Why an acceptance without a failure still says nothing: no valid call ever succeeded. */
function neverAccepted(
  engine: Engine,
  property: Property,
  answers: ReadonlyMap<string, ReadonlyMap<number, number>>,
): string | undefined {
  if (property.ref.kind !== 'acceptance') return undefined;
  const operation = engine.spec.operations.find((one) => one.id === property.ref.operation);
  const statuses = [...(answers.get(operation?.id ?? '') ?? [])].toSorted((a, b) => b[1] - a[1]);
  if (statuses.some(([status]) => status < 400)) return undefined;
  const total = statuses.reduce((sum, [, count]) => sum + count, 0);
  const [most] = statuses;
  const seen = most === undefined ? 'it was never answered' : `most often ${most[0]} (${most[1]} of ${total})`;
  return `${operation?.id ?? ''} never answered a valid call with success: ${seen}`;
}
