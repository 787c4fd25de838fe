/** Mutants of a service: each has a process of its own, so that none sees what another has done. */
import { type CoverageRecorder, createCoverageRecorder } from '../measure/coverage.ts';
import { createLatencyRecorder } from '../measure/latency.ts';
import type { HttpSource, StartSubject, Subject, VerifyOptions } from '../model.ts';
import { createLane } from '../run/lane.ts';
import { isSilence } from '../run/keeper.ts';
import { prepare, type Prepared } from '../run/prepare.ts';
import type { CreateSchemas } from '../schema-port.ts';
import { createRunner } from '../wire/execute.ts';
import { createKeyring } from '../wire/keyring.ts';
import type { Examiner, Killed, Outcome } from './examiner.ts';
import { SWITCH } from './instrument.ts';

/** A mutant that gathers without end dies before it takes the machine along. */
const MEMORY = '--max-old-space-size=512';
/** Cases of each property in the first round, which most mutants do not outlive. */
const FEW = 12;

export interface HttpExaminerOptions {
  options: VerifyOptions;
  source: Extract<HttpSource, { kind: 'command' }>;
  createSchemas: CreateSchemas;
  startSubject: StartSubject;
  seed: number;
  today: string;
  /** An answer that takes longer shows the mutant. */
  timeoutMs: number;
}

/** Makes an examiner of a service. */
export function createHttpExaminer(options: HttpExaminerOptions): Examiner {
  const first = createBench(options);
  const idle = [first];
  return {
    refs: new Map(first.fresh().derived.active.map(({ ref }) => [ref.id, ref])),
    async examine(mutant, properties, stop) {
      const { source } = options;
      const limits = `${source.env?.['NODE_OPTIONS'] ?? ''} ${MEMORY}`.trim();
      const env = { ...source.env, [SWITCH]: String(mutant), NODE_OPTIONS: limits };
      const started = await options.startSubject({ ...source, env });
      if (started.kind === 'fault') return { kind: started.message.startsWith('not ready') ? 'timedOut' : 'crashed' };
      const bench = idle.pop() ?? createBench(options);
      bench.use(started.subject);
      try {
        return await examineOn(bench, properties, stop);
      } finally {
        await started.subject.stop();
        idle.push(bench);
      }
    },
  };
}

/** Properties whose requests go to one subject after the other. */
interface Bench {
  use(subject: Subject): void;
  /** Why the subject is done with, once it is. */
  ended(): 'timedOut' | 'crashed' | undefined;
  /** For a few cases, of which nothing is remembered. */
  prepared: Prepared;
  /** Properties that have seen nothing yet. */
  fresh(): Prepared;
  coverage: CoverageRecorder;
}

function createBench({ options, createSchemas, seed, today, timeoutMs }: HttpExaminerOptions): Bench {
  let subject: Subject | undefined;
  let ended: 'timedOut' | 'crashed' | undefined;
  const keyring = createKeyring(options.spec, options.credentials ?? {}, seed);
  const runner = createRunner({
    async send(request, signal) {
      if (ended !== undefined || subject === undefined) return { kind: 'fault', message: 'it is over', ms: 0 };
      const answer = await subject.send(request, signal);
      if (answer.kind === 'fault') ended ??= isSilence(answer) ? 'timedOut' : 'crashed';
      return answer;
    },
    wire: options.spec,
    timeoutMs,
    keyring,
  });
  const schemas = new Map<object, ReturnType<CreateSchemas>>();
  const kept: CreateSchemas = (document, how) => {
    const known = schemas.get(options.spec.document) ?? createSchemas(document, how);
    schemas.set(options.spec.document, known);
    return known;
  };
  const fresh = (): Prepared => prepare({ options, createSchemas: kept, runner, keyring, seed, today });
  const prepared = fresh();
  return {
    use(next) {
      subject = next;
      ended = undefined;
    },
    ended: () => ended,
    prepared,
    fresh,
    coverage: createCoverageRecorder(options.spec, prepared.engine.schemas),
  };
}

async function examineOn(bench: Bench, wanted: string[], stop: () => boolean): Promise<Outcome> {
  const { runs } = bench.prepared.engine;
  for (const few of runs > FEW ? [true, false] : [false]) {
    const { engine, derived, riders } = few ? bench.prepared : bench.fresh();
    const lane = createLane({
      engine,
      generation: () => 0,
      riders,
      coverage: bench.coverage,
      latency: createLatencyRecorder(() => performance.now()),
      drift: undefined,
      stop: () => (bench.ended() !== undefined || stop() ? 'it is over' : undefined),
      ran: () => {},
    });
    const byId = new Map(derived.active.map((property) => [property.ref.id, property]));
    for (const property of wanted.flatMap((id) => byId.get(id) ?? [])) {
      const planned = few ? { ...property, runs: Math.min(FEW, property.runs) } : property;
      const ending = await lane.run(planned, 'alone', Infinity);
      const ended = bench.ended();
      if (ended !== undefined) return { kind: ended, by: property.ref };
      if (stop()) return { kind: 'stopped' };
      if (ending.kind !== 'ended') continue;
      const { decided, open, ridden } = ending.outcome;
      const rider = derived.passive.find(({ ref }) => ridden.get(ref.id)?.found !== undefined);
      const killed: Killed | undefined =
        decided.failed !== undefined
          ? { kind: 'failed', by: property.ref }
          : rider !== undefined
            ? { kind: 'failed', by: rider.ref }
            : open !== undefined && !few
              ? { kind: 'undecided', by: property.ref }
              : undefined;
      if (killed !== undefined) return killed;
    }
  }
  return { kind: 'survived' };
}
