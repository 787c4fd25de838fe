import type { LineageRow } from './lineage.ts';

export type FoundVersion =
  { kind: 'found'; row: LineageRow } | { kind: 'unknown' | 'ambiguous' | 'malformed'; message: string };

/** Fewer digits are a typing error more often than a name. */
const SHORTEST_PREFIX = 4;

/**
 * Finds a version by the beginning of its semantic digest, or `VERSION:TREE` for one of several code trees of it.
 * Among the trees of one version the newest known-good one is meant, and the newest where none is.
 */
export function findVersion(rows: readonly LineageRow[], name: string): FoundVersion {
  const [version = '', tree = ''] = name.toLowerCase().split(':');
  if (
    !/^[0-9a-f]{4,64}$/.test(version) ||
    !/^[0-9a-f]{0,64}$/.test(tree) ||
    (tree !== '' && tree.length < SHORTEST_PREFIX)
  )
    return {
      kind: 'malformed',
      message: `a version is at least ${SHORTEST_PREFIX} hex digits, or VERSION:TREE, not ${JSON.stringify(name)}`,
    };
  const matches = rows.filter((row) => row.semanticDigest.startsWith(version) && (row.codeTree ?? '').startsWith(tree));
  const digests = [...new Set(matches.map((row) => row.semanticDigest))];
  if (digests.length > 1)
    return {
      kind: 'ambiguous',
      message: `${version} is the beginning of several versions: ${digests.map((digest) => digest.slice(0, 12)).join(', ')}`,
    };
  const [newest] = matches;
  if (newest === undefined) return { kind: 'unknown', message: `there is no version ${name}` };
  const trees = [...new Set(matches.map((row) => row.codeTree))];
  if (tree !== '' && trees.length > 1)
    return {
      kind: 'ambiguous',
      message: `${tree} is the beginning of several code trees: ${trees.map((hash) => hash?.slice(0, 12)).join(', ')}`,
    };
  return { kind: 'found', row: matches.find((row) => row.knownGood) ?? newest };
}
