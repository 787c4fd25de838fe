import type { Link, Operation, ResponseSpec } from '../../spec/model.ts';

/** Name of the property of a link, after `stateful `, by which coverage knows it. */
export function linkName(operation: Operation, response: ResponseSpec, link: Link): string {
  return `link ${operation.id} ${response.status} ${link.name}`;
}
