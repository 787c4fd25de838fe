/**
 * A member that a request leaves out is taken to have its default: what was made or replaced shows it. Held only where
 * both sides of the contract state the same default for a member of one name, or where the body has a schema of its own
 * and the service has no say in that member; and where the answer has it.
 */
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import { isUndocumented } from '../cases/scenario.ts';
import { schemaAt } from '../cases/schema-walk.ts';
import { equalJson } from '../equal-json.ts';
import type { Engine } from '../run/engine.ts';
import { appliedFields } from './applied.ts';
import type { Passive } from './passive.ts';

interface Defaulted {
  name: string;
  value: JsonValue;
  clause: string;
}

/** The defaults of a contract's bodies, one check each; they ride on every call of their operation. */
export function defaultsOf(engine: Engine): Passive[] {
  return engine.spec.operations.flatMap((operation) =>
    sharedDefaults(engine, operation).map((one) => defaultOf(operation, one)),
  );
}

/** A PATCH that leaves a member out leaves it as it is, and a POST that makes nothing may as well. */
function sharedDefaults(engine: Engine, operation: Operation): Defaulted[] {
  const { status } = successOf(operation) ?? {};
  if (status !== '201' && (operation.method !== 'put' || status !== '200')) return [];
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  const answer = jsonSchemaOf(successOf(operation)?.content ?? []);
  if (body === undefined || answer === undefined) return [];
  const shown = defaultsIn(engine, answer, 'response');
  // Where only the body has a default, its schema must be one of its own: then it speaks of what the client leaves out.
  const fields = appliedFields(engine, operation, operation);
  return defaultsIn(engine, body, 'request').filter(({ name, value }) => {
    const other = shown.find((one) => one.name === name);
    return other === undefined ? fields.has(name) : equalJson(other.value, value);
  });
}

/** Scalar defaults of the optional members that an object has whatever else it holds. */
function defaultsIn(engine: Engine, schema: string, direction: 'request' | 'response'): Defaulted[] {
  const found = schemaAt(engine.spec, schema);
  if (found === undefined) return [];
  const { properties, allOf } = found.schema;
  const inherited = Array.isArray(allOf)
    ? allOf.flatMap((_, index) => defaultsIn(engine, at(found.pointer, 'allOf', index), direction))
    : [];
  const own = Object.keys(isObject(properties) ? properties : {}).flatMap((name): Defaulted[] => {
    const property = schemaAt(engine.spec, at(found.pointer, 'properties', name));
    // Beside a `$ref` it counts as well (OpenAPI 3.1, JSON Schema 2020-12 §8.2.3.1).
    const beside = valueAt(engine.spec.document, at(found.pointer, 'properties', name, 'default'));
    const value = property === undefined ? undefined : (beside ?? valueAt(property.schema, '/default'));
    // What the service fills in by itself, and texts that have several spellings, are no defaults of the client's.
    if (property === undefined || value === undefined || typeof value === 'object') return [];
    if (property.schema['readOnly'] === true || property.schema['writeOnly'] === true) return [];
    if (property.schema['format'] !== undefined && typeof value === 'string') return [];
    const isValid = engine.schemas.validate(property.pointer, value, direction).length === 0;
    return isValid
      ? [
          {
            name,
            value,
            clause:
              beside === undefined ? at(property.pointer, 'default') : at(found.pointer, 'properties', name, 'default'),
          },
        ]
      : [];
  });
  return [...inherited, ...own];
}

function defaultOf({ id, method }: Operation, { name, value, clause }: Defaulted): Passive {
  return {
    ref: { id: `conformance ${id} default ${name}`, clause, kind: 'conformance', operation: id },
    operations: [id],
    check({ operation, input, answer, valid, manner, request }) {
      if (operation.id !== id || answer.kind !== 'answer') return { seen: 0 };
      const isAsDocumented = valid && !isUndocumented(manner) && request.method.toLowerCase() === method;
      // A call that says it is a look as well: an unlucky run must not end undecided.
      if (!isAsDocumented || !isObject(input.body) || Object.hasOwn(input.body, name)) return { seen: 1 };
      if (answer.status !== 201 && answer.status !== 200) return { seen: 1 };
      const shown = isObject(answer.json) && Object.hasOwn(answer.json, name) ? answer.json[name] : undefined;
      if (shown === undefined || equalJson(shown, value)) return { seen: 1 };
      return {
        seen: 1,
        finding: {
          kind: 'failed',
          actual: `${name} is ${JSON.stringify(shown)}, although it was not sent`,
          expected: `${name} ${JSON.stringify(value)}, its default`,
          instancePath: at('', name),
        },
      };
    },
  };
}
