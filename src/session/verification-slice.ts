import type { Counterexample, Coverage, Event, Latency, PropertyRef, Verdict } from '../events/index.ts';
import { type Chunked, chunkedFrom, emptyChunked, itemAt, items, push, replaceAt } from './chunked.ts';

/** What is known of one property. */
export interface PropertyState {
  property: PropertyRef;
  /** Null until it was decided. */
  verdict: Verdict | null;
  /** True while the verdict is from an earlier verification than the one that runs. */
  stale: boolean;
  cases: number;
  reason: string;
  counterexample: Counterexample | null;
}

/** The figures of a finished verification. */
export interface VerificationSummary {
  verification: string;
  verdict: Verdict;
  cases: number;
  casesPerSecond: number;
  durationMs: number;
  coverage: Coverage;
  latency: Record<string, Latency>;
  warnings: string[];
}

/** The latest verdict of each property, kept across verifications of parts of the spec. */
export interface VerificationSlice {
  /** Id of the verification that runs; null between two. */
  running: string | null;
  /** Id of the newest verification, running or not; results of others are ignored. */
  newest: string | null;
  round: number;
  seed: number;
  semanticDigest: string;
  /** Property id to its place in `properties`; never changed in place. */
  places: ReadonlyMap<string, number>;
  properties: Chunked<PropertyState>;
  last: VerificationSummary | null;
}

export const initialVerification: VerificationSlice = {
  running: null,
  newest: null,
  round: 0,
  seed: 0,
  semanticDigest: '',
  places: new Map(),
  properties: emptyChunked<PropertyState>(),
  last: null,
};

/** Folds verifications. Late results of an earlier verification are ignored. */
export function reduceVerification(slice: VerificationSlice, event: Event): VerificationSlice {
  switch (event.type) {
    case 'verificationStarted': {
      const sameSpec = event.semanticDigest === slice.semanticDigest;
      const before = sameSpec ? [...items(slice.properties)] : [];
      const asked = new Set(event.properties.map(({ id }) => id));
      const known = new Map(before.map((row) => [row.property.id, row]));
      const fresh = event.properties.map((property) => {
        const row = known.get(property.id);
        return row === undefined ? unchecked(property) : { ...row, property, stale: true };
      });
      const others = event.clauses === undefined ? [] : before.filter(({ property }) => !asked.has(property.id));
      const all = [...fresh, ...others.map((row) => ({ ...row, stale: true }))];
      return {
        ...slice,
        running: event.verification,
        newest: event.verification,
        round: event.round,
        seed: event.seed,
        semanticDigest: event.semanticDigest,
        places: new Map(all.map(({ property }, place) => [property.id, place])),
        properties: chunkedFrom(all),
      };
    }
    case 'propertyDecided':
      if (event.verification !== slice.newest) return slice;
      return change(slice, event.property, (row) => ({
        ...row,
        verdict: event.verdict,
        stale: false,
        cases: event.cases,
        reason: event.reason ?? '',
        counterexample: event.verdict === 'fail' && !row.stale ? row.counterexample : null,
      }));
    case 'counterexampleFound':
      if (event.verification !== slice.newest) return slice;
      return change(slice, event.property, (row) => ({
        ...row,
        verdict: 'fail',
        stale: false,
        counterexample: event.counterexample,
      }));
    case 'verificationFinished':
      if (event.verification !== slice.newest) return slice;
      return {
        ...slice,
        running: null,
        last: {
          verification: event.verification,
          verdict: event.verdict,
          cases: event.cases,
          casesPerSecond: event.casesPerSecond,
          durationMs: event.durationMs,
          coverage: event.coverage,
          latency: event.latency,
          warnings: event.warnings,
        },
      };
    case 'turnInterrupted':
    case 'sessionEnded':
      return slice.running === null ? slice : { ...slice, running: null };
    default:
      return slice;
  }
}

function unchecked(property: PropertyRef): PropertyState {
  return { property, verdict: null, stale: false, cases: 0, reason: '', counterexample: null };
}

function change(
  slice: VerificationSlice,
  property: PropertyRef,
  next: (row: PropertyState) => PropertyState,
): VerificationSlice {
  const place = slice.places.get(property.id);
  const row = place === undefined ? undefined : itemAt(slice.properties, place);
  if (place !== undefined && row !== undefined) {
    return { ...slice, properties: replaceAt(slice.properties, place, next(row)) };
  }
  const places = new Map(slice.places).set(property.id, slice.properties.length);
  return { ...slice, places, properties: push(slice.properties, next(unchecked(property))) };
}
