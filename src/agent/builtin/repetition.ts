/** Rules that send the same request again. */
import type { Invariant, Operation } from '../../spec/model.ts';
import { chainOf, partsOf, type Expression } from './rules/expression.ts';
import { readInvariant } from './rules/read-rule.ts';

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

/** The status that a rule asks of the repetition, as in `again.status == 200`; null where it names none. */
export function replayStatus(operation: Operation, invariant: Invariant): number | null {
  const read = readInvariant(invariant);
  const again = invariant.then.find((probe) => probe.operation === operation.id)?.name;
  return read.kind === 'rule' && again !== undefined ? statusIn(read.rule.rule, again) : null;
}

function statusIn(expression: Expression, probe: string): number | null {
  if (expression.kind === 'binary' && expression.operator === '==') {
    const { left, right } = expression;
    if (chainOf(left)?.join('.') === `${probe}.status` && right.kind === 'literal') return Number(right.value);
  }
  for (const { part } of partsOf(expression)) {
    const found = statusIn(part, probe);
    if (found !== null) return found;
  }
  return null;
}
