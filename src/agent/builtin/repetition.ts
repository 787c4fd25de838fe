/** Rules that send the same request again. */
import type { Invariant, Operation } from '../../spec/model.ts';

/** True where a rule calls the operation itself again afterwards. */
export function repeatsItself(operation: Operation, invariant: Invariant): boolean {
  return invariant.then.some((probe) => probe.operation === operation.id) && operation.method !== 'get';
}

/** The header (lower case) by which repeated requests are told, where the rule sends it along; null where there is none. */
export function replayHeader(operation: Operation, invariant: Invariant): string | null {
  const again = invariant.then.find((probe) => probe.operation === operation.id);
  if (again === undefined) return null;
  const header = operation.parameters.find(
    (parameter) => parameter.in === 'header' && /idempotency|request-?id|client-?token|dedup/i.test(parameter.name),
  );
  return header !== undefined && Object.keys(again.parameters).some((name) => name.endsWith(header.name))
    ? header.name.toLowerCase()
    : null;
}
