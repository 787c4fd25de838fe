/** Mutants of a module, which is made anew for each, or of a program, which has a process of its own for each. */
import { callProperties } from '../calls/properties.ts';
import { decideCalls } from '../calls/decide.ts';
import { type CallEngine, createCallEngine } from '../calls/engine.ts';
import { type CallKeeper, keepCalls } from '../calls/keeper.ts';
import type { CallSubject, StartedCalls } from '../calls/model.ts';
import { type CallProperty, riderFinding } from '../calls/property.ts';
import type { CallParts } from '../calls/run.ts';
import { literalsOf } from '../cases/literals.ts';
import type { PropertyRef } from '../../events/index.ts';
import type { CallSource, VerifyOptions } from '../model.ts';
import type { Examiner, Killed, Outcome } from './examiner.ts';
import { SWITCH } from './switch.ts';
import { DEFAULT_RUNS } from '../default-runs.ts';

/** Cases of each property in the first round, which most mutants do not outlive. */
const FEW = 20;
/** A call that takes longer shows the mutant. */
const TIMEOUT_MS = { module: 400, program: 1500 };

export interface CallExaminerOptions extends CallParts {
  options: VerifyOptions;
  source: CallSource;
}

/** Makes an examiner of something that is called. */
export function createCallExaminer(options: CallExaminerOptions): Examiner {
  const first = createBench(options);
  const benches = [first];
  const idle: CallSubject[] = [];
  const pure = new Set(options.options.spec.methods.filter((method) => method.pure).map(({ name }) => name));
  const begin = (mutant: number): Promise<StartedCalls> => {
    const { source } = options;
    const env = { ...source.env, [SWITCH]: String(mutant) };
    return options.startCalls({ ...source, env }, (method) => pure.has(method));
  };
  return {
    refs: new Map(callProperties(first.engine).active.map(({ ref }) => [ref.id, ref])),
    async examine(mutant, properties, stop) {
      let subject = idle.pop();
      if (subject === undefined || !(await subject.show?.(mutant))) {
        await subject?.stop();
        const started = await begin(mutant);
        if (started.kind === 'fault') return { kind: 'crashed' };
        subject = started.subject;
      }
      const bench = benches.pop() ?? createBench(options);
      bench.use(keepCalls(subject));
      try {
        return await examineOn(bench, properties, stop);
      } finally {
        if (subject.show === undefined) await subject.stop();
        else idle.push(subject);
        benches.push(bench);
      }
    },
    async settle() {
      for (const subject of idle.splice(0)) await subject.stop();
      return [];
    },
  };
}

interface Bench {
  engine: CallEngine;
  use(keeper: CallKeeper): void;
  keeper(): CallKeeper;
}

function createBench({ options, createSchemas, source, seed, today, literals = [] }: CallExaminerOptions): Bench {
  const { spec } = options;
  let keeper: CallKeeper | undefined;
  const current = (): CallKeeper => {
    if (keeper === undefined) throw new Error('nothing is called before the subject is started');
    return keeper;
  };
  return {
    engine: createCallEngine({
      spec,
      schemas: createSchemas(spec.document, { dialect: spec.dialect, literals: [...literalsOf(spec), ...literals] }),
      keeper: current,
      seed,
      runs: options.runs ?? DEFAULT_RUNS.ofCalls,
      today,
      timeoutMs: TIMEOUT_MS[source.kind],
      wired: source.kind === 'program',
    }),
    use(next) {
      keeper = next;
    },
    keeper: current,
  };
}

async function examineOn(bench: Bench, wanted: string[], stop: () => boolean): Promise<Outcome> {
  const { engine } = bench;
  for (const few of engine.runs > FEW ? [true, false] : [false]) {
    // Properties count what they have seen, so that each mutant has its own.
    const { active, riders } = callProperties(engine);
    const byId = new Map(active.map((property) => [property.ref.id, property]));
    for (const property of wanted.flatMap((id) => byId.get(id) ?? [])) {
      if (stop()) return { kind: 'stopped' };
      if (property.moot?.() !== undefined) continue;
      if (!engine.wired) await bench.keeper().renew();
      const planned = few ? { ...property, runs: Math.min(FEW, property.runs) } : property;
      const killed = await tryProperty(bench, planned, riders, few, stop);
      if (killed !== undefined) return killed;
    }
  }
  return stop() ? { kind: 'stopped' } : { kind: 'survived' };
}

async function tryProperty(
  bench: Bench,
  property: CallProperty,
  riders: ReturnType<typeof callProperties>['riders'],
  few: boolean,
  stop: () => boolean,
): Promise<Killed | undefined> {
  let shown: PropertyRef | undefined;
  let broken: 'timedOut' | 'crashed' | undefined;
  const decided = await decideCalls({
    engine: bench.engine,
    keeper: bench.keeper(),
    property,
    stop: () => (stop() || shown !== undefined || broken !== undefined ? 'it is over' : undefined),
    watch({ judgement: { made } }) {
      for (const { outcome } of made)
        if (outcome.kind === 'fault' && outcome.shared !== true && outcome.reason !== 'malformed')
          broken ??= outcome.reason === 'silent' ? 'timedOut' : 'crashed';
      for (const rider of riders) if (riderFinding(rider, made).finding !== undefined) shown ??= rider.ref;
    },
    progress: () => {},
  });
  if (broken !== undefined) return { kind: broken, by: property.ref };
  if (shown !== undefined) return { kind: 'failed', by: shown };
  if (decided.failed !== undefined) return { kind: 'failed', by: property.ref };
  if (few || decided.stopped !== undefined) return undefined;
  const isOpen = decided.undecided !== undefined || decided.cases === 0 || property.conclude?.().reason !== undefined;
  return isOpen ? { kind: 'undecided', by: property.ref } : undefined;
}
