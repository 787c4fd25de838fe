/** Which operations carry a schema in their bodies, through references and recursion. */
import { isObject, valueAt } from '../events/index.ts';
import { walkFrom } from './grammar.ts';
import type { Operation } from './model.ts';
import type { Reader } from './reader.ts';

/** Answers for one schema pointer after another; what an operation reaches is worked out once, when first asked. */
export function schemaUsers(reader: Reader, operations: Operation[]): (schema: string) => Operation[] {
  let reached: { operation: Operation; schemas: Set<string> }[] | undefined;
  return (schema) => {
    reached ??= operations.map((operation) => ({ operation, schemas: schemasOf(reader, operation) }));
    return reached.filter(({ schemas }) => schemas.has(schema)).map(({ operation }) => operation);
  };
}

/** Pointers of all schemas that the bodies of an operation reach. */
export function schemasOf(reader: Pick<Reader, 'document' | 'references'>, operation: Operation): Set<string> {
  const seen = new Set<string>();
  const open = [operation.requestBody?.content ?? [], ...operation.responses.map(({ content }) => content)]
    .flat()
    .flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
  for (let start = open.pop(); start !== undefined; start = open.pop()) {
    const node = valueAt(reader.document, start);
    if (node === undefined || seen.has(start)) continue;
    walkFrom(node, 'schema', start, (place) => {
      if (place.kind !== 'schema') return true;
      if (seen.has(place.pointer)) return false;
      seen.add(place.pointer);
      const target =
        isObject(place.node) && typeof place.node.$ref === 'string'
          ? reader.references.target(place.node.$ref, place.pointer)
          : undefined;
      if (target !== undefined) open.push(target);
      return true;
    });
  }
  return seen;
}
