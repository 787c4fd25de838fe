/** What of a spec's properties was asked for. */
import { type PropertyRef, tokensOf } from '../../events/index.ts';
import type { Objective, Operation, Spec } from '../../spec/model.ts';
import { objectiveRef } from '../measure/objective.ts';
import type { Passive } from '../checks/passive.ts';
import type { Derived } from '../checks/properties.ts';
import type { Property, Undecidable } from '../checks/property.ts';

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
  passive: Passive[];
  objectives: MeasuredObjective[];
  undecidable: Undecidable[];
  /** What was asked for, in the order of the report. */
  refs: PropertyRef[];
  wanted(ref: PropertyRef): boolean;
}

/** Chooses the properties whose clause is, or lies under, one of the pointers; all where there are none. */
export function select(
  spec: Spec,
  derived: Derived,
  clauses: string[] | undefined,
  skipObjectives: boolean,
): Selection {
  const wanted = (ref: PropertyRef): boolean => isUnder(ref.clause, clauses);
  const passive = derived.passive.filter((one) => wanted(one.ref));
  const carried = new Set(passive.flatMap((one) => one.operations));
  const active = derived.active.filter(
    (one) => wanted(one.ref) || (one.ref.kind === 'acceptance' && carried.has(one.ref.operation ?? '')),
  );
  const undecidable = derived.undecidable.filter((one) => wanted(one.ref));
  const objectives = spec.operations.flatMap((operation) => {
    const { objective } = operation;
    if (objective === undefined || skipObjectives || !wanted(objectiveRef(operation, objective))) return [];
    const acceptance = derived.active.find((one) => one.ref.id === `acceptance ${operation.id}`);
    return [{ operation, objective, acceptance, ref: objectiveRef(operation, objective) }];
  });
  const asked = [...active.filter((one) => wanted(one.ref)), ...passive, ...objectives, ...undecidable];
  return { active, passive, objectives, undecidable, refs: asked.map((one) => one.ref), wanted };
}

/** What of the selection no property decides: clauses that name nothing, and names that two properties share. */
export function gapsOf({ refs }: Selection, clauses: string[] | undefined): string[] {
  const known = new Set<string>();
  const shared = new Set(refs.map((ref) => ref.id).filter((id) => known.size === known.add(id).size));
  return [
    ...(clauses ?? [])
      .filter((clause) => !refs.some((ref) => isUnder(ref.clause, [clause])))
      .map((clause) => `no property lies under the clause ${clause}`),
    ...[...shared].map((id) => `two properties are called "${id}", so one of them is not checked; rename one`),
  ];
}

function isUnder(clause: string, wanted: string[] | undefined): boolean {
  if (wanted === undefined) return true;
  const tokens = tokensOf(clause);
  return wanted.some((one) => tokensOf(one).every((token, index) => tokens[index] === token));
}
