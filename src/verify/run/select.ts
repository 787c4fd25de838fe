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
  passive.forEach(({ ref, ...one }, index) => {
    const carrier = derived.active.find((property) => carries(property, { ref, ...one }) && asked(property.ref));
    const here =
      carrier === undefined ? index % (shard?.of ?? 1) === (shard?.index ?? 1) - 1 : mine?.has(carrier.ref.id);
    if (here === true) mine?.add(ref.id);
  });
  const wanted = (ref: PropertyRef): boolean => asked(ref) && (mine === undefined || mine.has(ref.id));
  const answered = passive.filter((one) => wanted(one.ref));
  return {
    active: derived.active.filter((one) => wanted(one.ref) || answered.some((rider) => carries(one, rider))),
    passive,
    objectives: objectives.filter((one) => wanted(one.ref)),
    undecidable: undecidable.filter((one) => wanted(one.ref)),
    refs: every.filter(wanted),
    wanted,
    every,
  };
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
