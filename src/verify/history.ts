/**
 * What may happen to a resource before the call under test, so that its state varies: other changing operations on the
 * same resources, with resources of their own where they need more.
 */
import type { Operation, Spec } from '../spec/model.ts';
import { normalised, type Plan, segmentsOf, type SetupStep } from './producers.ts';
import type { Binding, Source } from './scenario.ts';

/** A changing operation and the producers that it needs beyond those of the call's own plan. */
export interface Episode {
  /** Step numbers below `base` are the call's own setup steps; from `base` on they are this episode's. */
  steps: SetupStep[];
  base: number;
}

const CHANGING = new Set(['post', 'put', 'patch', 'delete']);

/** The episodes that can precede a call. */
export function episodesFor(spec: Spec, plan: Plan, planFor: (operation: Operation) => Plan): Episode[] {
  const own = normalised(segmentsOf(plan.operation.path));
  const episodes: Episode[] = [];
  for (const candidate of spec.operations) {
    if (!CHANGING.has(candidate.method)) continue;
    const other = planFor(candidate);
    const keys = [...other.resources.keys()];
    const shared = keys.filter((key) => plan.resources.has(key));
    const below = `${normalised(segmentsOf(candidate.path))}/`.startsWith(`${own}/`);
    // What reads a whole collection, or all there is, is worth reading after anything was made.
    const broad = plan.setup.length === 0 && plan.operation.method === 'get' && other.setup.length === 0;
    if (shared.length === 0 && !below && !broad) continue;
    episodes.push(graft(plan, other, shared));
    const innermost = keys.at(-1);
    // The same kind of resource once more beside the call's own: its sibling.
    if (shared.length > 1 && innermost !== undefined && shared.includes(innermost))
      episodes.push(graft(plan, other, shared.slice(0, -1)));
  }
  return episodes;
}

function graft(plan: Plan, other: Plan, shared: string[]): Episode {
  const base = plan.setup.length;
  const moved = new Map<number, Source>();
  for (const key of shared) {
    const mine = plan.resources.get(key);
    const theirs = other.resources.get(key);
    if (mine !== undefined && theirs !== undefined) moved.set(theirs.step, mine);
  }
  const kept: number[] = other.setup.flatMap((_, index) => (moved.has(index) ? [] : [index]));
  const move = (binding: Binding): Binding => {
    const mine = moved.get(binding.from.step);
    if (mine !== undefined) return { into: binding.into, from: mine };
    return { into: binding.into, from: { ...binding.from, step: base + kept.indexOf(binding.from.step) } };
  };
  const steps = [
    ...kept.flatMap((index) => other.setup[index] ?? []),
    { operation: other.operation, bindings: other.bindings },
  ];
  return { base, steps: steps.map((step) => ({ operation: step.operation, bindings: step.bindings.map(move) })) };
}
