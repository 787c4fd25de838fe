/** Tries all mutants, several at a time, within the time given, and counts what became of them. */
import type { MutantOutcome, MutantResult, MutationReport } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import type { Examiner, Outcome } from './examiner.ts';
import { missingClause, operationsOf } from './missing.ts';
import { createOrder } from './order.ts';
import type { Reached } from './reach.ts';

/** Mutants tried side by side: while one process starts another answers. */
const LANES = 3;

export interface MutantsOptions {
  examiner: Examiner;
  /** In the order of the text. */
  reached: Reached[];
  spec: Spec;
  /** How many there were before a sample was taken. */
  found: number;
  /** True once the time is up or the run was interrupted. */
  stop: () => boolean;
  onProgress: (progress: { done: number; total: number; survived: number }) => void;
}

/** What became of each mutant; those that nothing executes are not tried. */
export async function tryMutants(options: MutantsOptions): Promise<Omit<MutationReport, 'durationMs'>> {
  const { examiner, reached, stop } = options;
  const outcomes = new Map<Reached, Outcome>();
  const order = createOrder();
  const tried = reached.filter(({ takes }) => takes.length > 0);
  const tryAll = async (queue: Reached[]): Promise<void> => {
    let next = 0;
    const work = async (): Promise<void> => {
      for (let one = queue[next++]; one !== undefined && !stop(); one = queue[next++]) {
        const outcome = await examiner.examine(one.mutant.id, order.of(one), stop);
        outcomes.set(one, outcome);
        if ('by' in outcome && outcome.by !== undefined) order.shown(one, outcome.by.id);
        const survived = [...outcomes.values()].filter(({ kind }) => kind === 'survived').length;
        options.onProgress({ done: outcomes.size, total: tried.length, survived });
      }
    };
    await Promise.all(Array.from({ length: LANES }, work));
  };
  await tryAll(tried);
  const doubted = new Set(await examiner.settle(stop));
  if (doubted.size > 0) {
    await tryAll(tried.filter(({ mutant }) => doubted.has(mutant.id)));
    await examiner.settle(stop);
  }
  const mutants = reached.map((one) => resultOf(one, outcomes.get(one), options.spec));
  const count = (...kinds: MutantOutcome[]): number => mutants.filter(({ outcome }) => kinds.includes(outcome)).length;
  const caught = count('failed', 'undecided', 'timedOut', 'crashed');
  const decided = caught + count('survived', 'unspecified');
  return {
    score: decided === 0 ? null : caught / decided,
    total: mutants.length,
    killed: count('failed', 'undecided'),
    timedOut: count('timedOut'),
    crashed: count('crashed'),
    survived: count('survived'),
    unspecified: count('unspecified'),
    likelyEquivalent: count('likelyEquivalent'),
    notTried: count('notTried'),
    ...(options.found > mutants.length ? { sampledFrom: options.found } : {}),
    mutants,
  };
}

function resultOf(reached: Reached, outcome: Outcome | undefined, spec: Spec): MutantResult {
  const { mutant, line, column } = reached;
  const { file, mutator, before, after } = mutant;
  const place = { file, line, column, mutator, before, after };
  const neverRan = reached.takes.length === 0 || (outcome?.kind === 'survived' && outcome.idle === true);
  const equivalent =
    mutant.equivalent ?? (neverRan && mutant.fallback ? 'it stands in for a value that was never absent' : undefined);
  const isAlive = reached.takes.length === 0 || outcome?.kind === 'survived';
  if (isAlive && equivalent !== undefined) return { ...place, outcome: 'likelyEquivalent', equivalent };
  if (reached.takes.length === 0) return { ...place, outcome: 'unspecified', missing: missingClause(reached, spec) };
  if (outcome === undefined || outcome.kind === 'stopped') return { ...place, outcome: 'notTried' };
  if (neverRan) return { ...place, outcome: 'unspecified', missing: missingClause({ ...reached, takes: [] }, spec) };
  if (outcome.kind === 'survived')
    return {
      ...place,
      outcome: 'survived',
      operations: operationsOf(reached),
      missing: missingClause(reached, spec),
    };
  return { ...place, outcome: outcome.kind, ...(outcome.by === undefined ? {} : { by: outcome.by.id }) };
}
