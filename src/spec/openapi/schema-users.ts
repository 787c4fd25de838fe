/** Which operations or methods carry a schema, through references and recursion. */
import { valueAt } from '../../events/index.ts';
import { walkFrom } from './walk.ts';
import type { Operation } from '../model.ts';
import type { Reader } from '../reader.ts';

/** Something that carries values: an operation with its bodies, a method with its parameters and result. */
export interface SchemaUser {
  id: string;
  /** Pointers of its schemas. */
  schemas: string[];
}

/** Answers for one schema pointer after another; the graph of references is built when first asked for, once. */
export function schemaUsers(reader: Reader, users: SchemaUser[]): (schema: string) => string[] {
  let graph: Map<string, Set<string>> | undefined;
  return (schema) => {
    graph ??= referrers(
      reader,
      users.flatMap(({ schemas }) => schemas),
    );
    const reaching = reachedBackwards(graph, schema);
    return users.filter(({ schemas }) => schemas.some((start) => reaching.has(start))).map(({ id }) => id);
  };
}

/** An operation with the schemas of its bodies. */
export function bodyUser({ id, requestBody, responses }: Operation): SchemaUser {
  const media = [...(requestBody?.content ?? []), ...responses.flatMap(({ content }) => content)];
  return { id, schemas: media.flatMap(({ schema }) => (schema === undefined ? [] : [schema])) };
}

/** From each place that is a body's schema or the target of a reference to the places whose subtree refers to it. */
function referrers(reader: Reader, starts: string[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  const open: string[] = [];
  const enter = (place: string): Set<string> => {
    const known = graph.get(place);
    if (known !== undefined) return known;
    const sources = new Set<string>();
    graph.set(place, sources);
    open.push(place);
    return sources;
  };
  for (const start of starts) enter(start);
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const source = place;
    walkFrom(valueAt(reader.document, source) ?? null, 'schema', source, ({ kind, node, pointer }) => {
      if (kind !== 'schema' || typeof node.$ref !== 'string') return;
      const target = reader.references.target(node.$ref, pointer);
      if (target !== undefined) enter(target).add(source);
    });
  }
  return graph;
}

/** The places in the graph from which a schema can be reached. */
function reachedBackwards(graph: Map<string, Set<string>>, schema: string): Set<string> {
  const reached = new Set([...graph.keys()].filter((place) => schema === place || schema.startsWith(`${place}/`)));
  // A set grows while it is walked, and its new members are visited too.
  for (const place of reached) for (const source of graph.get(place) ?? []) reached.add(source);
  return reached;
}
