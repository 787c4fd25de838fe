/**
 * Whether the schema that is served is the one of the contract. What the contract has and the service lacks, or has
 * otherwise, breaks it; what the service has besides is drift.
 */
import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLSchema,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { isObject } from '../../../events/index.ts';
import { responseOf } from '../answer.ts';
import type { GraphAnswer } from '../call.ts';
import { isNeeded } from '../skeleton.ts';

export interface SchemaDifference {
  /** Clause of the contract; for drift the nearest. */
  pointer: string;
  message: string;
}

export type Introspected =
  { kind: 'served'; breaking: SchemaDifference[]; drift: SchemaDifference[] } | { kind: 'refused'; reason: string };

export const INTROSPECTION = { query: getIntrospectionQuery({ descriptions: false }), variables: {} };

/** Compares an answer to the introspection query with the contract. */
export function introspected(contract: GraphQLSchema, answer: GraphAnswer): Introspected {
  if (answer.kind === 'fault') return { kind: 'refused', reason: answer.message };
  const { data, errors } = responseOf(answer);
  if (!isObject(data) || !isObject(data['__schema']))
    return { kind: 'refused', reason: errors[0]?.message ?? `the answer has no __schema` };
  try {
    const served = buildClientSchema(data as object as IntrospectionQuery);
    return { kind: 'served', ...differences(contract, served) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      kind: 'served',
      breaking: [{ pointer: '#', message: `what introspection answers is no schema: ${message}` }],
      drift: [],
    };
  }
}

interface Members {
  [name: string]: { type: string; args?: Members; needed?: boolean };
}

function differences(
  contract: GraphQLSchema,
  served: GraphQLSchema,
): { breaking: SchemaDifference[]; drift: SchemaDifference[] } {
  const breaking: SchemaDifference[] = [];
  const drift: SchemaDifference[] = [];
  const members = (pointer: string, what: string, ours: Members, theirs: Members): void => {
    for (const [name, mine] of Object.entries(ours)) {
      const other = theirs[name];
      const place = `${pointer}/${name}`;
      if (other === undefined)
        breaking.push({
          pointer: place,
          message: `the served schema has no ${what} ${place.slice(2).replaceAll('/', '.')}`,
        });
      else {
        if (other.type !== mine.type)
          breaking.push({
            pointer: place,
            message: `${place.slice(2).replaceAll('/', '.')} is served as ${other.type}, the contract says ${mine.type}`,
          });
        members(place, 'argument', mine.args ?? {}, other.args ?? {});
      }
    }
    for (const [name, other] of Object.entries(theirs))
      if (ours[name] === undefined) {
        const message = `the served schema has ${what} ${`${pointer.slice(2)}/${name}`.replaceAll('/', '.')}, of which the contract says nothing`;
        // A new input that must be given refuses what the contract allows.
        if (other.needed === true) breaking.push({ pointer, message });
        else drift.push({ pointer, message });
      }
  };
  const roots = [
    ['query', contract.getQueryType(), served.getQueryType()],
    ['mutation', contract.getMutationType(), served.getMutationType()],
    ['subscription', contract.getSubscriptionType(), served.getSubscriptionType()],
  ] as const;
  for (const [kind, mine, other] of roots)
    if (mine && mine.name !== other?.name)
      breaking.push({
        pointer: `#/${mine.name}`,
        message: `the ${kind} type is served as ${other?.name ?? 'none'}, the contract says ${mine.name}`,
      });
  for (const type of Object.values(contract.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    const pointer = `#/${type.name}`;
    const other = served.getType(type.name);
    if (other === undefined) {
      breaking.push({ pointer, message: `the served schema has no type ${type.name}` });
      continue;
    }
    if (other.constructor.name !== type.constructor.name) {
      breaking.push({ pointer, message: `${type.name} is served as another kind of type` });
      continue;
    }
    members(pointer, isEnumType(type) ? 'value' : 'field', membersOf(type), membersOf(other));
  }
  for (const type of Object.values(served.getTypeMap()))
    if (
      !isIntrospectionType(type) &&
      !isSpecifiedScalarType(type) &&
      contract.getType(type.name) === undefined &&
      !type.name.startsWith('_')
    )
      drift.push({
        pointer: '#',
        message: `the served schema has type ${type.name}, of which the contract says nothing`,
      });
  return { breaking, drift };
}

function membersOf(type: ReturnType<GraphQLSchema['getTypeMap']>[string]): Members {
  if (isEnumType(type)) return Object.fromEntries(type.getValues().map(({ name }) => [name, { type: '' }]));
  if (isUnionType(type)) return Object.fromEntries(type.getTypes().map(({ name }) => [name, { type: '' }]));
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields()).map((one) => [
        one.name,
        {
          type: String(one.type),
          needed: String(one.type).endsWith('!') && one.default === undefined && one.defaultValue === undefined,
        },
      ]),
    );
  if (isObjectType(type) || isInterfaceType(type))
    return Object.fromEntries(
      Object.values(type.getFields()).map((field) => [
        field.name,
        {
          type: String(field.type),
          args: Object.fromEntries(
            field.args.map((one) => [
              one.name,
              {
                type: String(one.type),
                needed: isNeeded(one) && one.default === undefined && one.defaultValue === undefined,
              },
            ]),
          ),
        },
      ]),
    );
  return {};
}
