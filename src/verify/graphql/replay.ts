/** What earlier cases have to leave behind for a case to fail on a fresh subject: as few of them as are found in time. */
import type { Case, Sent } from './call.ts';
import type { Finding } from './counterexample.ts';
import type { GraphEngine } from './engine.ts';

/** A failure on a fresh subject, after the calls of earlier cases. */
export interface Replayed {
  before: Sent[][];
  finding: Finding;
}

export interface ReplayOptions {
  engine: GraphEngine;
  /** Cases that ran before, oldest first. */
  past: readonly Case[];
  renew: () => Promise<boolean>;
  fails: () => Promise<Finding | undefined>;
  timeMs: number;
}

/** Cases before that are tried at most; a subject is renewed before many more have changed anything. */
const MOST = 400;

/** Runs the failing case after fewer and fewer others; undefined where it fails after none of them. */
export async function replayed({ engine, past, renew, fails, timeMs }: ReplayOptions): Promise<Replayed | undefined> {
  const until = performance.now() + timeMs;
  const changing = past.filter((one) => one.some(({ root, valid }) => valid && root.kind === 'mutation')).slice(-MOST);
  const after = async (cases: readonly Case[]): Promise<Replayed | undefined> => {
    if (performance.now() > until || !(await renew())) return undefined;
    const before: Sent[][] = [];
    for (const one of cases) before.push((await engine.run(one)).sent);
    const finding = await fails();
    return finding === undefined ? undefined : { before, finding };
  };
  let kept = changing;
  let found: Replayed | undefined;
  // Most often a few are enough.
  for (let count = 1; count < changing.length && found === undefined; count *= 4)
    found = await after((kept = changing.slice(-count)));
  if (found === undefined && changing.length > 0) found = await after((kept = changing));
  if (found === undefined) return undefined;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let start = 0; start < kept.length;) {
      const fewer = kept.toSpliced(start, size);
      const still = fewer.length < kept.length ? await after(fewer) : undefined;
      if (still === undefined) start += size;
      else [kept, found] = [fewer, still];
    }
  return found;
}
