/**
 * What is selected at one level of an answer, by the type of the object there: CollectFields (GraphQL October 2021
 * §6.3.2), done once for all objects of a list.
 */
import { type GraphQLOutputType, type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import { at, type JsonObject } from '../../events/index.ts';
import { type FieldSelection, isIncluded, responseKey, type Selection } from './call.ts';

/** A key of an object in an answer. */
export interface Entry {
  /** Name of the field that stands under the key. */
  name: string;
  /** Place among the keys, as they were selected. */
  position: number;
  clause: string;
  args: JsonObject;
  /** Undefined for `__typename` and for what the contract does not know. */
  type: GraphQLOutputType | undefined;
  /** All that is selected of it, and what that is by type. */
  select: Selection[];
  level: Level;
}

export interface Level {
  /** The keys of an object of a type; undefined where the contract has no such type. */
  of(runtime: string): ReadonlyMap<string, Entry> | undefined;
}

export interface Levels {
  /** True where an object of one type stands for another. */
  isPart(runtime: string, on: string): boolean;
  levelOf(select: readonly Selection[]): Level;
}

/** Levels of a schema. */
export function levelsOf(schema: GraphQLSchema): Levels {
  const isPart = (runtime: string, on: string): boolean => {
    if (runtime === on) return true;
    const type = schema.getType(on);
    const object = schema.getType(runtime);
    return isAbstractType(type) && isObjectType(object) && schema.isSubType(type, object);
  };

  const collect = (
    select: readonly Selection[],
    runtime: string,
    into = new Map<string, FieldSelection[]>(),
  ): Map<string, FieldSelection[]> => {
    for (const one of select) {
      if (one.kind === 'fragment') {
        if (isPart(runtime, one.on)) collect(one.select, runtime, into);
        continue;
      }
      if (!isIncluded(one)) continue;
      const same = into.get(responseKey(one));
      if (same === undefined) into.set(responseKey(one), [one]);
      else same.push(one);
    }
    return into;
  };

  const clauses = new Map<string, string>();
  const clauseOf = (type: string, field: string): string => {
    const key = `${type} ${field}`;
    let clause = clauses.get(key);
    if (clause === undefined) clauses.set(key, (clause = at('#', type, field)));
    return clause;
  };

  const entriesOf = (select: readonly Selection[], runtime: string): ReadonlyMap<string, Entry> | undefined => {
    const type = schema.getType(runtime);
    if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
    const entries = new Map<string, Entry>();
    for (const [key, selections] of collect(select, runtime)) {
      const [first] = selections;
      if (first === undefined) continue;
      const inner = selections.flatMap((one) => one.select ?? []);
      entries.set(key, {
        name: first.name,
        position: entries.size,
        clause: clauseOf(runtime, first.name),
        args: first.args,
        type: type.getFields()[first.name]?.type,
        select: inner,
        level: levelOf(inner),
      });
    }
    return entries;
  };

  const levelOf = (select: readonly Selection[]): Level => {
    const known = new Map<string, ReadonlyMap<string, Entry> | undefined>();
    return {
      of(runtime) {
        if (!known.has(runtime)) known.set(runtime, entriesOf(select, runtime));
        return known.get(runtime);
      },
    };
  };

  return { isPart, levelOf };
}
