/** One run on a GraphQL contract: derive the properties, decide each, let the passive ones ride along, and report. */
import type { PropertyRef, PropertyResult, Verdict, VerifyReport } from '../../events/index.ts';
import { askedBy } from '../asked.ts';
import { createLatencyRecorder } from '../measure/latency.ts';
import type { VerifyOptions } from '../model.ts';
import { emptyShard, portionOf } from '../run/portion.ts';
import type { Trace } from '../run/run.ts';
import type { CreateSchemas } from '../schema-port.ts';
import { titleOf } from '../subject-title.ts';
import { undecidedReport } from '../undecided.ts';
import { HOW_TO_AUTHORISE } from './authorization.ts';
import type { GraphAnswer, GraphRequest } from './call.ts';
import { INTROSPECTION } from './checks/introspection.ts';
import { servedResult } from './checks/served.ts';
import { graphCoverageOf } from './coverage.ts';
import { createGraphEngine } from './engine.ts';
import { measureGraphObjective, objectivesOf } from './objective.ts';
import { graphPropertiesOf } from './properties.ts';
import { type Course, runProperty } from './property-run.ts';
import type { Reach } from './reproducer.ts';
import type { GraphSubject, StartedGraph } from './subject.ts';
import { createTally } from './tally.ts';
import { transportWarnings } from './transport.ts';
import { DEFAULT_RUNS } from '../default-runs.ts';

export interface GraphParts {
  createSchemas: CreateSchemas;
  start: () => Promise<StartedGraph>;
  reach: (subject: GraphSubject) => Reach;
  seed: number;
  /** Monotonic, in ms. */
  now: () => number;
  today: string;
  /** Told which properties the calls were for that were made since it was last told. */
  trace?: Trace;
}

/** What the load of an objective is worth beside ordinary cases. */
const OBJECTIVE_COST = 5000;
/** Mutations after which a subject is renewed, so that lists do not grow without end. */
const RENEW_AFTER = 150;
const FRESH_AFTER = 30;
const PROGRESS_EVERY = 50;
const MAX_DRIFT = 20;

/** Runs a verification of a GraphQL contract with the given parts. */
export async function runGraph(options: VerifyOptions, parts: GraphParts): Promise<VerifyReport> {
  const { spec, onEvent, shard } = options;
  const { seed, now } = parts;
  const startedAt = now();
  let subject: GraphSubject | undefined;
  let mutations = 0;
  const execute = async (request: GraphRequest): Promise<GraphAnswer> => {
    if (request.query.startsWith('mutation')) mutations++;
    return subject?.execute(request) ?? { kind: 'fault', message: 'no subject', ms: 0 };
  };
  const { createSchemas, today } = parts;
  const runs = options.runs ?? DEFAULT_RUNS.overHttp;
  const { literals = [] } = options;
  const engine = createGraphEngine({ spec, createSchemas, seed, runs, today, literals, execute });
  const warnings = new Set<string>();
  const warn = (text: string): void => void warnings.add(text);
  const { active, passive, undecidable } = graphPropertiesOf(engine, warn);
  const objectives = options.skipObjectives === true ? [] : objectivesOf(engine);
  const introspection: PropertyRef = { id: 'security introspection', clause: '#', kind: 'security' };
  const asked = askedBy(spec, options.clauses);
  const every = [...active, ...passive, ...undecidable, { ref: introspection }, ...objectives]
    .map(({ ref }) => ref)
    .filter(asked);
  const costs = new Map([
    ...active.map(({ ref, runs: cases }) => [ref.id, cases] as const),
    ...objectives.map(({ ref }) => [ref.id, OBJECTIVE_COST] as const),
  ]);
  const isRiding = new Set(passive.map(({ ref }) => ref.id));
  const mine = portionOf({
    pieces: every.filter(({ id }) => !isRiding.has(id)).map(({ id }) => ({ id, cost: costs.get(id) ?? 0 })),
    riding: passive
      .filter(({ ref }) => asked(ref))
      .map(({ ref }) => ({ ref, carriers: ref.operation === undefined ? [] : [`acceptance ${ref.operation}`] })),
    shard,
  });
  const wanted = (ref: PropertyRef): boolean => asked(ref) && mine(ref);
  let refs = every.filter(wanted);
  const tally = createTally(asked, wanted, onEvent);
  // What its turn may show to be nothing is told of when it is decided.
  const open = new Set(active.filter(({ moot }) => moot !== undefined).map(({ ref }) => ref));
  const dropped = new Set<PropertyRef>();
  onEvent?.({ type: 'started', seed, properties: refs.filter((ref) => !open.has(ref)) });
  for (const { ref, reason } of undecidable) tally.conclude({ ...ref, verdict: 'error', cases: 0, reason });
  for (const { what, reason } of spec.notCovered) warn(`${what} is not covered: ${reason}`);
  const title = titleOf(options.subject);
  if (refs.length === 0) {
    const isSpent = shard !== undefined && every.length > 0;
    const reason = isSpent ? emptyShard(shard, every.length) : 'no property lies under these clauses';
    return undecidedReport(spec, title, seed, reason);
  }

  const started = await parts.start();
  if (started.kind === 'fault') {
    const output = started.output.trim().split('\n').slice(-5).join(' | ');
    return undecidedReport(spec, title, seed, `${started.message}${output === '' ? '' : `: ${output}`}`);
  }
  subject = started.subject;
  const running = started.subject;
  let cases = 0;
  const rate = (): number => Math.round((cases * 1000) / Math.max(1, now() - startedAt));
  const deadline = options.timeMs === undefined ? Infinity : startedAt + options.timeMs;
  const course: Course = {
    engine,
    tally,
    coverage: graphCoverageOf(engine),
    latency: createLatencyRecorder(now),
    riders: passive.filter(({ ref }) => asked(ref)),
    later: new Map(),
    explained: 0,
    past: [],
    inFlight: running.inFlight,
    generation: () => running.generation,
    reach: parts.reach(running),
    warn,
    stop() {
      if (options.signal?.aborted === true) return 'interrupted';
      if (running.dead !== undefined) return running.dead;
      return now() > deadline ? 'not reached in the time given' : undefined;
    },
    async renew() {
      const done = await running.renew();
      if (done) {
        mutations = 0;
        course.past = [];
        await parts.trace?.renewed();
      }
      return done;
    },
    count(property, index) {
      if (++cases % PROGRESS_EVERY !== 0) return;
      const { ref, runs: total } = property;
      onEvent?.({ type: 'progress', property: ref.id, cases: index + 1, total, casesPerSecond: rate() });
    },
  };
  const { coverage, latency, stop } = course;
  const ridden = passive.filter(({ ref }) => wanted(ref));
  const carries = ({ kind, operation }: PropertyRef): boolean =>
    kind === 'acceptance' && ridden.some(({ ref }) => ref.operation === undefined || ref.operation === operation);

  try {
    const introspected = await execute(INTROSPECTION);
    const status = introspected.kind === 'answer' ? introspected.status : undefined;
    if (status === 401 || status === 403) warn(`the service answers with status ${status}: ${HOW_TO_AUTHORISE}`);
    const served = servedResult(engine, introspection, introspected, course.reach);
    if (served.kind === 'refused') {
      warn(`the served schema is not compared with the contract, as introspection is refused: ${served.reason}`);
      refs = refs.filter((ref) => ref !== introspection);
    } else {
      for (const text of served.drift.slice(0, MAX_DRIFT)) warn(`drift: ${text}`);
      tally.conclude(served.result);
    }
    for (const property of active) {
      if (stop() !== undefined) break;
      // What is not asked for runs only for what rides along with it.
      if (!wanted(property.ref) && !carries(property.ref)) continue;
      if (property.moot?.() !== undefined) {
        dropped.add(property.ref);
        continue;
      }
      if (mutations > (property.fresh === true ? FRESH_AFTER : RENEW_AFTER)) await course.renew();
      await runProperty(course, property);
      const along = ridden.filter(({ ref }) => ref.operation !== undefined && ref.operation === property.ref.operation);
      await parts.trace?.after([property.ref, ...along.map(({ ref }) => ref)]);
    }
    for (const [rider, { conclude }] of course.later) if (!tally.isConcluded(rider.ref)) await conclude();
    await parts.trace?.halt();
    for (const { ref, root, objective } of objectives) {
      if (!wanted(ref) || stop() !== undefined) continue;
      const acceptance = active.find((one) => one.ref.id === `acceptance ${root.id}`);
      tally.conclude(await measureGraphObjective({ engine, ref, objective, acceptance, latency, stop }));
    }
    if (running.post !== undefined && running.dead === undefined)
      for (const text of await transportWarnings(running, engine.contract)) warn(text);
  } finally {
    await running.stop();
  }
  const halted = stop();
  tally.concludeRiders(passive, halted);
  for (const rider of passive)
    if (rider.ref.kind === 'invariant' && tally.applied(rider) > 0) coverage.applied(rider.ref.id);
  refs = refs.filter((ref) => !dropped.has(ref));
  for (const ref of refs) tally.conclude({ ...ref, verdict: 'error', cases: 0, reason: halted ?? 'not reached' });
  const missed = options.clauses === undefined ? coverage.unselected() : [];
  if (missed.length > 0) warn(`${missed.length} fields were never answered: ${missed.slice(0, 8).join(', ')}`);
  const told = every.filter((ref) => refs.includes(ref) || tally.resultOf(ref)?.verdict === 'fail');
  const properties = told.flatMap((ref) => tally.resultOf(ref) ?? []);
  return {
    format: 'plumbline.verify/1',
    spec: { name: spec.name, semanticDigest: spec.semanticDigest, documentDigest: spec.documentDigest },
    subject: running.title,
    verdict: verdictOf(properties),
    seed,
    ...(shard === undefined ? {} : { shard: { ...shard, properties: every.length } }),
    durationMs: Math.max(1, Math.round(now() - startedAt)),
    cases,
    casesPerSecond: rate(),
    properties,
    coverage: coverage.summary(
      active.filter(({ ref }) => ref.kind === 'rejection' && !dropped.has(ref)).map(({ ref }) => ref.id),
      engine.rules.all.map(({ invariant }) => `invariant ${invariant.id}`),
    ),
    latency: latency.summary(),
    warnings: [...warnings],
  };
}

function verdictOf(properties: readonly PropertyResult[]): Verdict {
  const verdicts = new Set(properties.map(({ verdict }) => verdict));
  if (verdicts.has('fail')) return 'fail';
  return verdicts.size === 0 || verdicts.has('error') ? 'error' : 'pass';
}
