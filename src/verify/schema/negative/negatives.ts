/**
 * Inputs that break a schema at exactly one keyword of one place: named first, which is cheap, and confirmed one by one
 * when somebody asks. What confirming built is kept for a while only, and built again when it is needed again.
 */
import type { Negative, Unbreakable } from '../../schema-port.ts';
import type { Literal } from '../canon/goal.ts';
import { LIMITS } from '../limits.ts';
import type { Counts, Source } from '../source.ts';
import { confirm } from './confirm.ts';
import type { Face } from './faces.ts';
import type { Confirmed, NegativeParts } from './confirm.ts';
import { candidatesOf } from './naming.ts';
import type { Candidate } from './naming.ts';

/** A negative as something to draw from. */
export interface BreakingSource extends Omit<Negative, 'arbitrary' | 'faces'> {
  source: Source;
  /** The most telling ways to break it, at its place. */
  faces: readonly Face[];
  counts: Counts;
}

/** A keyword of a place that can perhaps be broken. */
export interface NamedBreak extends Omit<Negative, 'arbitrary' | 'faces'> {
  /** Places of the schema known when it was named; what confirming takes grows with it. */
  width: number;
  few?: number;
  confirm(): BreakingSource | Unbreakable;
}

export interface Naming {
  /** In written order, outermost place first. */
  named: NamedBreak[];
  /** True where there are more than are named. */
  more: boolean;
}

export interface Broken {
  /** In written order, outermost place first; each with at least one confirmed value. */
  negatives: BreakingSource[];
  /** Clauses that no value breaks alone. */
  unbreakable: Unbreakable[];
}

/** Negatives of one schema, when all of them are asked for at once. */
const MOST = 200;

/** Names what can perhaps be broken; `kept` holds what confirming builds. */
export function namingOf(parts: NegativeParts, root: Literal, kept: KeptSources): Naming {
  const named: NamedBreak[] = [];
  let more = false;
  let work = 0;
  const cut = (): void => void (more = true);
  for (const candidate of candidatesOf(parts.registry, parts.direction, root.node, cut)) {
    work += candidate.width;
    if (named.length === LIMITS.breaks || work > LIMITS.breakWork) return { named, more: true };
    named.push(namedBreak(parts, root, candidate, kept));
  }
  return { named, more };
}

/** Confirms what is named, up to a bound. */
export function negativesOf({ named }: Naming, effort: () => number, most: number = MOST): Broken {
  const negatives: BreakingSource[] = [];
  const stubborn = new Map<string, Unbreakable>();
  const before = effort();
  for (const one of named) {
    if (negatives.length >= Math.min(most, MOST) || effort() - before > LIMITS.negatives) break;
    const made = one.confirm();
    if ('source' in made) negatives.push(made);
    else if (!stubborn.has(made.clause)) stubborn.set(made.clause, made);
  }
  for (const { clause } of negatives) stubborn.delete(clause);
  return { negatives, unbreakable: [...stubborn.values()] };
}

function namedBreak(parts: NegativeParts, root: Literal, candidate: Candidate, kept: KeptSources): NamedBreak {
  const { keyword, clause, few } = candidate.broken;
  const names = { keyword, clause, instancePath: candidate.place.path };
  const counts: Counts = { drawn: 0, rejected: 0 };
  const make = (): Confirmed | Unbreakable => confirm(parts, root, candidate);
  const again = (): Source => {
    const made = kept.get(candidate, make);
    if (!('source' in made)) throw new Error(`${clause} was broken before, and now is not: ${made.reason}`);
    return made.source;
  };
  return {
    ...names,
    width: candidate.width,
    ...(few === undefined ? {} : { few }),
    confirm() {
      const made = kept.get(candidate, make);
      if (!('source' in made)) return made;
      const source: Source = {
        draw: (seed) => again().draw(seed),
        accepts: (value) => again().accepts(value),
        get model() {
          return again().model;
        },
      };
      return { ...names, source, counts, faces: candidate.broken.faces() };
    },
  };
}

/** What was confirmed last, as much of it as a bound on its size allows. */
export interface KeptSources {
  get(candidate: Candidate, make: () => Confirmed | Unbreakable): Confirmed | Unbreakable;
  /** Work that all confirming took so far. */
  effort(): number;
}

/** Keeps nothing yet. */
export function keepSources(): KeptSources {
  const kept = new Map<Candidate, Confirmed>();
  let size = 0;
  let effort = 0;
  return {
    effort: () => effort,
    get(candidate, make) {
      const known = kept.get(candidate);
      if (known) {
        kept.delete(candidate);
        kept.set(candidate, known);
        return known;
      }
      const made = make();
      if (!('source' in made)) return made;
      effort += made.effort;
      kept.set(candidate, made);
      size += sizeOf(made);
      for (const [oldest, one] of kept) {
        if (size <= LIMITS.keptSources || oldest === candidate) break;
        kept.delete(oldest);
        size -= sizeOf(one);
      }
      return made;
    },
  };
}

/** Whatever it took, there are the schemas around the place, each with a node for each of its members. */
function sizeOf({ effort }: Confirmed): number {
  return effort + 20_000;
}
