/** A GraphQL contract as the engine sees it: the schema, its root fields, and the directives written on its parts. */
import { type GraphQLField, type GraphQLObjectType, type GraphQLSchema, print } from 'graphql';
import { at, type JsonObject } from '../../events/index.ts';
import { argumentsOf } from './directives.ts';
import type { SdlIndex } from './sdl-index.ts';

/** A field of Query or Mutation: what can be called. */
export interface RootField {
  /** The field's name; `Mutation.name` where Query has a field of that name too. */
  id: string;
  kind: 'query' | 'mutation';
  name: string;
  pointer: string;
  field: GraphQLField<unknown, unknown>;
}

/** One use of a directive. */
export interface Applied {
  pointer: string;
  /** Into the joined text. */
  offset: number;
  args: JsonObject;
}

export interface GraphContract {
  schema: GraphQLSchema;
  /** Queries first, each in written order. */
  roots: RootField[];
  /** Names of subscriptions, which are not called. */
  subscriptions: string[];
  /** Uses of a directive on a part. */
  applied(pointer: string, directive: string): Applied[];
}

/** Reads the root fields off a schema. */
export function contractFrom(schema: GraphQLSchema, index: SdlIndex): GraphContract {
  const queries = rootsOf(schema.getQueryType(), 'query');
  const mutations = rootsOf(schema.getMutationType(), 'mutation').map((one) =>
    queries.some(({ name }) => name === one.name)
      ? { ...one, id: `${one.pointer.split('/')[1] ?? ''}.${one.name}` }
      : one,
  );
  return {
    schema,
    roots: [...queries, ...mutations],
    subscriptions: Object.keys(schema.getSubscriptionType()?.getFields() ?? {}),
    applied: (pointer, directive) =>
      (index.directives.get(pointer) ?? [])
        .filter((node) => node.name.value === directive)
        .map((node) => ({
          pointer: at(pointer, `@${directive}`),
          offset: node.loc?.start ?? 0,
          args: argumentsOf(node),
        })),
  };
}

function rootsOf(type: GraphQLObjectType | null | undefined, kind: RootField['kind']): RootField[] {
  if (type === null || type === undefined) return [];
  return Object.values(type.getFields()).map((field) => ({
    id: field.name,
    kind,
    name: field.name,
    pointer: at('#', type.name, field.name),
    field,
  }));
}

/** `book(id: ID!): Book`, as SDL writes it. */
export function signatureOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const written = args.map((argument) => {
    const value = argument.astNode?.defaultValue;
    return `${argument.name}: ${String(argument.type)}${value === undefined ? '' : ` = ${print(value)}`}`;
  });
  return `${name}${written.length === 0 ? '' : `(${written.join(', ')})`}: ${String(type)}`;
}
