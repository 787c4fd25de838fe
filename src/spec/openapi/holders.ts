import type { Place } from './walk.ts';
import type { ReadOperation } from './operations.ts';
import type { Reader } from '../reader.ts';
import type { Holder } from '../rule/invariants.ts';
import { bodyUser, schemaUsers } from './schema-users.ts';

/** What an invariant is about by its place in an OpenAPI document. */
export function operationHolders(reader: Reader, read: ReadOperation[]): (place: Place) => Holder | undefined {
  const users = schemaUsers(
    reader,
    read.map(({ operation }) => bodyUser(operation)),
  );
  return ({ kind, pointer }) => {
    if (kind === 'schema') return { scope: 'schema', mustName: false, candidates: users(pointer) };
    if (kind !== 'document' && kind !== 'pathItem' && kind !== 'operation') return undefined;
    const candidates = read.filter(
      ({ operation, pathItem }) =>
        kind === 'document' || pointer === (kind === 'operation' ? operation.pointer : pathItem),
    );
    return {
      scope: 'operation',
      mustName: kind === 'document',
      candidates: candidates.map(({ operation }) => operation.id),
    };
  };
}
