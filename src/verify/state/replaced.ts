/**
 * A `PUT` replaces the whole (RFC 9110 §9.3.4): what it leaves out is as it is in a thing that was made without it. Only
 * where it takes the very schema with which one makes the thing, so that its body is no change but a whole.
 */
import fc from 'fast-check';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import { commonNames, facets, propertyNames, propertySchema } from '../cases/schema-walk.ts';
import type { Input } from '../cases/scenario.ts';
import { isKept, isReserved } from '../checks/kept.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import { expressionOf } from './expression-of.ts';
import type { Kind } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

/** One property for each `PUT` of a whole. */
export function replacedOf(engine: Engine, kind: Kind): Property[] {
  if (kind.creator.method !== 'post') return [];
  return kind.updaters.flatMap((operation) => {
    const fields = operation.method === 'put' ? optionalFields(engine, kind, operation) : [];
    return fields.length === 0 ? [] : [replaced(engine, kind, operation, fields)];
  });
}

/** What may be left out of the body, and is shown where it is there. */
function optionalFields(engine: Engine, kind: Kind, operation: Operation): string[] {
  const { spec } = engine;
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  const made = jsonSchemaOf(kind.creator.requestBody?.content ?? []);
  const shown = jsonSchemaOf(successOf(kind.reader)?.content ?? []);
  if (body === undefined || made === undefined || shown === undefined) return [];
  if (spec.follow(body) !== spec.follow(made) || isReserved(spec, [operation.pointer, body])) return [];
  const required = requiredOf(engine, body);
  // A body of which nothing need be there is a change.
  if (required.size === 0) return [];
  const visible = new Set(propertyNames(spec, shown));
  return commonNames(spec, body).filter((name) => {
    const own = propertySchema(spec, body, name);
    return own !== undefined && !required.has(name) && visible.has(name) && !isKept(name) && !isReserved(spec, [own]);
  });
}

function requiredOf({ spec }: Engine, body: string): Set<JsonValue> {
  return new Set(
    [...facets(spec, body)].flatMap(({ schema }): JsonValue[] =>
      Array.isArray(schema['required']) ? schema['required'] : [],
    ),
  );
}

function replaced(engine: Engine, kind: Kind, operation: Operation, fields: string[]): Property {
  const needed = neededBy(engine, kind, operation);
  const creations = engine.inputsFor(kind.creator).arbitrary;
  // Of a few draws, the one that has most of what may be left out.
  const full = fc
    .tuple(creations, creations, creations, creations)
    .map((all) => all.reduce((one, other) => (countOf(other, fields) > countOf(one, fields) ? other : one)));
  const arbitrary = fc
    .tuple(drawn(engine, parentsOf(kind)), full, drawn(engine, needed), creations)
    .map(([parents, first, inputs, plain]) => {
      const draft = draftOf(engine, kind, parents);
      const control = draft.create(without(engine, kind.creator, plain, fields));
      draft.call(kind.reader, control, [], 'check');
      const made = draft.create(first);
      draft.call(kind.reader, made, [], 'check');
      const last = inputs.at(-1);
      const body = last === undefined ? [] : [...inputs.slice(0, -1), without(engine, operation, last, fields)];
      draft.call(operation, made, body, 'call');
      draft.call(kind.reader, made, [], 'check');
      return draft.steps;
    });
  return stateProperty(engine, {
    name: `replaced ${operation.id}`,
    operation,
    runs: Math.max(3, Math.round(engine.runs / 15)),
    needs: [...parentsOf(kind), kind.creator, kind.reader, ...needed],
    arbitrary: () => arbitrary,
    look: (sent) => look(kind, operation, fields, sent),
  });
}

function countOf({ body }: Input, fields: string[]): number {
  return isObject(body) ? fields.filter((name) => Object.hasOwn(body, name) && body[name] !== null).length : 0;
}

function without(engine: Engine, operation: Operation, input: Input, fields: string[]): Input {
  if (!isObject(input.body)) return input;
  const body = Object.fromEntries(Object.entries(input.body).filter(([name]) => !fields.includes(name)));
  const less = { ...input, body };
  return engine.accepts(operation, less) ? less : input;
}

function look(kind: Kind, operation: Operation, fields: string[], sent: Sent[]): Shown {
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  const reads = sent.flatMap((one, index) => (one.role === 'check' ? [index] : []));
  const [control, before, after] = reads.map((index) => sent[index]);
  if (call === undefined || !isDone(call) || after === undefined)
    return { kind: 'silent', reason: `${operation.id} was not done` };
  const where = kind.shownAt(kind.reader);
  const [plain, old, now] = [control, before, after].map((one) => resourceOf(one, where));
  if (plain === undefined || old === undefined || now === undefined)
    return { kind: 'silent', reason: `${kind.reader.id} did not show it` };
  const sentBody = isObject(call.input.body) ? call.input.body : {};
  for (const name of fields) {
    const [own, kept] = [old[name], now[name]];
    if (own === undefined || own === null || Object.hasOwn(sentBody, name)) continue;
    if (kept === undefined || !equalJson(kept, own) || equalJson(plain[name] ?? null, own)) continue;
    const text = JSON.stringify(JSON.stringify(own));
    return {
      kind: 'failed',
      focus,
      shown: [sent.indexOf(after)],
      actual: `${name} is still ${JSON.stringify(own)}, which ${operation.id} left out`,
      expected: `${name} ${plain[name] === undefined ? 'absent' : JSON.stringify(plain[name])}, as in a ${kind.thing} that was made without it: PUT replaces the whole (RFC 9110 §9.3.4)`,
      check: `JSON.stringify(${expressionOf(where)}[${JSON.stringify(name)}] ?? null) === ${text}`,
    };
  }
  return HELD;
}

function resourceOf(sent: Sent | undefined, where: string): Record<string, JsonValue> | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const shown = valueAt(sent.answer.json, where);
  return isObject(shown) ? shown : undefined;
}
