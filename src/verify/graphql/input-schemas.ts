/**
 * The input types of a contract as JSON Schema, so that the engine for JSON Schema draws arguments, their boundaries
 * and their violations. Each place of the schema knows the clause of the contract that it was made of.
 */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { at, type JsonObject, type JsonValue, tokensOf } from '../../events/index.ts';
import { constraintsOf, scalarSchemaOf } from '../../spec/graphql/constraints.ts';
import type { GraphContract } from '../../spec/graphql/contract.ts';
import { knownScalar } from '../../spec/graphql/scalars.ts';

/** Something of the contract that cannot be made into a schema. */
export interface Obstacle {
  pointer: string;
  reason: string;
}

export interface InputSchemas {
  document: JsonObject;
  /** Pointer of the schema of all arguments of a field, which is an object; the field by its clause. */
  argumentsAt(field: string): string;
  /** Pointer of the schema of a custom scalar or of a constrained output field; undefined where there is none. */
  scalarAt(name: string): string | undefined;
  outputAt(field: string): string | undefined;
  /** The clause that a place of the document stands for. */
  clauseOf(pointer: string): string;
  /** Custom scalars of which nothing is known, and constraints that cannot be expressed. */
  obstacles: Obstacle[];
  /** Why a field cannot be called at all: a required argument of an unknown scalar. */
  obstacleOf(field: string): Obstacle | undefined;
}

const DEFINITIONS = '#/$defs';

/** Makes the schemas of all fields with arguments, of all custom scalars, and of all constrained outputs. */
export function inputSchemasOf(contract: GraphContract): InputSchemas {
  const definitions: JsonObject = {};
  const fields: JsonObject = {};
  const scalars: JsonObject = {};
  const outputs: JsonObject = {};
  const places = new Map<string, string>();
  const obstacles: Obstacle[] = [];
  const blocked = new Map<string, Obstacle>();
  const unknown = new Map<string, Obstacle>();
  const { schema } = contract;

  const define = (name: string, nullable: boolean): string => {
    const key = nullable ? `${name}:null` : name;
    const pointer = at(DEFINITIONS, key);
    if (Object.hasOwn(definitions, key)) return pointer;
    const type = schema.getType(name);
    const clause = at('#', name);
    places.set(pointer, clause);
    if (isInputObjectType(type)) {
      definitions[key] = {};
      const made = membersOf(Object.values(type.getFields()), pointer, (field) => at(clause, field), type.isOneOf);
      definitions[key] = { type: nullable ? ['object', 'null'] : 'object', ...made };
      for (const field of Object.keys(type.getFields()))
        if (blocked.has(at(clause, field)) && Array.isArray(made['required']) && made['required'].includes(field))
          unknown.set(name, blocked.get(at(clause, field)) ?? { pointer: clause, reason: '' });
    } else if (isEnumType(type)) {
      const values: JsonValue[] = type.getValues().map((one) => one.name);
      definitions[key] = { enum: nullable ? [...values, null] : values };
    } else {
      const base = scalarBase(name);
      definitions[key] = nullable ? orNull(base ?? {}) : (base ?? {});
    }
    return pointer;
  };

  const scalarBase = (name: string): JsonObject | undefined => {
    const type = schema.getType(name);
    const url = isScalarType(type) ? type.specifiedByURL : undefined;
    return scalarSchemaOf(contract, name) ?? notNull(knownScalar(name, url));
  };

  const unknownScalar = (name: string): Obstacle | undefined => {
    const type = schema.getType(name);
    if (!isScalarType(type)) return unknown.get(name);
    if (isSpecifiedScalarType(type) || scalarBase(name) !== undefined) return undefined;
    if (contract.applied(at('#', name), 'example').length > 0) return undefined;
    return {
      pointer: at('#', name),
      reason: `nothing is known of the values of scalar ${name}: add @scalarSchema(schema: …), @constraint(…), @specifiedBy(url: …) or @example(value: …)`,
    };
  };

  const schemaOf = (type: GraphQLInputType, place: string, clause: string, nullable = true): JsonObject => {
    if (isNonNullType(type)) return schemaOf(type.ofType, place, clause, false);
    if (isListType(type)) {
      const { list, clauses } = constraintsOf(contract, clause);
      for (const keyword of Object.keys(list)) places.set(at(place, keyword), clauses[keyword] ?? clause);
      return {
        type: nullable ? ['array', 'null'] : 'array',
        items: schemaOf(type.ofType, at(place, 'items'), clause),
        ...list,
      };
    }
    const examples = [...contract.applied(clause, 'example'), ...contract.applied(at('#', type.name), 'example')];
    const values = examples.flatMap(({ args }) => (args['value'] === undefined ? [] : [args['value']]));
    const base = isScalarType(type) ? scalarBase(type.name) : undefined;
    if (isScalarType(type) && base === undefined && values.length > 0)
      return { enum: nullable ? [...values, null] : values };
    const { value, clauses, refused } = constraintsOf(contract, clause);
    obstacles.push(...refused.map((one) => ({ pointer: one.pointer, reason: one.reason })));
    if (base === undefined || Object.keys(value).length === 0) return { $ref: define(type.name, nullable) };
    for (const keyword of Object.keys(value)) places.set(at(place, keyword), clauses[keyword] ?? clause);
    const merged = constrained(base, value);
    return nullable ? orNull(merged) : merged;
  };

  const membersOf = (
    members: readonly (GraphQLArgument | GraphQLInputField)[],
    pointer: string,
    clauseOf: (name: string) => string,
    oneOf: boolean,
  ): JsonObject => {
    const properties: JsonObject = {};
    const required: string[] = [];
    places.set(at(pointer, 'required'), places.get(pointer) ?? clauseOf(''));
    for (const one of members) {
      const clause = clauseOf(one.name);
      const place = at(pointer, 'properties', one.name);
      const needed = isNonNullType(one.type) && one.astNode?.defaultValue === undefined;
      const named = getNamedType(one.type);
      if (isInputObjectType(named)) define(named.name, false);
      const hole = contract.applied(clause, 'example').length > 0 ? undefined : unknownScalar(named.name);
      if (hole !== undefined) {
        blocked.set(clause, hole);
        if (needed) required.push(one.name);
        continue;
      }
      places.set(place, clause);
      properties[one.name] = oneOf ? schemaOf(one.type, place, clause, false) : schemaOf(one.type, place, clause);
      if (needed) {
        places.set(at(pointer, 'required', required.length), clause);
        required.push(one.name);
      }
    }
    return {
      properties,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
      ...(oneOf ? { minProperties: 1, maxProperties: 1 } : {}),
    };
  };

  const addField = (clause: string, field: GraphQLField<unknown, unknown>): void => {
    const pointer = at('#', 'fields', clause);
    places.set(pointer, clause);
    fields[clause] = { type: 'object', ...membersOf(field.args, pointer, (name) => at(clause, name), false) };
    for (const argument of field.args) {
      const hole = blocked.get(at(clause, argument.name));
      const needed = isNonNullType(argument.type) && argument.astNode?.defaultValue === undefined;
      if (hole !== undefined && needed) blocked.set(clause, hole);
    }
    const named = getNamedType(field.type);
    const { value, list } = constraintsOf(contract, clause);
    if (Object.keys(value).length + Object.keys(list).length === 0 || !isScalarType(named)) return;
    outputs[clause] = constrained(scalarBase(named.name) ?? {}, value);
    places.set(at('#', 'outputs', clause), clause);
  };

  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if ('getFields' in type && !isInputObjectType(type))
      for (const field of Object.values(type.getFields())) addField(at('#', type.name, field.name), field);
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    const hole = unknownScalar(type.name);
    if (hole !== undefined) obstacles.push(hole);
    const base = scalarBase(type.name);
    if (base !== undefined) scalars[type.name] = base;
    places.set(at('#', 'scalars', type.name), at('#', type.name));
  }

  return {
    document: { $defs: definitions, fields, scalars, outputs },
    argumentsAt: (field) => at('#', 'fields', field),
    scalarAt: (name) => (Object.hasOwn(scalars, name) ? at('#', 'scalars', name) : undefined),
    outputAt: (field) => (Object.hasOwn(outputs, field) ? at('#', 'outputs', field) : undefined),
    clauseOf(pointer) {
      const tokens = tokensOf(pointer);
      for (let length = tokens.length; length > 0; length--) {
        const clause = places.get(at('#', ...tokens.slice(0, length)));
        if (clause !== undefined) return clause;
      }
      return '#';
    },
    obstacles,
    obstacleOf: (field) => blocked.get(field),
  };
}

function notNull(schema: JsonObject | undefined): JsonObject | undefined {
  if (schema === undefined || Object.keys(schema).length > 0) return schema;
  return { type: ['boolean', 'object', 'array', 'number', 'string'] };
}

function orNull(schema: JsonObject): JsonObject {
  const { type, enum: values, ...rest } = schema;
  if (typeof type !== 'string' || rest['allOf'] !== undefined) return { anyOf: [schema, { type: 'null' }] };
  return { type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...values, null] } : {}), ...rest };
}

/** Both sets of keywords at once; of two bounds the tighter one. */
function constrained(base: JsonObject, more: JsonObject): JsonObject {
  const merged: JsonObject = { ...base };
  const both: JsonObject = {};
  for (const [keyword, value] of Object.entries(more)) {
    const old = merged[keyword];
    if (old === undefined) merged[keyword] = value;
    else if (typeof old === 'number' && typeof value === 'number')
      merged[keyword] = /^(min|exclusiveMin)/.test(keyword) ? Math.max(old, value) : Math.min(old, value);
    else both[keyword] = value;
  }
  return Object.keys(both).length === 0 ? merged : { ...merged, allOf: [both] };
}
