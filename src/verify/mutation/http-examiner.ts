/**
 * Mutants of a service: each is shown by a service made anew, so that none sees what another has done. Where its process
 * can make it anew it shows many mutants; before it ends it must still pass with none, or what it showed is doubted.
 */
import type { Property } from '../checks/property.ts';
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
import { type Stage, startStage } from './stage.ts';

/** Cases of each property in the first round, which most mutants do not outlive. */
const FEW = 12;

export interface HttpExaminerOptions {
  options: VerifyOptions;
  source: Extract<HttpSource, { kind: 'command' }>;
  /** Folder of the code that has mutants. */
  folder: string;
  createSchemas: CreateSchemas;
  startSubject: StartSubject;
  seed: number;
  today: string;
  /** An answer that takes longer shows the mutant. */
  timeoutMs: number;
}

/** Mutants that one process shows; each leaves some of its memory behind. */
const MOST_SHOWN = 80;
/** Processes that could not make the service anew although it starts: then no other is asked to. */
const MOST_VAIN = 2;

interface Player {
  stage: Stage;
  bench: Bench;
  /** What this process has shown. */
  mutants: number[];
}

/** Makes an examiner of a service. */
export function createHttpExaminer(options: HttpExaminerOptions): Examiner {
  const { source, startSubject } = options;
  const first = createBench(options);
  const benches = [first];
  const refs = new Map(first.fresh().derived.active.map(({ ref }) => [ref.id, ref]));
  const idle: Player[] = [];
  const doubted = new Set<number>();
  const vacuous = new Set<string>();
  let vain = 0;

  const begin = async (mutant: number, alone: boolean): Promise<Player | Killed> => {
    const folder = alone || vain >= MOST_VAIN ? undefined : options.folder;
    const stage = await startStage({ source, startSubject, folder }, mutant);
    if ('kind' in stage) return { kind: stage.message.startsWith('not ready') ? 'timedOut' : 'crashed' };
    return { stage, bench: benches.pop() ?? createBench(options), mutants: [] };
  };
  const end = async ({ stage, bench }: Player): Promise<void> => {
    await stage.stop();
    benches.push(bench);
  };
  const play = (player: Player, properties: string[], stop: () => boolean, how: Trial = {}): Promise<Outcome> => {
    player.bench.use(player.stage.subject);
    return examineOn(player.bench, properties, vacuous, stop, how);
  };
  /** Ends a process; what it showed is doubted where it no longer does what the code does. */
  const retire = async (player: Player, stop: () => boolean): Promise<void> => {
    if (player.stage.shown > 0 && !stop()) {
      const passes = (await player.stage.show(0)) && (await play(player, [...refs.keys()], stop, { few: true })).kind;
      if (passes === false || (passes !== 'survived' && passes !== 'stopped')) {
        vain = MOST_VAIN;
        for (const mutant of player.mutants) doubted.add(mutant);
      }
    }
    await end(player);
  };
  const alone = async (mutant: number, properties: string[], stop: () => boolean): Promise<Outcome> => {
    const player = await begin(mutant, true);
    if ('kind' in player) return player;
    const outcome = await play(player, properties, stop);
    await end(player);
    return outcome;
  };
  return {
    refs,
    async examine(mutant, properties, stop) {
      let player = idle.pop();
      const reused = player !== undefined && vain < MOST_VAIN && (await player.stage.show(mutant));
      if (player === undefined || !reused) {
        if (player !== undefined) await end(player);
        const begun = await begin(mutant, false);
        if ('kind' in begun) return begun;
        // It starts with this mutant, so that it was for another reason that it could not be made anew.
        if (player !== undefined) vain++;
        player = begun;
      }
      const outcome = await play(player, properties, stop, { asIs: mutant === 0 });
      if (player.bench.ended() !== undefined) {
        await end(player);
        // It may have been what the mutant before it had left under way.
        return outcome.kind === 'crashed' && reused ? alone(mutant, properties, stop) : outcome;
      }
      const idly = outcome.kind === 'survived' && mutant > 0 && (await player.stage.reached()) === 0;
      player.mutants.push(mutant);
      if (player.stage.shown >= MOST_SHOWN) await retire(player, stop);
      else idle.push(player);
      return idly ? { kind: 'survived', idle: true } : outcome;
    },
    async settle(stop) {
      for (const player of idle.splice(0)) await retire(player, stop);
      const again = [...doubted];
      doubted.clear();
      return again;
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

interface Trial {
  /** With a few cases of each property only. */
  few?: boolean;
  /** Of the code without any mutant: what never applies to it is noted, not blamed. */
  asIs?: boolean;
}

/** `vacuous` holds the rules that never apply to the code as it is; one that stops to apply shows the mutant. */
async function examineOn(
  bench: Bench,
  wanted: string[],
  vacuous: Set<string>,
  stop: () => boolean,
  { few: only = false, asIs = false }: Trial,
): Promise<Outcome> {
  const { runs } = bench.prepared.engine;
  const rounds = only ? [true] : runs > FEW ? [true, false] : [false];
  for (const few of rounds) {
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
            : !few && (open !== undefined || saysNothing(property, vacuous, asIs))
              ? { kind: 'undecided', by: property.ref }
              : undefined;
      if (killed !== undefined) return killed;
    }
  }
  return { kind: 'survived' };
}

/** True where the cases of a property no longer put it to the test, although those on the code as it is do. */
function saysNothing(property: Property, vacuous: Set<string>, asIs: boolean): boolean {
  if (property.conclude?.().warnings === undefined) return false;
  if (asIs) vacuous.add(property.ref.id);
  return !vacuous.has(property.ref.id);
}
