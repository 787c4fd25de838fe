import type { Property } from '../checks/property.ts';
import type { Engine } from './engine.ts';

/** Says how many requests the cases of a property are expected to send. */
export function costsOf(engine: Engine): (property: Property) => number {
  const operations = new Map(engine.spec.operations.map((one) => [one.id, one]));
  return ({ ref, needs, runs }) => {
    const operation = operations.get(ref.operation ?? '');
    const steps = operation === undefined ? needs.length : engine.planFor(operation).setup.length + 1;
    return runs * Math.max(1, steps);
  };
}
