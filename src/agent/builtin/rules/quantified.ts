/** Rules over lists: entries that must be there, members that every item has, the order of the items. */
import { designOf } from '../design.ts';
import { binary, chainOf, namesIn, type Expression } from './expression.ts';
import { factsOf, memberOf, wantedOf, type Fact } from './facts.ts';
import type { Planning } from './plan.ts';
import { isSafe } from './read-rule.ts';
import { requiredOfEntries } from './step-forms.ts';

/** Plans `exists` over what a probe lists afterwards, and `all` over a list of the answer. */
export function addQuantified(
  planning: Planning,
  { conditions }: Fact,
  claim: Extract<Expression, { kind: 'each' }>,
): void {
  const { one, plan, thens, rule, design } = planning;
  const words = chainOf(claim.of);
  const [root, part, ...path] = words ?? [];
  if (root === undefined || part !== 'body') return;
  if (claim.name === 'exists' || claim.name === 'exists_one') {
    const probe = plan.thens.find((other) => other.name === root);
    const lister = probe === undefined ? undefined : designOf(design, probe.operation);
    if (isSafe(one.operation) || !thens.has(root) || probe === undefined || lister?.action.kind !== 'list') return;
    const { variable, body } = claim;
    const wanted = wantedOf(body, variable);
    plan.effects.push({
      kind: 'ensureEntry',
      rule,
      conditions,
      lister,
      probe,
      list: claim.of,
      variable,
      predicate: body,
      wanted,
      required: requiredOfEntries(planning.spec, lister),
      isUnique: claim.name === 'exists_one',
    });
  }
  if (claim.name !== 'all' || root !== 'response') return;
  const isList = one.action.kind === 'list';
  if (isList && namesIn(claim.body).includes('request')) {
    plan.define.push({ kind: 'keepItems', rule, conditions, path, variable: claim.variable, predicate: claim.body });
    return;
  }
  for (const inner of factsOf(claim.body, (part) => namesIn(part).includes(claim.variable))) {
    if (inner.claim.kind !== 'binary' || inner.claim.operator !== '==') continue;
    for (const [side, value] of [
      [inner.claim.left, inner.claim.right],
      [inner.claim.right, inner.claim.left],
    ] as const) {
      const member = memberOf(side, claim.variable);
      if (member === null) continue;
      const guard = inner.conditions.reduce<Expression | null>(
        (all, next) => (all === null ? next : binary('&&', all, next)),
        null,
      );
      const old: Expression = { kind: 'member', of: { kind: 'name', name: claim.variable }, name: member };
      const chosen: Expression = guard === null ? value : { kind: 'choice', test: guard, yes: value, no: old };
      plan.define.push({
        kind: 'defineItems',
        rule,
        conditions,
        path,
        variable: claim.variable,
        member,
        value: chosen,
      });
      break;
    }
  }
}

/** `response.body.map(e, 0 - e.rank).isSorted()` on a list orders it by what each item is mapped to. */
export function addOrder({ one, plan, rule }: Planning, claim: Extract<Expression, { kind: 'method' }>): void {
  if (one.action.kind !== 'list' || claim.of.kind !== 'each' || claim.of.name !== 'map') return;
  if (chainOf(claim.of.of)?.[0] !== 'response') return;
  const { variable, body } = claim.of;
  if (namesIn(body).every((name) => name === variable)) plan.order.push({ rule, variable, key: body });
}
