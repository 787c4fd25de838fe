/** Parts of a run that machines do side by side: every property is in exactly one of them, whatever the machine. */
import type { Shard } from '../model.ts';

export interface Piece {
  id: string;
  /** Requests that it is expected to send. */
  cost: number;
}

/** The ids of one shard. The dearest pieces are dealt out first, each to the shard that has least; ties by order. */
export function shardOf(pieces: readonly Piece[], { index, of }: Shard): Set<string> {
  const loads = Array.from({ length: of }, () => 0);
  const mine = new Set<string>();
  const dealt = pieces
    .map((piece, order) => ({ ...piece, order }))
    .toSorted((a, b) => b.cost - a.cost || a.order - b.order);
  for (const { id, cost } of dealt) {
    const least = loads.indexOf(Math.min(...loads));
    // Also what costs nothing is dealt out in turn.
    loads[least] = (loads[least] ?? 0) + cost + 1;
    if (least === index - 1) mine.add(id);
  }
  return mine;
}
