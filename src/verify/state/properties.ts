/** All properties that look at more than one call of the contract's kinds of resources. */
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { actedOf } from './acted.ts';
import { batchesOf } from './batches.ts';
import { crossingsOf } from './crossings.ts';
import { usesAfterDeletion } from './deletion.ts';
import { directionsOf } from './directions.ts';
import { duplicatedByChange, duplicatesOf } from './duplicates.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { kindsOf } from './kinds.ts';
import { linksOf } from './links.ts';
import { pagesOf } from './pages.ts';
import { queryDefaultsOf } from './query-defaults.ts';
import { postedOf } from './posted.ts';
import { racesOf } from './races.ts';
import { replacedOf } from './replaced.ts';
import { sequencesOf } from './sequences.ts';
import { strayedOf } from './strayed.ts';
import { strangersOf } from './strangers.ts';
import { tornReadsOf } from './torn-reads.ts';
import { twiceOf } from './twice.ts';
import { uniqueOf } from './unique.ts';
import { wholeFiltersOf } from './whole-filters.ts';
import { wrongParentsOf } from './wrong-parents.ts';
import { wholesOf } from './whole.ts';

/** Derives them; each is decided by cases of its own. */
export function statePropertiesOf(engine: Engine): Property[] {
  const usable = engine.spec.operations.filter((one) => engine.obstacle(one) === undefined);
  return [
    ...kindsOf(engine).flatMap((kind) => [
      ...sequencesOf(engine, kind),
      ...usesAfterDeletion(engine, kind),
      ...twiceOf(engine, kind),
      ...pagesOf(engine, kind),
      ...wholesOf(engine, kind),
      ...racesOf(engine, kind),
      ...crossingsOf(engine, kind),
      ...replacedOf(engine, kind),
      ...tornReadsOf(engine, kind),
      ...strangersOf(engine, kind),
      ...wrongParentsOf(engine, kind),
      ...actedOf(engine, kind),
      ...batchesOf(engine, kind),
      ...duplicatedByChange(engine, kind),
    ]),
    ...usable.flatMap((one) => [
      ...linksOf(engine, one),
      ...idempotencyKeyOf(engine, one),
      ...uniqueOf(engine, one),
      ...duplicatesOf(engine, one),
    ]),
    ...postedOf(engine),
    ...strayedOf(engine),
    ...wholeFiltersOf(engine),
    ...directionsOf(engine),
    ...queryDefaultsOf(engine),
  ];
}
