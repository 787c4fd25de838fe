/**
 * The contract as a JSON document in which every clause pointer leads somewhere: `{ TYPE: { FIELD: { "@type": "Int!",
 * ARGUMENT: { … }, "@constraint": { … } } } }`. Its semantic form leaves out what changes no answer.
 */
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';
import { at, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { GraphContract } from './contract.ts';
import { argumentsOf } from './directives.ts';
import { SCHEMA_POINTER, type SdlIndex } from './sdl-index.ts';

export interface Projection {
  whole: JsonObject;
  semantic: JsonObject;
}

/** Directives, and arguments of ours, that change nothing that can be checked. */
const ANNOTATIONS = new Set(['deprecated', 'tag', 'example']);
const ANNOTATING_ARGUMENTS = new Set(['message', 'source']);

/** Projects a contract both ways. */
export function projectionOf(contract: GraphContract, index: SdlIndex): Projection {
  return { whole: project(contract, index, false), semantic: project(contract, index, true) };
}

function project({ schema }: GraphContract, index: SdlIndex, strip: boolean): JsonObject {
  const document: JsonObject = {};
  const directives = (pointer: string): JsonObject => {
    const found: Record<string, JsonValue[]> = {};
    for (const node of index.directives.get(pointer) ?? []) {
      const name = node.name.value;
      if (strip && ANNOTATIONS.has(name)) continue;
      const entries = Object.entries(argumentsOf(node)).filter(([key]) => !strip || !ANNOTATING_ARGUMENTS.has(key));
      (found[`@${name}`] ??= []).push(Object.fromEntries(entries));
    }
    return Object.fromEntries(
      Object.entries(found).map(([name, uses]) => [
        name,
        name === '@invariant'
          ? Object.fromEntries(uses.map((use, turn) => [idOf(use) ?? String(turn + 1), use]))
          : uses.length === 1
            ? (uses[0] ?? null)
            : uses,
      ]),
    );
  };
  const described = (description: string | null | undefined): JsonObject =>
    strip || !description ? {} : { '@description': description };
  const value = (
    pointer: string,
    part: {
      type: unknown;
      description?: string | null | undefined;
      astNode?: { defaultValue?: Parameters<typeof print>[0] | undefined } | null | undefined;
    },
  ): JsonObject => ({
    '@type': String(part.type),
    ...(part.astNode?.defaultValue === undefined ? {} : { '@default': print(part.astNode.defaultValue) }),
    ...described(part.description),
    ...directives(pointer),
  });
  const typeOf = (type: GraphQLNamedType): JsonObject => {
    const pointer = at('#', type.name);
    const head: JsonObject = { ...described(type.description), ...directives(pointer) };
    if (isEnumType(type)) {
      for (const one of type.getValues())
        head[one.name] = { ...described(one.description), ...directives(at(pointer, one.name)) };
      return { '@kind': 'enum', ...head };
    }
    if (isUnionType(type))
      return {
        '@kind': 'union',
        '@types': type
          .getTypes()
          .map(({ name }) => name)
          .sort(),
        ...head,
      };
    if (isInputObjectType(type)) {
      for (const one of Object.values(type.getFields())) head[one.name] = value(at(pointer, one.name), one);
      return { '@kind': 'input', ...head };
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const one of Object.values(type.getFields())) {
        const place = at(pointer, one.name);
        const args = one.args.map((argument) => [argument.name, value(at(place, argument.name), argument)] as const);
        head[one.name] = {
          ...value(place, { type: one.type, description: one.description }),
          ...Object.fromEntries(args),
        };
      }
      const interfaces = type
        .getInterfaces()
        .map(({ name }) => name)
        .sort();
      return {
        '@kind': isObjectType(type) ? 'type' : 'interface',
        ...(interfaces.length === 0 ? {} : { '@implements': interfaces }),
        ...head,
      };
    }
    return { '@kind': 'scalar', ...head };
  };
  for (const type of Object.values(schema.getTypeMap()))
    if (!isIntrospectionType(type) && !(isScalarType(type) && isSpecifiedScalarType(type)))
      document[type.name] = typeOf(type);
  document['@schema'] = {
    '@query': schema.getQueryType()?.name ?? null,
    '@mutation': schema.getMutationType()?.name ?? null,
    '@subscription': schema.getSubscriptionType()?.name ?? null,
    ...described(schema.description),
    ...directives(SCHEMA_POINTER),
  };
  return document;
}

function idOf(use: JsonValue): string | undefined {
  const id = typeof use === 'object' && use !== null && !Array.isArray(use) ? use['id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}
