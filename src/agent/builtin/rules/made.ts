/** Which rules hold by what the steps write, so that no outcome needs to be judged by them. */
import { isObject, valueAt } from '../../../events/index.ts';
import type { Spec } from '../../../spec/model.ts';
import { answerSchema } from '../resources.ts';
import { schemaAt, shapeOf } from '../shape.ts';
import { opposite, type Expression } from './expression.ts';
import type { Planning, RulePlan, Step } from './plan.ts';

/** True where each of the rule's facts has a step that makes it so, and no schema or other rule asks for another value. */
export function isMade({ spec, one, plan }: Planning, rule: string, facts: number): boolean {
  const steps = [...plan.define, ...plan.effects].filter((step) => step.rule === rule);
  const ordered = plan.order.filter((key) => key.rule === rule).length;
  if (facts === 0 || steps.length + ordered < facts) return false;
  return steps.every((step) => {
    if (step.kind === 'define')
      return isAlone(plan, step) && staysAsIs(spec, answerSchema(one.operation), step.path, step.value);
    if (step.kind === 'setMember') return staysAsIs(spec, answerSchema(step.reader.operation), step.path, step.value);
    if (step.kind === 'ensureEntry' || step.kind === 'correctSum')
      return hasPlainItems(spec, answerSchema(step.lister.operation));
    return true;
  });
}

/** True where no other rule defines the same member under conditions that this one's do not rule out. */
function isAlone({ define }: RulePlan, step: Step & { kind: 'define' }): boolean {
  const place = JSON.stringify(step.path);
  return define.every(
    (other) =>
      other.kind !== 'define' ||
      other.rule === step.rule ||
      JSON.stringify(other.path) !== place ||
      exclude(other, step),
  );
}

function exclude(a: Step, b: Step): boolean {
  const texts = new Set(b.conditions.map((condition) => JSON.stringify(condition)));
  return a.conditions.some((condition) => texts.has(JSON.stringify(opposite(condition))));
}

/** True where the schema takes whatever value the rule comes to. */
export function staysAsIs(spec: Spec, pointer: string | null, path: string[], value: Expression): boolean {
  const schema = memberSchema(spec, pointer, path);
  if (schema === null) return false;
  const bounds = Object.keys(schema).filter((keyword) => BOUNDS.has(keyword));
  if (bounds.length === 0) return true;
  if (value.kind === 'literal') return true;
  const [only, ...more] = bounds;
  const least = schema['minimum'];
  return more.length === 0 && only === 'minimum' && typeof least === 'number' && isAtLeast(value, least);
}

const BOUNDS = new Set(
  'enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems uniqueItems oneOf anyOf allOf not'.split(
    ' ',
  ),
);

/** `[0, x].max()` is never below 0. */
function isAtLeast(value: Expression, least: number): boolean {
  if (value.kind !== 'method' || value.name !== 'max' || value.of.kind !== 'list') return false;
  return value.of.items.some(
    (item) => item.kind === 'literal' && typeof item.value === 'number' && item.value >= least,
  );
}

function memberSchema(spec: Spec, pointer: string | null, path: string[]): Record<string, unknown> | null {
  let place = pointer;
  for (const name of path) place = place === null ? null : (shapeOf(spec, place).members.get(name) ?? null);
  return place === null ? null : schemaAt(spec, place);
}

/** True where no number of an entry has bounds that a computed one could miss. */
function hasPlainItems(spec: Spec, pointer: string | null): boolean {
  const items = pointer === null ? null : shapeOf(spec, pointer).items;
  if (items === null) return false;
  return [...shapeOf(spec, items).members.values()].every((place) => {
    const schema = valueAt(spec.document, place);
    if (!isObject(schema)) return true;
    return !['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].some(
      (keyword) => keyword in schema,
    );
  });
}
