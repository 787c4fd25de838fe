/** How an object of a type is read again: by its id, by `node(id:)`, or in a list. */
import { getNamedType, getNullableType, isAbstractType, isListType, isObjectType } from 'graphql';
import type { RootField } from '../../../spec/graphql/contract.ts';
import type { Selection, Step } from '../call.ts';
import { PLAIN } from '../call.ts';
import { planOf } from '../cases.ts';
import type { GraphEngine } from '../engine.ts';
import { isNeeded, needsArguments } from '../skeleton.ts';

/** A query that answers with the object that an id names. */
export interface Reader {
  root: RootField;
  /** Place of the id in its arguments. */
  into: string;
  /** Way from its value to the object. */
  path: string[];
  key: string;
}

/** Queries that take an id of the type, need nothing else, and answer with the object. */
export function readersOf(engine: GraphEngine, type: string): Reader[] {
  return engine.contract.roots.flatMap((root): Reader[] => {
    if (root.kind !== 'query' || engine.obstacle(root) !== undefined) return [];
    if (isListType(getNullableType(root.field.type))) return [];
    const required = engine.producers.places(root).filter((place) => place.required);
    const needed = root.field.args.filter(isNeeded);
    const [place] = required;
    if (place === undefined || required.length > 1 || needed.length > 1) return [];
    const path = pathOf(engine, root, type);
    if (path === undefined || path.length > 0) return [];
    const answered = getNamedType(root.field.type);
    const fits = place.type === type || (isAbstractType(answered) && place.key === 'id');
    return fits ? [{ root, into: place.into, path, key: place.key }] : [];
  });
}

/** The way to an object of a type, also through an interface or union that it belongs to. */
function pathOf(engine: GraphEngine, root: RootField, type: string): string[] | undefined {
  const answered = getNamedType(root.field.type);
  const object = engine.contract.schema.getType(type);
  if (isAbstractType(answered) && isObjectType(object) && engine.contract.schema.isSubType(answered, object)) return [];
  return engine.producers.pathTo(root, type);
}

/** The step that reads an object whose id an earlier step gave. */
export function readStep(
  engine: GraphEngine,
  { root, into }: Reader,
  type: string,
  leaves: Selection[],
  from: { step: number; pointer: string },
): Step {
  const answered = getNamedType(root.field.type);
  const typename: Selection = { kind: 'field', on: answered.name, name: '__typename', args: {} };
  const select: Selection[] = isAbstractType(answered)
    ? [typename, { kind: 'fragment', on: type, select: leaves }]
    : leaves;
  return { role: 'check', root, args: {}, bindings: [{ into, ...from }], select, form: PLAIN, valid: true };
}

/** A query that lists objects of a type and needs no argument. */
export interface Lister {
  root: RootField;
  /** Way from its value to one object: a list position stands for all. */
  path: string[];
  /** Names of its arguments that cut the list. */
  sizes: string[];
}

const CUTS = /^(first|last|limit|take|size|pageSize|perPage|per_page|count|max|top)$/i;
const MOVES = /^(after|before|offset|skip|page|cursor|start|from)$/i;

/** Queries that list all objects of a type; those that take no account of paging come first. */
export function listersOf(engine: GraphEngine, type: string): Lister[] {
  return engine.contract.roots
    .flatMap((root): Lister[] => {
      if (root.kind !== 'query' || needsArguments(root.field)) return [];
      const path = engine.producers.pathTo(root, type);
      if (path === undefined || !path.includes('0')) return [];
      return [
        {
          root,
          path,
          sizes: root.field.args.map(({ name }) => name).filter((name) => CUTS.test(name) || MOVES.test(name)),
        },
      ];
    })
    .toSorted((a, b) => a.sizes.length - b.sizes.length);
}

/** True where a call can be made without ids that nobody gives out. */
export function isReachable(engine: GraphEngine, root: RootField): boolean {
  return engine.obstacle(root) === undefined && planOf(engine, root, false).free.length === 0;
}
