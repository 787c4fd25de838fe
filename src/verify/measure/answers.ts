/** How the valid calls of a property's cases were answered, by operation and by how they were made. */
import type { Sent } from '../wire/execute.ts';
import { mediaOf } from '../wire/serialise.ts';

export interface Answers {
  see(sent: Sent): void;
  /** Statuses of an operation, each with how often it came. */
  of(operation: string): ReadonlyMap<number, number>;
  /** Ways to make a call of an operation that never succeeded, each with the status that came last. */
  failing(operation: string): { how: string; status: number }[];
}

/** Starts without answers. */
export function createAnswers(): Answers {
  const statuses = new Map<string, Map<number, number>>();
  const facets = new Map<string, Map<string, number>>();
  return {
    see(sent) {
      const { operation, answer, valid } = sent;
      if (!valid || answer.kind !== 'answer') return;
      const own = statuses.get(operation.id) ?? new Map<number, number>();
      statuses.set(operation.id, own.set(answer.status, (own.get(answer.status) ?? 0) + 1));
      const facet = facetsOf(sent);
      if (facet.length === 0) return;
      const known = facets.get(operation.id) ?? new Map<string, number>();
      facets.set(operation.id, known);
      for (const how of facet) if ((known.get(how) ?? 400) >= 400) known.set(how, answer.status);
    },
    of: (operation) => statuses.get(operation) ?? new Map(),
    failing: (operation) =>
      [...(facets.get(operation) ?? [])].flatMap(([how, status]) => (status >= 400 ? [{ how, status }] : [])),
  };
}

/** What distinguishes a call from other valid calls of its operation. */
function facetsOf({ operation, input, manner, presented }: Sent): string[] {
  const facets: string[] = [];
  const schemes = presented?.schemes ?? [];
  if (schemes.length > 0) facets.push(`authorised by ${schemes.join(' and ')}`);
  if (input.body !== undefined && (operation.requestBody?.content.length ?? 0) > 1)
    facets.push(`sent as ${mediaOf(operation, input)?.name ?? '?'}`);
  if (manner?.accept !== undefined) facets.push(`asked for ${manner.accept}`);
  return facets;
}
