/** Sees through a probed member that another rule defines: a balance that is a sum is changed by its entries. */
import { designOf, type OperationDesign } from '../design.ts';
import { chainOf, namesIn, rewrite, type Expression } from './expression.ts';
import { factsOf } from './facts.ts';
import { textOf, type Planning } from './plan.ts';
import { probeParameter, readInvariant, type ReadProbe } from './read-rule.ts';
import { canBeMade, settableOf, solutionsOf, type Solution } from './solve.ts';

/**
 * A probed member that the probed operation defines as something else (a balance that is a sum) is replaced by that
 * something, seen through a probe of its own.
 */
export function composed(planning: Planning, left: Expression, right: Expression): Solution[] {
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const settable = settableOf(side, planning.thens);
    if (settable?.kind !== 'probed') continue;
    const definition = definitionThrough(planning, settable.probe, settable.path);
    if (definition !== null)
      return solutionsOf(definition, other, planning.thens).filter((one) => one.settable.kind !== 'answer');
  }
  return [];
}

function definitionThrough(planning: Planning, name: string, path: string[]): Expression | null {
  const { spec, design, plan, thens } = planning;
  const outer = plan.thens.find((probe) => probe.name === name);
  const asked = outer === undefined ? undefined : designOf(design, outer.operation);
  if (outer === undefined || asked === undefined) return null;
  for (const invariant of spec.invariants) {
    if (invariant.scope !== 'operation' || !invariant.operations.includes(asked.operation.id)) continue;
    const read = readInvariant(invariant);
    if (read.kind === 'unsupported') continue;
    const inner = new Set([...read.rule.givens, ...read.rule.thens].map((probe) => probe.name));
    for (const { claim } of factsOf(read.rule.rule, (part) => canBeMade(part, inner))) {
      if (claim.kind !== 'binary' || claim.operator !== '==') continue;
      for (const [side, value] of [
        [claim.left, claim.right],
        [claim.right, claim.left],
      ] as const) {
        const words = chainOf(side);
        if (words?.join('.') !== ['response', 'body', ...path].join('.')) continue;
        const names = namesIn(value).filter((one) => inner.has(one));
        if (names.length !== 1 || names[0] === undefined) continue;
        const probe = [...read.rule.givens, ...read.rule.thens].find((one) => one.name === names[0]);
        if (probe === undefined || probe.body !== null) continue;
        const seen = through(asked, outer, probe);
        if (seen === null) continue;
        const known = plan.thens.find((one) => textOf(one) === textOf(seen));
        const added = known ?? seen;
        if (known === undefined) plan.thens.push(added);
        thens.add(added.name);
        const result = throughExpression(asked, outer, value, probe.name, added.name);
        if (result !== null) return result;
      }
    }
  }
  return null;
}

/** A probe of the asked operation's own, with the outer probe's values for what the asked operation was sent. */
function through(asked: OperationDesign, outer: ReadProbe, probe: ReadProbe): ReadProbe | null {
  const parameters = new Map<string, Expression>();
  for (const [name, value] of probe.parameters) {
    const seen = throughExpression(asked, outer, value, '', '');
    if (seen === null) return null;
    parameters.set(name, seen);
  }
  return {
    name: `${outer.name}${probe.name.charAt(0).toUpperCase()}${probe.name.slice(1)}`,
    operation: probe.operation,
    parameters,
    body: null,
  };
}

function throughExpression(
  asked: OperationDesign,
  outer: ReadProbe,
  value: Expression,
  from: string,
  to: string,
): Expression | null {
  let isWhole = true;
  const seen = rewrite(value, (part) => {
    if (part.kind === 'name' && part.name === from) return { ...part, name: to };
    const words = chainOf(part);
    if (words?.[0] !== 'request') return undefined;
    const [, place, name] = words;
    const parameter = asked.operation.parameters.find((one) => one.in === place && one.name === name);
    const sent = parameter === undefined || words.length !== 3 ? undefined : probeParameter(outer, parameter);
    if (sent === undefined) isWhole = false;
    return sent ?? part;
  });
  return isWhole ? seen : null;
}
