/**
 * Few rows in which every level of every factor meets every level of every other one: most faults of combinations need
 * two values only. Greedy, as AETG does it (Cohen et al., 1997); the same rows every time.
 */

const known = new Map<string, number[][]>();
const MAX_KNOWN = 1000;

/**
 * The rows, each with one level per factor; `levels` says how many each has. Where more than `most` would be needed, the
 * last pairs are left to chance.
 */
export function pairwise(levels: readonly number[], most: number): readonly number[][] {
  const key = `${levels.join(' ')} of ${most}`;
  let rows = known.get(key);
  if (rows === undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, (rows = rowsFor(levels, most)));
  }
  return rows;
}

function rowsFor(levels: readonly number[], most: number): number[][] {
  const open = new Set<string>();
  for (let one = 0; one < levels.length; one++)
    for (let other = one + 1; other < levels.length; other++)
      for (let a = 0; a < (levels[one] ?? 0); a++)
        for (let b = 0; b < (levels[other] ?? 0); b++) open.add(pairOf(one, a, other, b));
  const rows: number[][] = [];
  while (open.size > 0 && rows.length < most) {
    const row = rowFor(open, levels);
    rows.push(row);
    for (const pair of pairsIn(row)) open.delete(pair);
  }
  return rows;
}

/** The row of the first open pair; each other factor takes the level that meets most open pairs of what is chosen. */
function rowFor(open: ReadonlySet<string>, levels: readonly number[]): number[] {
  const chosen = new Map<number, number>();
  const left = new Map<string, number>();
  for (const pair of open) {
    const [one, a, other, b] = pair.split(' ');
    for (const level of [`${one} ${a}`, `${other} ${b}`]) left.set(level, (left.get(level) ?? 0) + 1);
  }
  const [first = ''] = open;
  const [one = 0, a = 0, other = 0, b = 0] = first.split(' ').map(Number);
  chosen.set(one, a).set(other, b);
  for (const [factor, count] of levels.entries()) {
    if (chosen.has(factor)) continue;
    let best = 0;
    let most = -1;
    for (let level = 0; level < count; level++) {
      const meets = [...chosen].filter(([theirs, own]) => open.has(pairOf(factor, level, theirs, own))).length;
      // Among equals the level that has most left to meet.
      const worth = meets + (left.get(`${factor} ${level}`) ?? 0) / (open.size + 1);
      if (worth > most) [best, most] = [level, worth];
    }
    chosen.set(factor, best);
  }
  return levels.map((_, factor) => chosen.get(factor) ?? 0);
}

function pairsIn(row: readonly number[]): string[] {
  return row.flatMap((a, one) => row.slice(one + 1).map((b, offset) => pairOf(one, a, one + 1 + offset, b)));
}

function pairOf(one: number, a: number, other: number, b: number): string {
  return one < other ? `${one} ${a} ${other} ${b}` : `${other} ${b} ${one} ${a}`;
}
