/** All properties of a spec, in the order in which they are run. */
import type { PropertyRef } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { acceptanceOf } from './acceptance.ts';
import { boundsOf } from './bounds.ts';
import { conditionsOf } from './conditions.ts';
import { type Engine, NOT_LOOKED_AT } from '../run/engine.ts';
import { defaultsOf } from './defaults.ts';
import { invariantOf } from './invariants.ts';
import { lettersOf } from './letters.ts';
import { methodsOf } from './methods.ts';
import { isAboutRefusals, type Passive, passivesOf } from './passive.ts';
import type { Property, Undecidable } from './property.ts';
import { isEnding } from './granting.ts';
import { createRejections } from './rejection.ts';
import { securityOf } from './security.ts';
import { belongingsOf } from '../state/belonging.ts';
import { filtersOf } from '../state/filters.ts';
import { locationsOf } from '../state/located.ts';
import { sortingsOf } from '../state/sorting.ts';
import { statePropertiesOf } from '../state/properties.ts';
import { workflowsOf } from '../state/workflows.ts';
import { statefulOf } from './stateful.ts';
import { strayPathsOf } from './undocumented.ts';
import { unknownIdsOf } from './unknown-ids.ts';
import { unknownReferencesOf } from './unknown-references.ts';

export interface Derived {
  active: Property[];
  passive: Passive[];
  undecidable: Undecidable[];
  /** Places of which not all keywords are broken: a limit was met. */
  cut: readonly string[];
  /** Operations that were not looked at: the time for that was over. */
  unseen: number;
  /** Operations that are called, but whose keywords are not broken: the time for deriving was over. */
  unbroken: number;
}

/**
 * Derives the properties. Operations on collections come first, while their collections are small. What is broken of
 * calls is not derived once it is late.
 */
export function propertiesOf(engine: Engine, isLate: () => boolean = () => false): Derived {
  const active: Property[] = [];
  const undecidable: Undecidable[] = [];
  const blocked = new Set<string>();
  const operations = engine.spec.operations.toSorted((a, b) => resources(engine, a) - resources(engine, b));
  for (const operation of operations) {
    const reason = engine.obstacle(operation);
    if (reason === undefined) active.push(acceptanceOf(engine, operation));
    else {
      blocked.add(operation.id);
      undecidable.push({ ref: refOf(operation), reason });
    }
  }
  const open = operations.filter((operation) => !blocked.has(operation.id));
  for (const property of [...statefulOf(engine), ...statePropertiesOf(engine)])
    if (!property.needs.some((id) => blocked.has(id))) active.push(property);
  const rejections = createRejections(engine);
  let unbroken = 0;
  for (const operation of open) {
    if (isLate()) {
      unbroken++;
      continue;
    }
    active.push(
      ...rejections.of(operation),
      ...conditionsOf(engine, operation),
      ...lettersOf(engine, operation),
      ...boundsOf(engine, operation),
      ...unknownIdsOf(engine, operation),
      ...unknownReferencesOf(engine, operation),
    );
  }
  for (const operation of operations) {
    const property = securityOf(engine, operation);
    if (property === undefined) continue;
    if ('reason' in property) undecidable.push(property);
    else active.push(property);
  }
  active.push(...methodsOf(engine), ...strayPathsOf(engine));
  for (const property of workflowsOf(engine)) {
    if ('reason' in property) undecidable.push(property);
    else active.push(property);
  }
  for (const booked of engine.rules.all) {
    if (booked.invariant.scope === 'schema' || isAboutRefusals(engine, booked)) continue;
    const property = invariantOf(engine, booked);
    if ('reason' in property) undecidable.push(property);
    else active.push(property);
  }
  // What takes away things that nobody can make comes after all others, and what ends the session of our credentials last.
  const rank = lastOf(engine);
  const ordered = active.toSorted((one, other) => rank(one) - rank(other));
  return {
    active: ordered,
    passive: [
      ...passivesOf(engine),
      ...filtersOf(engine),
      ...belongingsOf(engine),
      ...locationsOf(engine),
      ...sortingsOf(engine),
      ...defaultsOf(engine),
    ],
    undecidable,
    cut: rejections.cut,
    unseen: undecidable.filter(({ reason }) => reason === NOT_LOOKED_AT).length,
    unbroken,
  };
}

/** Of a property: 0 where others may come after it, and the more the later it must come. */
export function lastOf(engine: Engine): (property: Property) => number {
  const rank = new Map(
    engine.spec.operations.flatMap((one): [string, number][] => {
      const late = isEnding(one) ? 2 : engine.takes(one) ? 1 : 0;
      return late === 0 ? [] : [[one.id, late]];
    }),
  );
  return ({ needs }) => (rank.size === 0 ? 0 : Math.max(0, ...needs.map((id) => rank.get(id) ?? 0)));
}

function refOf(operation: Operation): PropertyRef {
  return { id: `acceptance ${operation.id}`, clause: operation.pointer, kind: 'acceptance', operation: operation.id };
}

function resources(engine: Engine, operation: Operation): number {
  return engine.planFor(operation).setup.length;
}
