/** Which properties may run at the same time: those whose cases touch nothing that other cases made. */
import type { Operation } from '../../spec/model.ts';
import type { Property } from '../checks/property.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import type { Engine } from './engine.ts';

const SAFE = new Set(['get', 'head', 'options', 'trace']);

/** Answers for each property whether it may run beside others that may, too. */
export function createBeside(engine: Engine): (property: Property) => boolean {
  const { operations } = engine.spec;
  const makers = new Set(operations.flatMap((one) => engine.planFor(one).setup.map((step) => step.operation.id)));
  const broad = new Set(operations.filter((one) => isBroad(one, makers)).map((one) => one.id));
  const known = new Map<string, boolean>();
  const touches = (id: string): boolean => {
    let answer = known.get(id);
    if (answer === undefined) known.set(id, (answer = reachedBy(engine, id).some((one) => broad.has(one))));
    return answer;
  };
  return (property) =>
    !property.serial && property.alone !== true && (broad.size === 0 || !property.needs.some(touches));
}

/** True for a change that is not about one resource of the case's own: `DELETE /todos`, `POST /reset`. */
function isBroad(operation: Operation, makers: ReadonlySet<string>): boolean {
  if (SAFE.has(operation.method)) return false;
  if (segmentsOf(operation.path).some((segment) => parametersIn(segment).length > 0)) return false;
  const creates = makers.has(operation.id) || operation.responses.some(({ status }) => /^20[12]$/.test(status));
  return operation.method !== 'post' || !creates;
}

/** The operations that cases on an operation may call: itself, what comes before it, and the probes of its rules. */
function reachedBy(engine: Engine, id: string): string[] {
  const operation = engine.spec.operations.find((one) => one.id === id);
  if (operation === undefined) return [id];
  const episodes = engine.episodesFor(operation).flatMap((one) => one.steps.map((step) => step.operation.id));
  const probes = engine.rules.of(operation).flatMap(({ invariant }) => [...invariant.given, ...invariant.then]);
  return [id, ...episodes, ...probes.map((probe) => probe.operation)];
}
