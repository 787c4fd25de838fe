import { at, isObject, type JsonValue } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import type { Direction, Schemas } from '../schema-port.ts';
import { facets, itemSchema, propertyNames, propertySchema, schemaAt } from './schema-walk.ts';

const MAX_DEPTH = 12;

/** The parts of a value that a named schema describes, found by walking the value's own schema beside it. */
export function schemaInstances(
  spec: Spec,
  schemas: Schemas,
  schema: string,
  value: JsonValue,
  wanted: string,
  direction: Direction,
): JsonValue[] {
  const target = spec.follow(wanted) ?? wanted;
  const found: JsonValue[] = [];
  const visit = (pointer: string, part: JsonValue, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    for (const facet of facets(spec, pointer)) {
      if (facet.pointer !== target) continue;
      // Inside oneOf and anyOf the value may be one of the other alternatives.
      if (schemas.validate(facet.pointer, part, direction).length === 0) found.push(part);
    }
    if (Array.isArray(part)) {
      const items = itemSchema(spec, pointer);
      if (items !== undefined) for (const item of part) visit(items, item, depth + 1);
    } else if (isObject(part)) {
      for (const name of propertyNames(spec, pointer)) {
        const member = part[name];
        const property = propertySchema(spec, pointer, name);
        if (member !== undefined && property !== undefined) visit(property, member, depth + 1);
      }
      const owner = schemaAt(spec, pointer);
      if (owner !== undefined && isObject(owner.schema['additionalProperties'])) {
        const named = new Set(propertyNames(spec, pointer));
        for (const [name, member] of Object.entries(part))
          if (!named.has(name)) visit(at(owner.pointer, 'additionalProperties'), member, depth + 1);
      }
    }
  };
  visit(schema, value, 0);
  return found;
}
