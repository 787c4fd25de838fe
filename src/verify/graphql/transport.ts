/** What a service does with requests that are no GraphQL at all, and with GET; worth knowing, no failure. */
import type { GraphContract } from '../../spec/graphql/contract.ts';
import { responseOf } from './answer.ts';
import type { GraphSubject } from './subject.ts';

/** Bodies that no service can execute (GraphQL over HTTP §6.4). */
const BROKEN: readonly [string, string][] = [
  ['a body that is not JSON', '{"query": '],
  ['a body without a query', '{}'],
  ['a query that is not a text', '{"query": 1}'],
  ['variables that are a list', '{"query": "{ __typename }", "variables": []}'],
];

/** Warnings about a service over HTTP. */
export async function transportWarnings({ post }: GraphSubject, { schema }: GraphContract): Promise<string[]> {
  if (post === undefined) return [];
  const warnings: string[] = [];
  for (const [what, body] of BROKEN) {
    const answer = await post(body);
    if (answer.kind === 'fault') warnings.push(`over HTTP, ${what}: ${answer.message}`);
    else if ((answer.status ?? 0) >= 500)
      warnings.push(`over HTTP, ${what} is answered with status ${answer.status ?? 0}; 400 is right`);
    else if (responseOf(answer).data !== undefined && responseOf(answer).data !== null)
      warnings.push(`over HTTP, ${what} is executed`);
  }
  const query = await post('{ __typename }', 'GET');
  const takesGet = query.kind === 'answer' && query.status === 200 && responseOf(query).data !== undefined;
  if (!takesGet || schema.getMutationType() === null || schema.getMutationType() === undefined) return warnings;
  const mutation = await post('mutation { __typename }', 'GET');
  if (mutation.kind === 'answer' && mutation.status === 200 && responseOf(mutation).errors.length === 0)
    warnings.push('over HTTP, mutations are executed by GET, which a link on any page can send; 405 is right');
  return warnings;
}
