import type { LineageRow } from '../lineage/lineage.ts';
import type { LineageRow as PaneRow } from '../tui/panes/lineage.ts';
import { ago } from './ago.ts';

/** The rows of the lineage pane; `loaded` is the semantic digest of the version on the screen. */
export function paneRows(rows: readonly LineageRow[], loaded: string, now: number): PaneRow[] {
  return rows.map((row) => ({
    semanticDigest: row.semanticDigest,
    when: ago(row.at, now),
    author: row.author,
    verdict: row.verdict,
    knownGood: row.knownGood,
    usdMicros: row.costUsdMicros,
    current: row.semanticDigest === loaded,
  }));
}
