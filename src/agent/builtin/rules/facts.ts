/** Takes a rule apart into facts: what must be so, and under which conditions. */
import { binary, operandsOf, opposite, type Expression } from './expression.ts';

/** `claim` must hold wherever all conditions do. */
export interface Fact {
  conditions: Expression[];
  claim: Expression;
}

/**
 * The facts of a rule, each a claim without `&&`, `||` or `?:` at its top. Of alternatives, the last one that can be
 * made true is the claim and the others are its conditions, as in `response.status != 201 || ...`.
 */
export function factsOf(
  rule: Expression,
  canBeMade: (part: Expression) => boolean,
  conditions: Expression[] = [],
): Fact[] {
  const again = (part: Expression, more: Expression[] = []): Fact[] =>
    factsOf(part, canBeMade, [...conditions, ...more]);
  switch (rule.kind) {
    case 'binary':
      if (rule.operator === '&&') return operandsOf(rule, '&&').flatMap((one) => again(one));
      if (rule.operator === '||') {
        const operands = operandsOf(rule, '||');
        const index = operands.findLastIndex(canBeMade);
        const claim = operands[index];
        const others = operands.filter((_, other) => other !== index).map(opposite);
        return claim === undefined
          ? []
          : again(
              claim,
              others.flatMap((other) => operandsOf(other, '&&')),
            );
      }
      return [{ conditions, claim: rule }];
    case 'choice':
      return [...again(rule.yes, [rule.test]), ...again(rule.no, [opposite(rule.test)])];
    case 'not': {
      const turned = opposite(rule.of);
      if (turned.kind !== 'not') return again(turned);
      const truth: Expression = { kind: 'literal', value: false };
      return [{ conditions, claim: isChain(rule.of) ? binary('==', rule.of, truth) : rule }];
    }
    case 'member':
      return [{ conditions, claim: binary('==', rule, { kind: 'literal', value: true }) }];
    default:
      return [{ conditions, claim: rule }];
  }
}

function isChain(expression: Expression): boolean {
  return expression.kind === 'member';
}

/** What a predicate over a list's items asks of an item: members that equal something, and members with a bound. */
export interface Wanted {
  fields: Map<string, Expression>;
  bounds: Map<string, Expression>;
}

/** Reads a predicate over `variable`; conditions that are neither are left for the emitted code to test. */
export function wantedOf(predicate: Expression, variable: string): Wanted {
  const wanted: Wanted = { fields: new Map(), bounds: new Map() };
  for (const { claim, conditions } of factsOf(predicate, () => false)) {
    if (conditions.length > 0 || claim.kind !== 'binary') continue;
    const { operator, left, right } = claim;
    const [name, value] =
      memberOf(left, variable) === null ? [memberOf(right, variable), left] : [memberOf(left, variable), right];
    if (name === null || mentions(value, variable)) continue;
    if (operator === '==') wanted.fields.set(name, value);
    else if (operator === '<=' || operator === '>=') wanted.bounds.set(name, value);
    else if (operator === 'in' && value.kind === 'list' && value.items[0] !== undefined)
      wanted.fields.set(name, value.items[0]);
  }
  return wanted;
}

/** `minutes` for `e.minutes`; null for anything else. */
export function memberOf(expression: Expression, variable: string): string | null {
  const isMember = expression.kind === 'member' && expression.of.kind === 'name' && expression.of.name === variable;
  return isMember ? expression.name : null;
}

function mentions(expression: Expression, name: string): boolean {
  return JSON.stringify(expression).includes(`{"kind":"name","name":${JSON.stringify(name)}}`);
}
