/**
 * What may happen to a resource before the call under test, so that its state varies: other changing operations on the
 * same resources, with resources of their own where they need more.
 */
import type { Operation, Spec } from '../../spec/model.ts';
import { templateOf } from './paths.ts';
import type { Plan, SetupStep } from './producers.ts';
import type { Binding, Source } from './scenario.ts';

/** A changing operation and the producers that it needs beyond those of the call's own plan. */
export interface Episode {
  /** Step numbers below `base` are the call's own setup steps; from `base` on they are this episode's. */
  steps: SetupStep[];
  base: number;
  /** True where it happens to all that the call names: what a transition of the call's own resource is. */
  own?: true;
}

/** Of the changes that only a view of everything has to do with; in a large contract nearly every operation is one. */
const MAX_BROAD = 40;
const CHANGING = new Set(['post', 'put', 'patch', 'delete']);

/** The episodes that can precede a call. */
export function episodesFor(spec: Spec, plan: Plan, planFor: (operation: Operation) => Plan): Episode[] {
  const own = templateOf(plan.operation.path);
  const episodes: Episode[] = [];
  let broads = 0;
  for (const candidate of spec.operations) {
    if (!CHANGING.has(candidate.method)) continue;
    const other = planFor(candidate);
    const keys = [...other.resources.keys()];
    const shared = pairsOf(
      plan,
      keys.filter((key) => plan.resources.has(key)),
    );
    const below = `${templateOf(candidate.path)}/`.startsWith(`${own}/`);
    // What reads a whole collection, or all there is, is worth reading after anything was made.
    const broad = plan.setup.length === 0 && plan.operation.method === 'get' && other.setup.length === 0;
    const alike = shared.length > 0 ? [] : likenesses(plan, other);
    if (shared.length === 0 && alike.length === 0 && !below && (!broad || broads++ >= MAX_BROAD)) continue;
    if (alike.length === 0) episodes.push(graft(plan, other, shared));
    for (const pair of alike) episodes.push(graft(plan, other, [pair]));
    const innermost = keys.at(-1);
    // The same kind of resource once more beside the call's own: its sibling.
    shared.forEach(([key], index) => {
      // A loan names a book and a member: another book for the same member, another member for the same book.
      const isApart = key === innermost || !key.startsWith('/');
      if (shared.length > 1 && isApart) episodes.push(graft(plan, other, shared.toSpliced(index, 1)));
    });
  }
  return episodes;
}

/** The bindings of an episode's step where the episode begins at step `from` of a scenario. */
export function bindingsAt({ base }: Episode, bindings: readonly Binding[], from: number): Binding[] {
  return bindings.map((binding) =>
    binding.from.step < base
      ? binding
      : { ...binding, from: { ...binding.from, step: binding.from.step + from - base } },
  );
}

/** A resource of another plan, and the source of the call's plan that stands in for it. */
type Pair = [key: string, mine: Source];

function pairsOf(plan: Plan, keys: string[]): Pair[] {
  return keys.flatMap((key): Pair[] => {
    const mine = plan.resources.get(key);
    return mine === undefined ? [] : [[key, mine]];
  });
}

/**
 * Resources of the other plan that are of the same kind as one of the call's under another name: the call names two
 * wallets in its body, the other one wallet in its path. One pair for each way.
 */
function likenesses(plan: Plan, other: Plan): Pair[] {
  return [...other.kinds].flatMap(([key, kind]) =>
    pairsOf(
      plan,
      [...plan.kinds].flatMap(([own, ownKind]) => (ownKind === kind ? [own] : [])),
    ).map(([, mine]): Pair => [key, mine]),
  );
}

/** Another operation on the very resources of a plan, as steps behind the plan's own. */
export function episodeOn(plan: Plan, other: Plan): Episode {
  return graft(
    plan,
    other,
    pairsOf(
      plan,
      [...other.resources.keys()].filter((key) => plan.resources.has(key)),
    ),
  );
}

function graft(plan: Plan, other: Plan, shared: Pair[]): Episode {
  const base = plan.setup.length;
  const moved = new Map<number, Source>();
  for (const [key, mine] of shared) {
    const theirs = other.resources.get(key);
    if (theirs !== undefined) moved.set(theirs.step, mine);
  }
  const ids = shared.flatMap(([key]) => other.resources.get(key) ?? []);
  const isId = ({ step, pointer }: Source): boolean => ids.some((id) => id.step === step && id.pointer === pointer);
  const kept: number[] = other.setup.flatMap((_, index) => (moved.has(index) ? [] : [index]));
  const move = (binding: Binding): Binding => {
    const mine = moved.get(binding.from.step);
    // What else was taken from the step, such as the parent that it named, is taken from the one in its place.
    if (mine !== undefined)
      return { ...binding, from: isId(binding.from) ? mine : { ...binding.from, step: mine.step } };
    return { ...binding, from: { ...binding.from, step: base + kept.indexOf(binding.from.step) } };
  };
  const steps: SetupStep[] = [
    ...kept.flatMap((index) => other.setup[index] ?? []),
    { operation: other.operation, bindings: other.bindings },
  ];
  return {
    base,
    steps: steps.map((step) => ({ ...step, bindings: step.bindings.map(move) })),
    ...(shared.length > 0 && kept.length === 0 && shared.length === plan.resources.size ? { own: true } : {}),
  };
}
