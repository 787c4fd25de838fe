import type { Property } from '../checks/property.ts';
import type { Engine } from './engine.ts';

/** Requests that the cases of a property are expected to send. */
export function costOf(engine: Engine, property: Property): number {
  const operation = engine.spec.operations.find((one) => one.id === property.ref.operation);
  const steps = operation === undefined ? property.needs.length : engine.planFor(operation).setup.length + 1;
  return property.runs * Math.max(1, steps);
}
