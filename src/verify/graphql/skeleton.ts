/**
 * Which fields a case selects. Over the cases of all root fields every field that can be reached is selected at least
 * once; each case is bounded in depth and in size, however large the contract is.
 */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { at } from '../../events/index.ts';
import type { GraphContract, RootField } from '../../spec/graphql/contract.ts';

/** A field that a case may select, or the part of it that stands on one type of an interface or union. */
export type Shape =
  | {
      kind: 'field';
      on: string;
      field: GraphQLField<unknown, unknown>;
      parts: Shape[] | undefined;
      kept: boolean;
      alias?: string;
    }
  | { kind: 'fragment'; on: string; parts: Shape[] }
  | { kind: 'typename'; on: string };

export interface Skeletons {
  /** Skeletons that together select all that a root field is to answer for; the first is the widest. */
  of(root: RootField): Shape[][];
  /** A small selection of a type: leaves only, and what identifies it. */
  leaves(type: GraphQLOutputType): Shape[];
  /** Every field that can be reached, as clauses. */
  reachable: ReadonlySet<string>;
}

const MAX_DEPTH = 12;
const WIDE_DEPTH = 3;
const WIDE_FIELDS = 120;

/** Plans the selections; `callable` tells whether the arguments of a field can be made. */
export function skeletonsOf(contract: GraphContract, callable: (field: string) => boolean): Skeletons {
  const { schema } = contract;
  const fieldsOf = (type: GraphQLNamedType): GraphQLField<unknown, unknown>[] =>
    isObjectType(type) || isInterfaceType(type)
      ? Object.values(type.getFields()).filter((field) => callable(at('#', type.name, field.name)))
      : [];
  const branches = (type: GraphQLNamedType): GraphQLNamedType[] =>
    isAbstractType(type) ? [...schema.getPossibleTypes(type)] : [];

  const wide = (type: GraphQLNamedType, depth: number, budget: { left: number }, above: readonly string[]): Shape[] => {
    const shapes: Shape[] = isAbstractType(type) ? [{ kind: 'typename', on: type.name }] : [];
    const later: { slot: number; field: GraphQLField<unknown, unknown>; named: GraphQLNamedType }[] = [];
    for (const field of fieldsOf(type)) {
      const named = getNamedType(field.type);
      if (budget.left-- <= 0) break;
      if (!isCompositeType(named)) shapes.push({ kind: 'field', on: type.name, field, parts: undefined, kept: false });
      else if (depth > 0 && above.filter((one) => one === named.name).length < 2) {
        const slot = shapes.push({ kind: 'typename', on: type.name }) - 1;
        later.push({ slot, field, named });
      }
    }
    for (const { slot, field, named } of later)
      shapes[slot] = {
        kind: 'field',
        on: type.name,
        field,
        parts: orTypename(wide(named, depth - 1, budget, [...above, named.name]), named),
        kept: false,
      };
    const common = new Set(shapes.flatMap((one) => (one.kind === 'field' ? [one.field.name] : [])));
    for (const branch of branches(type)) {
      if (budget.left <= 0) break;
      const parts = wide(branch, depth, budget, above)
        .filter((one) => one.kind !== 'field' || !common.has(one.field.name))
        .map((one): Shape => (one.kind === 'field' ? { ...one, alias: `${branch.name}_${one.field.name}` } : one));
      if (parts.length > 0) shapes.push({ kind: 'fragment', on: branch.name, parts });
    }
    return shapes;
  };
  const leaves = (type: GraphQLOutputType): Shape[] => {
    const named = getNamedType(type);
    return isCompositeType(named) ? orTypename(wide(named, 0, { left: WIDE_FIELDS }, []), named) : [];
  };

  /** The way to each field from the root fields, shortest first: what is selected on the way, outermost first. */
  const ways = new Map<
    string,
    {
      root: RootField;
      path: { type: GraphQLNamedType; field: GraphQLField<unknown, unknown>; via: GraphQLNamedType }[];
    }
  >();
  let frontier = contract.roots.map((root) => ({
    root,
    named: getNamedType(root.field.type) as GraphQLNamedType,
    path: [] as { type: GraphQLNamedType; field: GraphQLField<unknown, unknown>; via: GraphQLNamedType }[],
  }));
  const entered = new Set<string>();
  for (let depth = 0; depth < MAX_DEPTH && frontier.length > 0; depth++) {
    const next: typeof frontier = [];
    for (const { root, named, path } of frontier) {
      if (!callable(root.pointer) || entered.has(named.name)) continue;
      entered.add(named.name);
      for (const type of [named, ...branches(named)])
        for (const field of fieldsOf(type)) {
          const clause = at('#', type.name, field.name);
          const way = [...path, { type: named, via: type, field }];
          if (!ways.has(clause)) ways.set(clause, { root, path: way });
          next.push({ root, named: getNamedType(field.type), path: way });
        }
    }
    frontier = next;
  }

  const along = (
    path: { type: GraphQLNamedType; field: GraphQLField<unknown, unknown>; via: GraphQLNamedType }[],
  ): Shape[] => {
    const [step, ...rest] = path;
    if (step === undefined) return [];
    const { type, via, field } = step;
    const named = getNamedType(field.type);
    const parts = !isCompositeType(named) ? undefined : rest.length > 0 ? along(rest) : leaves(field.type);
    const shape: Shape = { kind: 'field', on: via.name, field, parts, kept: true };
    const head: Shape[] = isAbstractType(type) ? [{ kind: 'typename', on: type.name }] : [];
    return via === type ? [...head, shape] : [...head, { kind: 'fragment', on: via.name, parts: [shape] }];
  };

  return {
    leaves,
    reachable: new Set(ways.keys()),
    of(root) {
      const named = getNamedType(root.field.type);
      if (!isCompositeType(named)) return [[]];
      const widest = orTypename(wide(named, WIDE_DEPTH, { left: WIDE_FIELDS }, [named.name]), named);
      const selected = new Set(clausesOf(widest));
      const missing = [...ways].filter(([clause, way]) => way.root.id === root.id && !selected.has(clause));
      return [widest, ...missing.map(([, { path }]) => along(path))];
    },
  };
}

/** A selection set may not be empty. */
function orTypename(shapes: Shape[], type: GraphQLNamedType): Shape[] {
  return shapes.length > 0 ? shapes : [{ kind: 'typename', on: type.name }];
}

/** The fields that are selected, as clauses. */
function clausesOf(shapes: readonly Shape[]): string[] {
  return shapes.flatMap((one) =>
    one.kind === 'typename'
      ? []
      : [...(one.kind === 'field' ? [at('#', one.on, one.field.name)] : []), ...clausesOf(one.parts ?? [])],
  );
}

/** True where a field has an argument that must be given. */
export function needsArguments(field: GraphQLField<unknown, unknown>): boolean {
  return field.args.some(isNeeded);
}

/** True for an argument that every call must give. */
export function isNeeded({ type, astNode }: GraphQLArgument): boolean {
  return isNonNullType(type) && astNode?.defaultValue === undefined;
}
