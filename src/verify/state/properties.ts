/** All properties that look at more than one call of the contract's kinds of resources. */
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { kindsOf } from './kinds.ts';
import { sequencesOf } from './sequences.ts';

/** Derives them; each is decided by cases of its own. */
export function statePropertiesOf(engine: Engine): Property[] {
  return kindsOf(engine).flatMap((kind) => sequencesOf(engine, kind));
}
