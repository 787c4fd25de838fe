/** Members of an answer that no schema of it names. */
import { at, isObject, type JsonValue } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import { facets, itemSchema, propertySchema } from '../cases/schema-walk.ts';

const DEPTH = 12;
const MOST_ITEMS = 20;

/** A member that is not documented, and the schema that should name it. */
export interface UndocumentedField {
  /** Pointer into the body, `*` for any index. */
  path: string;
  clause: string;
}

/**
 * Looks through a value along its schema. An object whose schema names no property, or says itself what other members
 * look like (`additionalProperties: true` or a schema, `patternProperties`), has none that is undocumented.
 */
export function undocumentedFields(spec: Spec, pointer: string, value: JsonValue): UndocumentedField[] {
  const found: UndocumentedField[] = [];
  look(spec, pointer, value, '', found, DEPTH);
  return found;
}

function look(
  spec: Spec,
  pointer: string,
  value: JsonValue,
  path: string,
  found: UndocumentedField[],
  depth: number,
): void {
  if (depth === 0) return;
  if (Array.isArray(value)) {
    const items = itemSchema(spec, pointer);
    if (items === undefined) return;
    for (const item of value.slice(0, MOST_ITEMS)) look(spec, items, item, `${path}/*`, found, depth - 1);
  } else if (isObject(value)) {
    const home = closedAt(spec, pointer);
    for (const [name, member] of Object.entries(value)) {
      const schema = propertySchema(spec, pointer, name);
      if (schema !== undefined) look(spec, schema, member, at(path, name), found, depth - 1);
      else if (home !== undefined) found.push({ path: at(path, name), clause: home });
    }
  }
}

/** Pointer of the schema that names the members of an object; undefined where it leaves them open. */
function closedAt(spec: Spec, pointer: string): string | undefined {
  let home: string | undefined;
  for (const { pointer: own, schema } of facets(spec, pointer)) {
    const { properties, additionalProperties, unevaluatedProperties, patternProperties, discriminator } = schema;
    const open = [additionalProperties, unevaluatedProperties].some((other) => other === true || isObject(other));
    if (open || isObject(patternProperties)) return undefined;
    if (isObject(properties) || isObject(discriminator)) home ??= own;
  }
  return home;
}
