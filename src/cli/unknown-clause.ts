/** Clauses that a person named and the spec does not have. */
import { at, tokensOf, valueAt } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';

const MOST_NAMED = 3;

/** The first clause that names nothing, with the nearest ones that exist; undefined where all are known. */
export function unknownClause(spec: Spec, asked: readonly string[]): string | undefined {
  const unknown = asked.find((clause) => !isKnown(spec, clause));
  if (unknown === undefined) return undefined;
  const near = nearest(spec, unknown).map(({ pointer }) => pointer);
  return `--clause ${unknown}: the spec has no such clause; the nearest are ${near.join(', ')} (plumb spec show --json lists all)`;
}

/** What stands in the document is known, and so are names in the place of indexes, as clauses have them. */
function isKnown(spec: Spec, clause: string): boolean {
  if (!/^#?(\/|$)/.test(clause)) return false;
  const pointer = at('#', ...tokensOf(clause));
  return (
    valueAt(spec.document, pointer) !== undefined ||
    spec.clauses.some((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`)) ||
    (spec.contract !== 'openapi' && spec.clauses.some((one) => pointer.startsWith(`${one.pointer}/`)))
  );
}

function nearest(spec: Spec, clause: string): { pointer: string }[] {
  return spec.clauses
    .map((one) => ({ ...one, far: Math.min(distance(clause, one.pointer), distance(clause, one.title)) }))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, MOST_NAMED);
}

const MOST_COMPARED = 120;

/** Characters to insert, remove or replace (Levenshtein), of the ends, where clauses differ. */
function distance(first: string, second: string): number {
  const a = first.slice(-MOST_COMPARED).toLowerCase();
  const b = second.slice(-MOST_COMPARED).toLowerCase();
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
