/** Rules on a schema as rules on the answers that contain it. */
import { at, isObject, valueAt } from '../../../events/index.ts';
import type { Operation, Spec } from '../../../spec/model.ts';
import { answerSchema } from '../resources.ts';
import { schemaAt, shapeOf, target } from '../shape.ts';
import { binary, chain, rewrite, type Expression } from './expression.ts';

const DEEPEST = 5;

/** Steps from the answer to one place of the schema: members, `*` for every item. */
type Way = { member: string; isCertain: boolean } | '*';

/** The rule said of the operation's answer; null where its answer does not contain the schema plainly. */
export function ruleOnAnswer(spec: Spec, operation: Operation, schema: string, rule: Expression): Expression | null {
  const answer = answerSchema(operation);
  if (answer === null) return null;
  const ways = waysTo(spec, answer, target(spec, schema), 0);
  if (ways.length === 0) return null;
  const failed = binary('>=', chain('response', 'status'), { kind: 'literal', value: 300 });
  const claims = ways.map((way) => along(way, chain('response', 'body'), rule, 0));
  return binary(
    '||',
    failed,
    claims.reduce((all, one) => binary('&&', all, one)),
  );
}

function waysTo(spec: Spec, pointer: string, wanted: string, depth: number): Way[][] {
  const place = target(spec, pointer);
  if (place === wanted) return [[]];
  if (depth >= DEEPEST) return [];
  const schema = schemaAt(spec, place);
  const found: Way[][] = [];
  const { required } = shapeOf(spec, place);
  if (isObject(schema['properties'])) {
    for (const name of Object.keys(schema['properties'])) {
      const inner = waysTo(spec, at(place, 'properties', name), wanted, depth + 1);
      found.push(...inner.map((way) => [{ member: name, isCertain: required.has(name) }, ...way]));
    }
  }
  if (isObject(valueAt(spec.document, at(place, 'items')))) {
    found.push(...waysTo(spec, at(place, 'items'), wanted, depth + 1).map((way): Way[] => ['*', ...way]));
  }
  const parts = schema['allOf'];
  if (Array.isArray(parts))
    parts.forEach((_, index) => found.push(...waysTo(spec, at(place, 'allOf', index), wanted, depth + 1)));
  return found;
}

function along(way: Way[], here: Expression, rule: Expression, depth: number): Expression {
  const [step, ...rest] = way;
  if (step === undefined)
    return rewrite(rule, (one) => (one.kind === 'name' && one.name === 'self' ? here : undefined));
  if (step === '*') {
    const variable = depth === 0 ? 'item' : `item${depth + 1}`;
    return {
      kind: 'each',
      name: 'all',
      of: here,
      variable,
      body: along(rest, { kind: 'name', name: variable }, rule, depth + 1),
    };
  }
  const member: Expression = { kind: 'member', of: here, name: step.member };
  const inner = along(rest, member, rule, depth);
  return step.isCertain
    ? inner
    : binary('||', { kind: 'not', of: { kind: 'call', name: 'has', args: [member] } }, inner);
}
