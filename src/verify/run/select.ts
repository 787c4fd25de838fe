/** What of a spec's properties was asked for. */
import type { PropertyRef } from '../../events/index.ts';
import type { Objective, Operation, Spec } from '../../spec/model.ts';
import { askedBy } from '../asked.ts';
import { objectiveRef } from '../measure/objective.ts';
import type { Passive } from '../checks/passive.ts';
import type { Derived } from '../checks/properties.ts';
import type { Property, Undecidable } from '../checks/property.ts';
import type { Shard } from '../model.ts';
import { type Piece, shardOf } from './shard.ts';

export interface MeasuredObjective {
  ref: PropertyRef;
  operation: Operation;
  objective: Objective;
  /** Its cases are the load; undefined where none can be made. */
  acceptance: Property | undefined;
}

export interface Selection {
  /** Also those that are not asked for, but whose cases carry a passive check that is. */
  active: Property[];
  /** Also those that another shard answers for: what they find is told wherever it is seen. */
  passive: Passive[];
  objectives: MeasuredObjective[];
  undecidable: Undecidable[];
  /** What was asked for, in the order of the report. */
  refs: PropertyRef[];
  wanted(ref: PropertyRef): boolean;
  /** What was asked of all shards together. */
  every: PropertyRef[];
}

export interface SelectOptions {
  spec: Spec;
  derived: Derived;
  /** Only what {@link askedBy} means by these; all where there are none. */
  clauses: string[] | undefined;
  skipObjectives: boolean;
  shard: Shard | undefined;
  /** Requests that the cases of a property are expected to send. */
  costOf: (property: Property) => number;
}

/** What the load of an objective is worth beside ordinary cases, which do not wait for their turn. */
const OBJECTIVE_COST = 5000;

/** Chooses the properties that are asked for by clauses, and of these the ones of the shard. */
export function select({ spec, derived, clauses, skipObjectives, shard, costOf }: SelectOptions): Selection {
  const asked = askedBy(spec, clauses);
  const active = derived.active.filter((one) => asked(one.ref));
  const passive = derived.passive.filter((one) => asked(one.ref));
  const undecidable = derived.undecidable.filter((one) => asked(one.ref));
  const objectives = spec.operations.flatMap((operation) => {
    const { objective } = operation;
    if (objective === undefined || skipObjectives || !asked(objectiveRef(operation, objective))) return [];
    const acceptance = derived.active.find((one) => one.ref.id === `acceptance ${operation.id}`);
    return [{ operation, objective, acceptance, ref: objectiveRef(operation, objective) }];
  });
  const every = [...active, ...passive, ...objectives, ...undecidable].map((one) => one.ref);
  const pieces = (): Piece[] => [
    ...active.map((one) => ({ id: one.ref.id, cost: costOf(one) })),
    ...objectives.map((one) => ({ id: one.ref.id, cost: OBJECTIVE_COST })),
    ...undecidable.map((one) => ({ id: one.ref.id, cost: 0 })),
  ];
  const mine = shard === undefined ? undefined : shardOf(pieces(), shard);
  // A passive check is answered for where the first property is that carries it.
  if (mine !== undefined) {
    const carriersOf = carrierIndex(active);
    passive.forEach((one, index) => {
      const carrier = active[carriersOf(one).reduce((least, at) => Math.min(least, at), Infinity)];
      const here =
        carrier === undefined ? index % (shard?.of ?? 1) === (shard?.index ?? 1) - 1 : mine.has(carrier.ref.id);
      if (here) mine.add(one.ref.id);
    });
  }
  const wanted = (ref: PropertyRef): boolean => asked(ref) && (mine === undefined || mine.has(ref.id));
  const carriersOf = carrierIndex(derived.active);
  const carriers = new Set<number>();
  // All that are asked for run anyway, and may carry what they like.
  if (active.length < derived.active.length || mine !== undefined)
    for (const one of passive) if (wanted(one.ref)) for (const index of carriersOf(one)) carriers.add(index);
  return {
    active: derived.active.filter((one, index) => wanted(one.ref) || carriers.has(index)),
    passive,
    objectives: objectives.filter((one) => wanted(one.ref)),
    undecidable: undecidable.filter((one) => wanted(one.ref)),
    refs: every.filter(wanted),
    wanted,
    every,
  };
}

/** Finds the places of the properties that carry a passive check. */
function carrierIndex(active: readonly Property[]): (passive: Passive) => number[] {
  const accepting = new Map<string, number[]>();
  const needing = new Map<string, number[]>();
  const note = (into: Map<string, number[]>, id: string, index: number): void => {
    const known = into.get(id);
    if (known === undefined) into.set(id, [index]);
    else known.push(index);
  };
  for (const [index, { ref, needs }] of active.entries()) {
    if (ref.kind === 'acceptance') note(accepting, ref.operation ?? '', index);
    for (const id of needs) note(needing, id, index);
  }
  return (passive) =>
    passive.operations.flatMap((id) => (passive.ofRefusals === true ? needing : accepting).get(id) ?? []);
}

/** True where a passive check is answered for by what the cases of a property show; others only add what they find. */
export function carries({ ref, needs }: Property, passive: Passive): boolean {
  if (passive.ofRefusals === true) return needs.some((id) => passive.operations.includes(id));
  return ref.kind === 'acceptance' && passive.operations.includes(ref.operation ?? '');
}

/** What of the selection no property decides: clauses that name nothing, and names that two properties share. */
export function gapsOf({ every }: Selection, spec: Spec, clauses: string[] | undefined): string[] {
  const known = new Set<string>();
  const shared = new Set(every.map((ref) => ref.id).filter((id) => known.size === known.add(id).size));
  return [
    ...(clauses ?? [])
      .filter((clause) => !every.some(askedBy(spec, [clause])))
      .map((clause) => `no property lies under the clause ${clause}`),
    ...[...shared].map((id) => `two properties are called "${id}", so one of them is not checked; rename one`),
  ];
}
