/**
 * Who gives out the ids that an argument asks for. An argument of type ID, or named like one, consumes ids of a type; a
 * mutation that answers with that type produces them, else a query that lists it.
 */
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { GraphContract, RootField } from '../../spec/graphql/contract.ts';

/** A place in the arguments that wants an id. */
export interface IdPlace {
  /** Pointer into the arguments; a list of ids is named by its first item. */
  into: string;
  /** True where every call has it. */
  required: boolean;
  /** True where it cannot be left out without another taking its place. */
  oneOf: boolean;
  /** Type whose ids it takes, and the field of it that holds them; undefined where nothing tells. */
  type: string | undefined;
  key: string;
}

/** How to get an id of a type. */
export interface Producer {
  root: RootField;
  /** Fields and list positions from the root's value to an object of the type. */
  path: string[];
  /** Type at the end of the path: the wanted one, or one that belongs to it. */
  type: string;
}

export interface Producers {
  places(root: RootField): IdPlace[];
  /** Best first; none where nothing gives out ids of the type. */
  of(type: string): Producer[];
  /** The way from a root's value to an object of the type. */
  pathTo(root: RootField, type: string): string[] | undefined;
}

const CREATES =
  /^(create|add|new|register|insert|post|open|make|publish|sign_?up|start|place|submit|import|upsert|save|draft|book|order)/i;
const CHANGES =
  /^(delete|remove|destroy|archive|cancel|update|edit|set|rename|move|close|change|patch|replace|unpublish|revoke|clear|reset)/i;

/** Finds producers and consumers. */
export function producersOf(contract: GraphContract): Producers {
  const { schema, roots } = contract;
  const objects = Object.values(schema.getTypeMap()).filter(
    (type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
  );
  const names = new Map(objects.map((type) => [type.name.toLowerCase(), type.name]));
  const known = new Map<string, IdPlace[]>();
  const makers = new Map<string, Producer[]>();

  const named = (text: string): string | undefined => {
    const low = text.toLowerCase().replaceAll('_', '');
    return names.get(low) ?? names.get(low.replace(/s$/, '')) ?? names.get(low.replace(/ies$/, 'y'));
  };
  /** Types with an id whose names a text holds, in the order of their ends. */
  const mentioned = (text: string): string[] => {
    const low = text.toLowerCase().replaceAll('_', '');
    const found = objects
      .map(({ name }) => ({ name, at: low.lastIndexOf(name.toLowerCase()) }))
      .filter(({ name, at }) => at >= 0 && keyOf(schema.getType(name), 'id') !== undefined);
    return found
      .filter(
        (one) =>
          !found.some(
            (other) =>
              other.name.length > one.name.length &&
              other.at <= one.at &&
              other.at + other.name.length >= one.at + one.name.length,
          ),
      )
      .toSorted((a, b) => a.at + a.name.length - b.at - b.name.length)
      .map(({ name }) => name);
  };
  /** The type whose id a bare `id` is: what a change names last, what another mutation acts on, what a query answers with. */
  const subjectOfId = (root: RootField, answered: string | undefined): string | undefined => {
    const names = mentioned(root.name);
    if (root.kind === 'mutation' && CHANGES.test(root.name)) return names.at(-1) ?? answered;
    const others = names.filter((name) => name !== answered);
    const isList = isListType(getNullableType(root.field.type));
    if (root.kind === 'mutation' || isList) return others[0] ?? names[0] ?? answered;
    return answered ?? names[0];
  };

  const targetOf = (
    root: RootField,
    name: string,
    scalar: string,
  ): { type: string | undefined; key: string } | undefined => {
    const base = name.replace(/_?ids?$/i, '');
    const isId = scalar === 'ID' || /^ids?$/i.test(name) || /(Id|ID|_id|Ids|IDs|_ids)$/.test(name);
    const answered = subjectOf(getNamedType(root.field.type));
    if (!isId) {
      // A lookup by a natural key: one object by a required scalar that is a field of it.
      const single = root.kind === 'query' && !isListType(getNullableType(root.field.type));
      const key = single && answered !== undefined ? keyOf(schema.getType(answered), name) : undefined;
      return key === undefined ? undefined : { type: answered, key };
    }
    const byName = base === '' ? undefined : named(base);
    const type = byName ?? (base === '' || base === name ? subjectOfId(root, answered) : undefined);
    const key =
      keyOf(type === undefined ? undefined : schema.getType(type), 'id') ??
      keyOf(type === undefined ? undefined : schema.getType(type), name);
    return { type: key === undefined ? undefined : type, key: key ?? 'id' };
  };

  const placesIn = (
    root: RootField,
    name: string,
    type: GraphQLInputType,
    into: string,
    required: boolean,
    depth: number,
    oneOf = false,
  ): IdPlace[] => {
    const bare = getNullableType(type);
    if (isListType(bare)) return placesIn(root, name, bare.ofType, `${into}/0`, required, depth, oneOf);
    if (isInputObjectType(bare)) {
      if (depth <= 0) return [];
      return Object.values(bare.getFields()).flatMap((field) =>
        placesIn(
          root,
          field.name,
          field.type,
          `${into}/${field.name}`,
          required && isNonNullType(field.type),
          depth - 1,
          bare.isOneOf,
        ),
      );
    }
    const target = targetOf(root, name, getNamedType(type).name);
    if (target === undefined) return [];
    return [{ into, required, oneOf, ...target }];
  };

  const producers: Producers = {
    places(root) {
      let places = known.get(root.id);
      if (places === undefined) {
        places = root.field.args.flatMap((one) =>
          placesIn(
            root,
            one.name,
            one.type,
            `/${one.name}`,
            isNonNullType(one.type) && one.astNode?.defaultValue === undefined,
            4,
          ),
        );
        known.set(root.id, places);
      }
      return places;
    },
    of(type) {
      let made = makers.get(type);
      if (made !== undefined) return made;
      const abstract = schema.getType(type);
      const concrete = isAbstractType(abstract) ? schema.getPossibleTypes(abstract).map(({ name }) => name) : [];
      made = roots
        .flatMap((root) => {
          const path = pathTo(root.field.type, [type, ...concrete], 3);
          if (path === undefined || (root.kind === 'mutation' && CHANGES.test(root.name))) return [];
          // What wants an id of the type itself cannot be the first to give one out.
          if (
            producers.places(root).some((place) => place.required && (place.type === type || place.type === undefined))
          )
            return [];
          return [{ root, path, type: endOf(root.field.type, path) }];
        })
        .toSorted((a, b) => rank(a) - rank(b));
      makers.set(type, made);
      return made;
    },
    pathTo: (root, type) => pathTo(root.field.type, [type], 3),
  };
  return producers;
}

/** Name of the type at the end of a path. */
function endOf(from: GraphQLOutputType, path: readonly string[]): string {
  let type = getNamedType(from);
  for (const token of path) {
    const field = /^\d+$/.test(token) || !('getFields' in type) ? undefined : type.getFields()[token];
    if (field !== undefined) type = getNamedType(field.type) as typeof type;
  }
  return type.name;
}

function rank({ root, path }: Producer): number {
  const kind = root.kind === 'mutation' ? (CREATES.test(root.name) ? 0 : 10) : 100;
  return kind + path.length;
}

/** True for a mutation whose name says that it makes something new. */
export function isCreating(root: RootField): boolean {
  return root.kind === 'mutation' && CREATES.test(root.name);
}

/** True for a mutation whose name says that it takes something away. */
export function isDeleting(root: RootField): boolean {
  return root.kind === 'mutation' && /^(delete|remove|destroy)/i.test(root.name);
}

/** The object with an id that a type is or wraps: itself, or the only such member of a payload. */
function subjectOf(type: GraphQLNamedType): string | undefined {
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  if (keyOf(type, 'id') !== undefined) return type.name;
  const inner = Object.values(type.getFields())
    .map((field) => getNamedType(field.type))
    .filter((one) => keyOf(one, 'id') !== undefined);
  return new Set(inner).size === 1 ? inner[0]?.name : undefined;
}

/** The field of a type with this name, where it is a leaf without arguments. */
export function keyOf(type: GraphQLNamedType | undefined, name: string): string | undefined {
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  const field = type.getFields()[name];
  return field !== undefined && isLeafType(getNullableType(field.type)) && field.args.length === 0 ? name : undefined;
}

/** Fields and positions from a value of one type to the first object of another; shortest first, at most `depth` fields. */
function pathTo(from: GraphQLOutputType, wanted: readonly string[], depth: number): string[] | undefined {
  const bare = getNullableType(from);
  if (isListType(bare)) {
    const rest = pathTo(bare.ofType, wanted, depth);
    return rest === undefined ? undefined : ['0', ...rest];
  }
  const type = getNamedType(bare);
  if (wanted.includes(type.name)) return [];
  if (depth <= 0 || (!isObjectType(type) && !isInterfaceType(type))) return undefined;
  // Payloads, connections and edges carry the object; ordinary objects only mention others.
  if (keyOf(type, 'id') !== undefined) return undefined;
  let best: string[] | undefined;
  for (const field of Object.values(type.getFields())) {
    if (field.args.some((one) => isNonNullType(one.type) && one.astNode?.defaultValue === undefined)) continue;
    const rest = pathTo(field.type, wanted, depth - 1);
    if (rest !== undefined && (best === undefined || rest.length + 1 < best.length)) best = [field.name, ...rest];
  }
  return best;
}
