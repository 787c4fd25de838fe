/** Schemas that contain themselves at the very same place of the value say nothing more, but would be read for ever. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';

const IN_PLACE_LISTS = ['allOf', 'anyOf', 'oneOf'];
const IN_PLACE = ['not', 'if', 'then', 'else'];

/** Replaces each reference that closes such a loop by `true`; changes the schemas where they are. */
export function cutLoops(schemas: Record<string, JsonValue>): void {
  const done = new Set<string>();
  const visit = (name: string, open: ReadonlySet<string>): void => {
    if (done.has(name)) return;
    const schema = schemas[name];
    if (isObject(schema)) follow(schema, new Set([...open, name]));
    done.add(name);
  };
  const follow = (schema: JsonObject, open: ReadonlySet<string>): void => {
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      if (open.has(reference)) delete schema['$ref'];
      else visit(reference, open);
    }
    for (const part of partsInPlace(schema)) if (isObject(part)) follow(part, open);
  };
  for (const name of Object.keys(schemas)) visit(name, new Set());
}

function partsInPlace(schema: JsonObject): JsonValue[] {
  const lists = IN_PLACE_LISTS.flatMap((keyword) => schema[keyword] ?? []);
  const dependent = isObject(schema['dependentSchemas']) ? Object.values(schema['dependentSchemas']) : [];
  return [...lists, ...IN_PLACE.flatMap((keyword) => schema[keyword] ?? []), ...dependent];
}
