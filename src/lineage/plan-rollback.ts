/** What a rollback would do, computed before anything is touched. */
import { findVersion } from './find-version.ts';
import type { LineageRow } from './lineage.ts';

/** A file by its content's hash (any one hash function, the same for both sides). */
export type Files = Readonly<Record<string, { blob: string; executable: boolean }>>;

export interface RollbackRequest {
  spec: string;
  /** What the person typed after `--to`. */
  to: string;
  /** Newest first. */
  rows: readonly LineageRow[];
}

export interface RollbackTarget {
  spec: string;
  row: LineageRow & { codeTree: string };
  /** Branch that will be made, `plumb/rollback-SPEC-DIGEST`. */
  branch: string;
}

export type RollbackDecision = { kind: 'target'; target: RollbackTarget } | { kind: 'refused'; message: string };

/** Decides whether a version may be gone back to: it must be known, unambiguous, and known-good together with its code. */
export function rollbackTarget(request: RollbackRequest): RollbackDecision {
  const { spec, to, rows } = request;
  const found = findVersion(rows, to);
  if (found.kind !== 'found') return refused(`${found.message}; the versions of ${spec}: plumb lineage ${spec}`);
  const { row } = found;
  const { codeTree } = row;
  const name = row.semanticDigest.slice(0, 12);
  if (codeTree === null)
    return refused(
      `${name} is known to git alone: no code was recorded for it, so there is no pair to go back to. Make one with: plumb run ${spec}, on that contract`,
    );
  if (!row.knownGood) {
    const good = rows.find((other) => other.knownGood);
    const next =
      good === undefined
        ? `none of ${spec} is yet; make one with: plumb run ${spec}`
        : `the newest that is: --to ${good.semanticDigest.slice(0, 12)}`;
    return refused(
      `${name} with code ${codeTree.slice(0, 12)} is not known to be good (verdict: ${row.verdict ?? 'none'}); ${next}`,
    );
  }
  const safe = spec.replace(/[^A-Za-z0-9_-]+/g, '-');
  return {
    kind: 'target',
    target: {
      spec,
      row: { ...row, codeTree },
      branch: `plumb/rollback-${safe}-${name}`,
    },
  };
}

interface RollbackChange {
  path: string;
  kind: 'added' | 'modified' | 'deleted';
}

export interface RollbackPlan extends RollbackTarget {
  /** Semantic digest that is left; null where HEAD has no contract that can be read. */
  from: string | null;
  /** Against HEAD, in path order; empty where HEAD is that state already. */
  changes: RollbackChange[];
  /** What a rollback leaves as it is, in words. */
  notRestored: string[];
}

/** The changes that make HEAD's files (the contract, and what the code globs allow) into those of then. */
export function planRollback(
  target: RollbackTarget,
  head: { digest: string | null; files: Files },
  then: Files,
): RollbackPlan {
  const { digest: from, files: now } = head;
  const paths = [...new Set([...Object.keys(now), ...Object.keys(then)])].sort();
  const changes = paths.flatMap((path): RollbackChange[] => {
    const before = now[path];
    const after = then[path];
    if (after === undefined) return [{ path, kind: 'deleted' }];
    if (before === undefined) return [{ path, kind: 'added' }];
    return before.blob === after.blob && before.executable === after.executable ? [] : [{ path, kind: 'modified' }];
  });
  return { ...target, from, changes, notRestored: NOT_RESTORED };
}

const NOT_RESTORED = [
  'your working tree, index and current branch: the state goes onto a branch of its own',
  'files outside the contract and the code that the agent may write, and databases and their contents',
  'the record: sessions, verdicts and cost stay as they were',
];

function refused(message: string): RollbackDecision {
  return { kind: 'refused', message };
}
