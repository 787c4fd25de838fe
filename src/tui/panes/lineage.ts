import type { Verdict } from '../../events/index.ts';
import { printable } from '../printable.ts';
import { formatUsd, shortDigest } from '../../session/format.ts';
import { GLYPH } from '../../session/marks.ts';
import { fit, fitRight } from '../../session/wrap.ts';
import { type Line, span } from '../line.ts';

/** One version of a spec, newest first; plain data, so that whoever owns the lineage need not know this screen. */
export interface LineageRow {
  semanticDigest: string;
  /** Written out: `2 h ago`. */
  when: string;
  author: string;
  verdict: Verdict | null;
  knownGood: boolean;
  /** Null where nothing was metered. */
  usdMicros: number | null;
  /** True for the version that is loaded. */
  current: boolean;
}

/** The table of versions; narrow screens lose author and cost. */
export function lineageLines(rows: readonly LineageRow[], width: number, cursor: number): Line[] {
  const wide = width >= 80;
  const head = `   ${fit('version', 14)}${fit('when', 14)}${wide ? fit('author', 22) : ''}${fit('verdict', 12)}${fit('known-good', 12)}${wide ? fitRight('cost', 8) : ''}`;
  if (rows.length === 0) return [[span('no version was recorded yet; a verified run records one', 'dim')]];
  return [
    [span(head, 'dim')],
    ...rows.map((row, index): Line => {
      const tone =
        row.verdict === 'pass' ? 'good' : row.verdict === 'fail' ? 'bad' : row.verdict === 'error' ? 'warn' : 'dim';
      return [
        index === cursor ? span('▌', 'accent', true) : span(' '),
        span(row.current ? '● ' : '○ ', row.current ? 'accent' : 'dim'),
        span(fit(shortDigest(printable(row.semanticDigest)), 14), 'plain', row.current),
        span(fit(printable(row.when), 14), 'dim'),
        ...(wide ? [span(fit(printable(row.author), 22))] : []),
        span(fit(row.verdict === null ? '–' : `${GLYPH[row.verdict]} ${row.verdict}`, 12), tone),
        span(fit(row.knownGood ? '✓ yes' : '–', 12), row.knownGood ? 'good' : 'dim'),
        ...(wide ? [span(fitRight(row.usdMicros === null ? '–' : formatUsd(row.usdMicros), 8), 'dim')] : []),
      ];
    }),
  ];
}
