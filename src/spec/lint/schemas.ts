/** Readiness of the schemas that clients send: bounds, additional properties, money, times. */
import { at, isObject, type JsonValue } from '../../events/index.ts';
import type { Spec } from '../model.ts';
import type { Report } from '../report.ts';
import { type Keywords, keywordsOf } from './schema-keywords.ts';

/** A schema in use, with the name of the member that it describes. */
interface Use {
  pointer: string;
  name: string;
  input: boolean;
}

/** Reports what schemas leave open; each schema once, as input where it is used as input anywhere. */
export function lintSchemas(spec: Spec, report: Report): void {
  const seen = new Set<string>();
  const told = new Set<string>();
  const reportOnce: Report = (severity, rule, pointer, message, hint) => {
    if (!told.has(`${rule} ${pointer}`)) report(severity, rule, pointer, message, hint);
    told.add(`${rule} ${pointer}`);
  };
  const open = [...uses(spec, true), ...uses(spec, false)].toReversed();
  for (let use = open.pop(); use !== undefined; use = open.pop()) {
    const found = keywordsOf(spec, use.pointer);
    const key = found.parts.join(' ');
    if (found.parts.length === 0 || seen.has(key)) continue;
    seen.add(key);
    check(found, use, reportOnce);
    open.push(...inner(found, use).toReversed());
  }
}

function uses(spec: Spec, input: boolean): Use[] {
  const ofMethods = spec.methods.flatMap(({ parameters, result }): Use[] =>
    (input ? parameters : result === undefined ? [] : [result]).map(({ schema, name }) => ({
      pointer: schema,
      name,
      input,
    })),
  );
  const ofOperations = spec.operations.flatMap((operation) => {
    const media = input
      ? (operation.requestBody?.content ?? [])
      : operation.responses.flatMap(({ content }) => content);
    const bodies = media.flatMap(({ schema }) => (schema === undefined ? [] : [{ pointer: schema, name: '', input }]));
    const parameters = input
      ? operation.parameters.flatMap(({ schema, name }) =>
          schema === undefined ? [] : [{ pointer: schema, name, input }],
        )
      : [];
    return [...parameters, ...bodies];
  });
  return [...ofMethods, ...ofOperations];
}

function inner({ keywords }: Keywords, { name, input }: Use): Use[] {
  const found: Use[] = [];
  for (const [keyword, { value, pointer }] of keywords) {
    if (keyword === 'properties' && isObject(value))
      for (const property of Object.keys(value)) found.push({ pointer: at(pointer, property), name: property, input });
    else if (['anyOf', 'oneOf', 'prefixItems'].includes(keyword) && Array.isArray(value))
      for (const index of value.keys()) found.push({ pointer: at(pointer, index), name, input });
    else if (['items', 'additionalProperties'].includes(keyword) && isObject(value))
      found.push({ pointer, name, input });
  }
  return found;
}

const MONEY = /(amount|price|cost|balance|fee|salary|wage|payment|payout|charge|refund|money)s?(cents|minor)?$/i;
const TIME = /(date|time|[a-z]At|_at|_on|timestamp)$/;

function check({ keywords, place }: Keywords, { name, input }: Use, report: Report): void {
  const has = (...names: string[]) => names.some((keyword) => keywords.has(keyword));
  const value = (keyword: string): JsonValue | undefined => keywords.get(keyword)?.value;
  const types = typesOf(value('type'));
  const called = name === '' ? 'the body' : name;
  if (has('enum', 'const')) return;
  if (types.includes('number') && MONEY.test(name))
    report(
      'warning',
      'money-number',
      place,
      `${called} looks like money and is a \`number\`: fractions of binary floats are lost`,
      'use an integer of the smallest unit, and say which',
    );
  if (types.includes('string') && TIME.test(name) && !has('format', 'pattern'))
    report(
      'note',
      'time-format',
      place,
      `${called} looks like a time and has no format`,
      'add `format: date` or `format: date-time`',
    );
  if (!input || value('readOnly') === true) return;
  if (types.length === 0 && !has('anyOf', 'oneOf', 'properties', 'required', 'items', 'not', 'if', '$dynamicRef'))
    report('note', 'any-value', place, `${called} may be any value`, 'add a type');
  if (types.includes('string') && !has('maxLength', 'pattern', 'format'))
    report('note', 'unbounded-string', place, `${called} may be a text of any length`, 'add `maxLength`');
  if (types.includes('array') && !has('maxItems'))
    report('note', 'unbounded-array', place, `${called} may have any number of items`, 'add `maxItems`');
  const low = has('minimum', 'exclusiveMinimum');
  const high = has('maximum', 'exclusiveMaximum');
  if ((types.includes('integer') || types.includes('number')) && !has('format') && !(low && high))
    report(
      'note',
      'unbounded-number',
      place,
      `${called} has no ${low ? 'upper' : high ? 'lower' : 'lower and no upper'} bound`,
      'add `minimum` and `maximum`',
    );
  if (has('properties') && !has('additionalProperties', 'unevaluatedProperties', 'patternProperties'))
    report(
      'note',
      'open-object',
      place,
      `it is not said whether ${called} may have more members`,
      'add `additionalProperties: false` or `true`',
    );
  undeclaredRequired(keywords, place, report);
}

function undeclaredRequired(keywords: Keywords['keywords'], place: string, report: Report): void {
  const required = keywords.get('required')?.value;
  const properties = keywords.get('properties')?.value;
  if (
    !Array.isArray(required) ||
    !isObject(properties) ||
    keywords.has('allOf') ||
    keywords.has('additionalProperties')
  )
    return;
  for (const name of required)
    if (typeof name === 'string' && !Object.hasOwn(properties, name))
      report(
        'warning',
        'required-undeclared',
        place,
        `${name} is required, and not described`,
        'add it to `properties`',
      );
}

function typesOf(type: JsonValue | undefined): string[] {
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.filter((item) => typeof item === 'string') : [];
}
