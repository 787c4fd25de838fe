/** All properties of a GraphQL contract, in the order in which they are run. */
import { isInputObjectType } from 'graphql';
import type { PropertyRef } from '../../events/index.ts';
import { confirmedEarly } from '../early.ts';
import { cutText } from '../run/cut-text.ts';
import { acceptanceOf } from './checks/acceptance.ts';
import { conformanceOf, standingRuleOf } from './checks/conformance.ts';
import { inputRuleOf } from './checks/input-rules.ts';
import { invariantOf } from './checks/invariants.ts';
import type { Passive, Property, Undecidable } from './checks/property.ts';
import { rejectionsOf } from './checks/rejection.ts';
import { statefulOf } from './checks/stateful.ts';
import { planOf } from './cases.ts';
import type { GraphEngine } from './engine.ts';

export interface Derived {
  active: Property[];
  passive: Passive[];
  undecidable: Undecidable[];
}

/** Derives the properties. `warn` is told what is no failure but worth knowing. */
export function graphPropertiesOf(engine: GraphEngine, warn: (text: string) => void): Derived {
  const { contract, inputs, rules } = engine;
  const active: Property[] = [];
  const undecidable: Undecidable[] = [];
  const obstacles = new Map(inputs.obstacles.map((one) => [one.pointer, one.reason]));
  for (const [clause, reason] of obstacles)
    undecidable.push({ ref: { id: `conformance ${clause.slice(2)}`, clause, kind: 'conformance' }, reason });
  const open = contract.roots.filter((root) => {
    const reason = engine.obstacle(root);
    if (reason === undefined) return true;
    const ref: PropertyRef = {
      id: `acceptance ${root.id}`,
      clause: root.pointer,
      kind: 'acceptance',
      operation: root.id,
    };
    undecidable.push({ ref, reason });
    return false;
  });
  // What needs nothing comes first, while there is little to list.
  const byNeed = open.toSorted((a, b) => planOf(engine, a, false).setup.length - planOf(engine, b, false).setup.length);
  for (const root of byNeed) active.push(acceptanceOf(engine, root));
  const passive: Passive[] = contract.roots
    .filter((root) => open.includes(root))
    .map((root) =>
      conformanceOf(engine, root, () => warn(`${root.id}: fields come in another order than they were selected in`)),
    );
  for (const booked of rules.all) {
    const { invariant } = booked;
    if (invariant.scope === 'schema') {
      if (isInputObjectType(contract.schema.getType(invariant.schema?.slice(2) ?? ''))) {
        const sent = inputRuleOf(engine, booked);
        if ('reason' in sent) undecidable.push(sent);
        else active.push(sent);
        continue;
      }
      const made = standingRuleOf(engine, booked);
      if ('reason' in made) undecidable.push(made);
      else passive.push(made);
      continue;
    }
    const root = contract.roots.find((one) => invariant.operations.includes(one.id));
    if (root === undefined) continue;
    const made = invariantOf(engine, booked, root);
    if ('reason' in made) undecidable.push(made);
    else active.push(made);
  }
  active.push(...statefulOf(engine));
  const cut: string[] = [];
  const breaking = { early: confirmedEarly(contract.roots.length), cut: (place: string) => void cut.push(place) };
  for (const root of open) active.push(...rejectionsOf(engine, root, breaking));
  for (const text of cutText(cut)) warn(text);
  return { active, passive, undecidable };
}
