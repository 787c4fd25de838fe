/** What one shard of a run of calls or of GraphQL answers for; the shards together answer for all, nothing twice. */
import type { PropertyRef } from '../../events/index.ts';
import type { Shard } from '../model.ts';
import { type Piece, shardOf } from './shard.ts';

/** A check that rides on the cases of others, and the properties whose cases show what it looks at. */
export interface Riding {
  ref: PropertyRef;
  carriers: string[];
}

export interface PortionOptions {
  pieces: readonly Piece[];
  riding: readonly Riding[];
  shard: Shard | undefined;
}

/** True for what the shard answers for; for everything where there is none. */
export function portionOf({ pieces, riding, shard }: PortionOptions): (ref: Pick<PropertyRef, 'id'>) => boolean {
  if (shard === undefined) return () => true;
  const mine = shardOf(pieces, shard);
  const known = new Set(pieces.map(({ id }) => id));
  for (const [index, { ref, carriers }] of riding.entries()) {
    const carrier = carriers.find((id) => known.has(id));
    const here = carrier === undefined ? index % shard.of === shard.index - 1 : mine.has(carrier);
    if (here) mine.add(ref.id);
  }
  return ({ id }) => mine.has(id);
}

/** Why a shard holds nothing, for a person. */
export function emptyShard({ index, of }: Shard, properties: number): string {
  return `shard ${index}/${of} is empty: there are only ${properties} properties; use fewer shards`;
}
