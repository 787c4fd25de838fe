/** One run on a GraphQL contract: derive the properties, decide each, let the passive ones ride along, and report. */
import {
  type Counterexample,
  type PropertyRef,
  type PropertyResult,
  tokensOf,
  type Verdict,
  type VerifyReport,
} from '../../events/index.ts';
import { createLatencyRecorder } from '../measure/latency.ts';
import type { VerifyOptions } from '../model.ts';
import { drawValue } from '../draw.ts';
import { shrink } from '../run/shrink.ts';
import type { CreateSchemas } from '../schema-port.ts';
import { undecidedReport } from '../undecided.ts';
import type { Case, GraphAnswer, GraphRequest, Sent } from './call.ts';
import { introspected, INTROSPECTION } from './checks/introspection.ts';
import type { Fault, Judgement, Passive, Property } from './checks/property.ts';
import { graphCoverageOf } from './coverage.ts';
import { decideGraph, type Tried } from './decide.ts';
import { createGraphEngine, type GraphEngine } from './engine.ts';
import { measureGraphObjective } from './objective.ts';
import { graphPropertiesOf } from './properties.ts';
import { type Reach, scriptOf } from './reproducer.ts';
import type { GraphSubject, StartedGraph } from './subject.ts';
import { transportWarnings } from './transport.ts';

export interface GraphParts {
  createSchemas: CreateSchemas;
  start: () => Promise<StartedGraph>;
  reach: (subject: GraphSubject) => Reach;
  seed: number;
  /** Monotonic, in ms. */
  now: () => number;
  today: string;
}

const DEFAULT_RUNS = 100;
const SHRINK_ATTEMPTS = 300;
const SHRINK_MS = 3000;
/** Mutations after which a subject is renewed, so that lists do not grow without end. */
const RENEW_AFTER = 150;
const FRESH_AFTER = 30;
/** Cases that are tried on a fresh subject where a failure hangs on what others left behind. */
const ALONE = 20;

/** Runs a verification of a GraphQL contract with the given parts. */
export async function runGraph(options: VerifyOptions, parts: GraphParts): Promise<VerifyReport> {
  const { spec, onEvent } = options;
  const { seed, now } = parts;
  const startedAt = now();
  let subject: GraphSubject | undefined;
  let mutations = 0;
  const latency = createLatencyRecorder(now);
  const execute = async (request: GraphRequest): Promise<GraphAnswer> => {
    if (request.query.startsWith('mutation')) mutations++;
    return subject?.execute(request) ?? { kind: 'fault', message: 'no subject', ms: 0 };
  };
  const engine = createGraphEngine({
    spec,
    createSchemas: parts.createSchemas,
    seed,
    runs: options.runs ?? DEFAULT_RUNS,
    today: parts.today,
    execute,
  });
  const warnings = new Set<string>();
  const { active, passive, undecidable } = graphPropertiesOf(engine, (text) => warnings.add(text));
  const objectives = options.skipObjectives === true ? [] : objectivesOf(engine);
  const introspection: PropertyRef = { id: 'security introspection', clause: '#', kind: 'security' };
  const wanted = (ref: PropertyRef): boolean => isUnder(ref.clause, options.clauses);
  const refs = [
    ...active.map(({ ref }) => ref),
    ...passive.map(({ ref }) => ref),
    ...undecidable.map(({ ref }) => ref),
    introspection,
    ...objectives.map(({ ref }) => ref),
  ].filter(wanted);
  const results = new Map<string, PropertyResult>();
  const conclude = (result: PropertyResult): void => {
    if (results.has(result.id) || !wanted(result)) return;
    results.set(result.id, result);
    const { id, clause, kind, operation } = result;
    const property = { id, clause, kind, ...(operation === undefined ? {} : { operation }) };
    if (result.counterexample !== undefined)
      onEvent?.({ type: 'counterexample', property, counterexample: result.counterexample });
    onEvent?.({ type: 'decided', result });
  };
  onEvent?.({ type: 'started', seed, properties: refs });
  for (const { ref, reason } of undecidable) conclude({ ...ref, verdict: 'error', cases: 0, reason });
  for (const { what, reason } of spec.notCovered) warnings.add(`${what} is not covered: ${reason}`);
  if (refs.length === 0) return undecidedReport(spec, titleOf(options), seed, 'no property lies under these clauses');

  const started = await parts.start();
  if (started.kind === 'fault') {
    const output = started.output.trim().split('\n').slice(-5).join(' | ');
    return undecidedReport(spec, titleOf(options), seed, `${started.message}${output === '' ? '' : `: ${output}`}`);
  }
  subject = started.subject;
  const running = started.subject;
  const coverage = graphCoverageOf(engine);
  const applied = new Map<Passive, number>();
  const doubts = new Map<Passive, string>();
  let cases = 0;
  const rate = (): number => Math.round((cases * 1000) / Math.max(1, now() - startedAt));
  const deadline = options.timeMs === undefined ? Infinity : startedAt + options.timeMs;
  const stop = (): string | undefined => {
    if (options.signal?.aborted === true) return 'interrupted';
    if (running.dead !== undefined) return running.dead;
    return now() > deadline ? 'not reached in the time given' : undefined;
  };
  const reach = parts.reach(running);
  const renew = async (): Promise<boolean> => {
    const done = await running.renew();
    if (done) mutations = 0;
    return done;
  };

  try {
    const answer = await execute(INTROSPECTION);
    concludeIntrospection(engine, introspection, answer, reach, seed, warnings, conclude, (ref) => {
      const place = refs.indexOf(ref);
      if (place >= 0) refs.splice(place, 1);
    });
    const riders = passive.filter(({ ref }) => wanted(ref));
    for (const property of active) {
      if (stop() !== undefined) break;
      // What is not asked for runs only for what rides along with it.
      if (!wanted(property.ref) && (riders.length === 0 || property.ref.kind !== 'acceptance')) continue;
      if (mutations > (property.fresh === true ? FRESH_AFTER : RENEW_AFTER)) await renew();
      const found = new Map<Passive, { tried: Tried; fault: Fault }>();
      const decided = await decideGraph({
        property,
        seed,
        inFlight: running.inFlight,
        stop,
        watch(tried) {
          cases++;
          if (cases % 50 === 0)
            onEvent?.({
              type: 'progress',
              property: property.ref.id,
              cases: tried.index + 1,
              total: property.runs,
              casesPerSecond: rate(),
            });
          const { sent } = tried.judgement;
          for (const [index, one] of sent.entries()) {
            if (one.answer.kind === 'answer' && one.index >= 0) latency.record(one.step.root.id, one.answer.ms);
            coverage.see(one);
            for (const rider of riders) {
              const { seen, fault, doubt } = rider.look(one, index);
              applied.set(rider, (applied.get(rider) ?? 0) + seen);
              if (doubt !== undefined) doubts.set(rider, doubt);
              if (fault !== undefined && !results.has(rider.ref.id) && !found.has(rider))
                found.set(rider, { tried, fault });
            }
          }
          if (property.ref.kind === 'rejection' && tried.judgement.kind !== 'discarded')
            coverage.violated(property.ref.id);
        },
      });
      const explain = (
        ref: PropertyRef,
        tried: Tried,
        finding: Finding,
        again: (drawn: Case) => Promise<Finding | undefined>,
      ): Promise<Counterexample> =>
        counterexampleOf({
          engine,
          property,
          ref,
          tried,
          finding,
          reach,
          renew,
          again: async (drawn) => (stop() === undefined ? again(drawn) : undefined),
        });
      for (const [rider, { tried, fault }] of found) {
        const again = async (drawn: Case): Promise<Finding | undefined> => {
          const { sent } = await property.judge(drawn);
          const other = sent.map((one, index) => rider.look(one, index).fault).find((one) => one !== undefined);
          return other === undefined ? undefined : { fault: other, sent };
        };
        const counterexample = await explain(rider.ref, tried, { fault, sent: tried.judgement.sent }, again);
        conclude({ ...rider.ref, verdict: 'fail', cases: applied.get(rider) ?? 1, counterexample });
        if (rider.ref.kind === 'invariant') coverage.applied(rider.ref.id);
      }
      const { failed } = decided;
      if (failed?.judgement.kind === 'failed') {
        const finding = { fault: failed.judgement, sent: failed.judgement.sent };
        const again = async (drawn: Case): Promise<Finding | undefined> => findingOf(await property.judge(drawn));
        const counterexample = wanted(property.ref) ? await explain(property.ref, failed, finding, again) : undefined;
        if (property.ref.kind === 'invariant') coverage.applied(property.ref.id);
        conclude({
          ...property.ref,
          verdict: 'fail',
          cases: decided.cases,
          ...(counterexample === undefined ? {} : { counterexample }),
        });
        continue;
      }
      const last = property.conclude?.() ?? {};
      for (const text of last.warnings ?? []) warnings.add(text);
      const undecided = decided.undecided?.judgement;
      const reason =
        (undecided?.kind === 'undecided' ? undecided.reason : undefined) ??
        decided.stopped ??
        (decided.cases === 0 ? `no case could be made: ${decided.discarded ?? 'none was drawn'}` : undefined) ??
        last.reason;
      if (reason === undefined && property.ref.kind === 'invariant') coverage.applied(property.ref.id);
      // A relation between calls that never came about is no property of this service.
      if (reason === undefined) conclude({ ...property.ref, verdict: 'pass', cases: decided.cases });
      else conclude({ ...property.ref, verdict: 'error', cases: decided.cases, reason });
    }
    for (const { ref, root, objective } of objectives) {
      if (!wanted(ref) || stop() !== undefined) continue;
      const acceptance = active.find((one) => one.ref.id === `acceptance ${root.id}`);
      conclude(await measureGraphObjective({ engine, ref, objective, acceptance, latency, stop }));
    }
    if (running.post !== undefined)
      for (const text of await transportWarnings(running, engine.contract)) warnings.add(text);
  } finally {
    await running.stop();
  }
  const halted = stop();
  for (const rider of passive) {
    const seen = applied.get(rider) ?? 0;
    const reason =
      doubts.get(rider) ?? (seen === 0 ? (halted ?? 'it was never seen: no answer contained it') : undefined);
    if (seen > 0 && rider.ref.kind === 'invariant') coverage.applied(rider.ref.id);
    if (reason === undefined) conclude({ ...rider.ref, verdict: 'pass', cases: seen });
    else conclude({ ...rider.ref, verdict: 'error', cases: seen, reason });
  }
  for (const ref of refs) conclude({ ...ref, verdict: 'error', cases: 0, reason: halted ?? 'not reached' });
  const missed = options.clauses === undefined ? coverage.unselected() : [];
  if (missed.length > 0) warnings.add(`${missed.length} fields were never answered: ${missed.slice(0, 8).join(', ')}`);
  const properties = refs.flatMap((ref) => results.get(ref.id) ?? []);
  return {
    format: 'plumbline.verify/1',
    spec: { name: spec.name, semanticDigest: spec.semanticDigest, documentDigest: spec.documentDigest },
    subject: running.title,
    verdict: verdictOf(properties),
    seed,
    durationMs: Math.max(1, Math.round(now() - startedAt)),
    cases,
    casesPerSecond: rate(),
    properties,
    coverage: coverage.summary(
      active.filter(({ ref }) => ref.kind === 'rejection').map(({ ref }) => ref.id),
      engine.rules.all.map(({ invariant }) => `invariant ${invariant.id}`),
    ),
    latency: latency.summary(),
    warnings: [...warnings],
  };
}

interface Finding {
  fault: Fault;
  sent: Sent[];
}

function findingOf(judgement: Judgement): Finding | undefined {
  return judgement.kind === 'failed' ? { fault: judgement, sent: judgement.sent } : undefined;
}

interface CounterexampleOptions {
  engine: GraphEngine;
  property: Property;
  ref: PropertyRef;
  tried: Tried;
  finding: Finding;
  reach: Reach;
  renew: () => Promise<boolean>;
  again: (drawn: Case) => Promise<Finding | undefined>;
}

/** Shrinks, runs once more, and writes the script. */
async function counterexampleOf({
  engine,
  property,
  ref,
  tried,
  finding,
  reach,
  renew,
  again,
}: CounterexampleOptions): Promise<Counterexample> {
  // What lists show may have been left by other cases; then a case that fails alone is looked for.
  const alone = async (drawn: Case): Promise<Finding | undefined> => ((await renew()) ? again(drawn) : undefined);
  let { index, drawn } = tried;
  let first = property.fresh === true ? await alone(drawn.value) : await again(drawn.value);
  for (let turn = 0; property.fresh === true && first === undefined && turn < ALONE; turn++) {
    const other = drawValue(property.arbitrary(turn), engine.seed, property.ref.id, turn);
    const found = await alone(other.value);
    if (found !== undefined) [index, drawn, first] = [turn, other, found];
  }
  const fails = property.fresh === true && first !== undefined ? alone : again;
  const limits = { attempts: SHRINK_ATTEMPTS, timeMs: SHRINK_MS };
  const shrunk =
    first === undefined
      ? { value: drawn.value, result: finding, path: String(index), shrinks: 0 }
      : await shrink(property.arbitrary(index), drawn, first, index, fails, limits);
  if (first !== undefined) await renew();
  const twin = first === undefined ? undefined : await again(shrunk.value);
  const { fault, sent } = shrunk.result;
  const focus = sent[fault.focus];
  return {
    seed: engine.seed,
    path: shrunk.path,
    shrinks: shrunk.shrinks,
    input: focus === undefined ? null : { query: focus.request.query, variables: focus.request.variables },
    actual: fault.actual,
    expected: fault.expected,
    reproducer: scriptOf({
      title: ref.id,
      expected: fault.expected,
      actual: fault.actual,
      sent,
      again: twin?.sent,
      test: fault.test,
      reach,
    }),
    exchanges: sent.map((one) => exchangeOf(one, reach)),
    reproducible: twin !== undefined,
  };
}

function exchangeOf({ request, answer, role }: Sent, reach: Reach): Counterexample['exchanges'][number] {
  const body = { query: request.query, variables: request.variables };
  return {
    method: 'POST',
    path: reach.kind === 'http' ? new URL(reach.url).pathname : reach.file,
    headers: { 'content-type': 'application/json' },
    body,
    role,
    ...(answer.kind === 'fault'
      ? { fault: answer.message }
      : { response: { status: answer.status ?? 200, headers: answer.headers, body: answer.json ?? answer.text } }),
  };
}

function concludeIntrospection(
  engine: GraphEngine,
  ref: PropertyRef,
  answer: GraphAnswer,
  reach: Reach,
  seed: number,
  warnings: Set<string>,
  conclude: (result: PropertyResult) => void,
  leaveOut: (ref: PropertyRef) => void,
): void {
  const seen = introspected(engine.contract.schema, answer);
  if (seen.kind === 'refused') {
    warnings.add(`the served schema is not compared with the contract, as introspection is refused: ${seen.reason}`);
    leaveOut(ref);
    return;
  }
  for (const { message } of seen.drift.slice(0, 20)) warnings.add(`drift: ${message}`);
  const [first] = seen.breaking;
  if (first === undefined) {
    conclude({ ...ref, verdict: 'pass', cases: 1 });
    return;
  }
  const actual = seen.breaking
    .map(({ message }) => message)
    .slice(0, 10)
    .join('; ');
  const expected = `the schema of the contract (${first.pointer})`;
  const names = first.pointer.split('/').slice(1);
  const root = engine.contract.roots[0];
  const sent: Sent[] =
    root === undefined
      ? []
      : [
          {
            step: {
              role: 'call',
              root,
              args: {},
              bindings: [],
              select: [],
              form: { values: 'variables', fragments: 'inline', operationName: false },
              valid: true,
              raw: INTROSPECTION,
            },
            args: {},
            request: INTROSPECTION,
            answer,
            role: 'call',
            index: 0,
          },
        ];
  const test = `!(${namedText(names)}) || !${JSON.stringify(first.message)}.includes('has no')`;
  conclude({
    ...ref,
    verdict: 'fail',
    cases: 1,
    counterexample: {
      seed,
      path: '0',
      shrinks: 0,
      input: { query: '{ __schema { types { name } } }', variables: {} },
      actual,
      expected,
      reproducer: scriptOf({ title: ref.id, expected, actual, sent, again: undefined, test, reach }),
      exchanges: [],
      reproducible: true,
    },
  });
}

/** An expression that is true where the served schema has what a clause names. */
function namedText([type = '', field, argument]: string[]): string {
  const found = `answers[0].body.data.__schema.types.find((one) => one.name === ${JSON.stringify(type)})`;
  if (field === undefined) return found;
  const members = `[...(${found}?.fields ?? []), ...(${found}?.inputFields ?? []), ...(${found}?.enumValues ?? [])]`;
  const member = `${members}.find((one) => one.name === ${JSON.stringify(field)})`;
  return argument === undefined ? member : `${member}?.args?.find((one) => one.name === ${JSON.stringify(argument)})`;
}

function objectivesOf(engine: GraphEngine): {
  ref: PropertyRef;
  root: GraphEngine['contract']['roots'][number];
  objective: { pointer: string; p99Ms: number; ratePerSecond: number | null };
}[] {
  return engine.contract.roots.flatMap((root) => {
    const clause = engine.spec.clauses.find(({ kind, operation }) => kind === 'objective' && operation === root.id);
    const objective = clause === undefined ? undefined : engine.objective(root);
    if (objective === undefined) return [];
    return [
      {
        ref: { id: `objective ${root.id}`, clause: objective.pointer, kind: 'objective' as const, operation: root.id },
        root,
        objective,
      },
    ];
  });
}

function verdictOf(properties: readonly PropertyResult[]): Verdict {
  const verdicts = new Set(properties.map(({ verdict }) => verdict));
  if (verdicts.has('fail')) return 'fail';
  return verdicts.size === 0 || verdicts.has('error') ? 'error' : 'pass';
}

function titleOf({ subject }: VerifyOptions): string {
  switch (subject.kind) {
    case 'url':
      return subject.url;
    case 'command':
      return subject.start;
    case 'module':
      return subject.file;
    case 'program':
      return subject.command;
    case 'data':
      return subject.globs.join(' ');
  }
}

function isUnder(clause: string, wanted: readonly string[] | undefined): boolean {
  if (wanted === undefined) return true;
  const tokens = tokensOf(clause);
  return wanted.some((one) => tokensOf(one).every((token, index) => tokens[index] === token));
}
