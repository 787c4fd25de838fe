/** All properties of an OpenRPC contract, in the order in which they are run. */
import type { PropertyRef } from '../../events/index.ts';
import { confirmedEarly } from '../early.ts';
import { acceptanceOf, refOf } from './acceptance.ts';
import type { CallEngine } from './engine.ts';
import { ruleProperty } from './invariants.ts';
import { linksOf } from './links.ts';
import type { CallProperty, CallRider } from './property.ts';
import { protocolOf } from './protocol.ts';
import { purityOf } from './purity.ts';
import { rejectionsOf } from './rejection.ts';
import { ridersOf } from './riders.ts';

export interface DerivedCalls {
  active: CallProperty[];
  riders: CallRider[];
  undecidable: { ref: PropertyRef; reason: string }[];
  /** Places of which not all keywords are broken: a limit was met. */
  cut: readonly string[];
}

/** Derives the properties. Methods that need nothing come first. */
export function callProperties(engine: CallEngine): DerivedCalls {
  const active: CallProperty[] = [];
  const undecidable: DerivedCalls['undecidable'] = [];
  const blocked = new Set<string>();
  const answering = engine.spec.methods.filter(({ result }) => result !== undefined);
  const methods = answering.toSorted((a, b) => engine.planFor(a).setup.length - engine.planFor(b).setup.length);
  for (const method of methods) {
    const reason = engine.obstacle(method);
    if (reason === undefined) active.push(acceptanceOf(engine, method));
    else {
      blocked.add(method.name);
      undecidable.push({ ref: refOf(method), reason });
    }
  }
  const open = methods.filter(({ name }) => !blocked.has(name));
  const early = confirmedEarly(methods.length);
  const cut: string[] = [];
  for (const method of open) {
    active.push(...linksOf(engine, method), ...purityOf(engine, method));
    active.push(...rejectionsOf(engine, method, early, (place) => cut.push(place)));
  }
  active.push(...protocolOf(engine, open));
  for (const booked of engine.rules.all) {
    if (booked.invariant.scope === 'schema') continue;
    const property = ruleProperty(engine, booked);
    if ('reason' in property) undecidable.push(property);
    else active.push(property);
  }
  return { active, riders: ridersOf(engine, answering), undecidable, cut };
}
