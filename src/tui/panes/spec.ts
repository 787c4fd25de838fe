import { printable } from '../printable.ts';
import { type ClauseGroup, clauseGroups } from '../../session/clauses.ts';
import { GLYPH, type Standing, WORD } from '../../session/marks.ts';
import type { State } from '../../session/state.ts';
import { cut, cutStart, widthOf } from '../../session/wrap.ts';
import { type Line, lineWidth, span, spread, type Tone } from '../line.ts';

/** Tone of a standing. */
export const STANDING_TONE: Record<Standing, Tone> = {
  pass: 'good',
  fail: 'bad',
  error: 'warn',
  running: 'accent',
  stale: 'dim',
  implied: 'dim',
  unchecked: 'dim',
};

/** One row of the clause tree. */
export type SpecRow =
  | { kind: 'group'; group: ClauseGroup; open: boolean }
  | { kind: 'clause'; title: string; clause: string; standing: Standing }
  | { kind: 'finding'; severity: 'error' | 'warning' | 'note'; text: string };

/** The clause tree as rows. What fails is unfolded while it fits into the height; the rest where all of it does. */
export function specRows(state: State, folds: Record<string, boolean>, height: number): SpecRow[] {
  const groups = clauseGroups(state);
  const total = groups.reduce((sum, group) => sum + 1 + group.clauses.length, 0);
  const findings = state.spec.findings.filter(({ severity }) => severity !== 'note');
  const rows: SpecRow[] = findings.map(({ severity, rule, message }) => ({
    kind: 'finding',
    severity,
    text: `${rule}: ${message}`,
  }));
  const all = total + rows.length <= height;
  let room = height - rows.length - groups.length;
  for (const group of groups) {
    const broken = group.standing === 'fail' || group.standing === 'error';
    const open = folds[group.id] ?? (all || (broken && group.clauses.length <= room));
    if (open) room -= group.clauses.length;
    rows.push({ kind: 'group', group, open });
    if (!open) continue;
    for (const { clause, standing } of group.clauses) {
      rows.push({ kind: 'clause', title: clause.title, clause: clause.pointer, standing });
    }
  }
  return rows;
}

/** One row drawn; in a wide pane the word stands beside the glyph. */
export function specLine(row: SpecRow, width: number, selected: boolean): Line {
  const mark = selected ? span('▌', 'accent', true) : span(' ');
  const words = width >= 60;
  switch (row.kind) {
    case 'group': {
      const right = row.open ? verdictSpans(row.group.standing, words) : countSpans(row.group, words);
      const title = routeSpans(printable(row.group.title), width - 3 - lineWidth(right));
      return spread([mark, span(`${row.open ? '▾' : '▸'} `, 'dim'), ...title], right, width);
    }
    case 'clause':
      return spread(
        [
          mark,
          span('    '),
          span(cut(printable(row.title), Math.max(4, width - 8)), row.standing === 'unchecked' ? 'dim' : 'plain'),
        ],
        verdictSpans(row.standing, words),
        width,
      );
    case 'finding':
      return [
        mark,
        span(row.severity === 'error' ? '✗ ' : '! ', row.severity === 'error' ? 'bad' : 'warn'),
        span(printable(row.text)),
      ];
    default:
      return row satisfies never;
  }
}

/** The summary for an empty pane. */
export function emptySpecLines(): Line[] {
  return [[span('no spec is loaded', 'dim')], [], [span('plumb open SPEC', 'accent')]];
}

/** The end of a path says more than its beginning. */
function routeSpans(title: string, width: number): Line {
  const route = /^([A-Z]+) (\/.*)$/.exec(title);
  if (route === null) return [span(cut(title, Math.max(1, width)), 'plain', true)];
  const method = (route[1] ?? '').padEnd(4);
  return [
    span(method, 'accent'),
    span(' '),
    span(cutRoute(route[2] ?? '', Math.max(1, width - widthOf(method) - 1)), 'plain', true),
  ];
}

/** Leaves whole segments out, from the beginning. */
function cutRoute(route: string, width: number): string {
  let shown = route;
  while (widthOf(shown) > width) {
    const next = shown.indexOf('/', shown.startsWith('…') ? 2 : 1);
    if (next < 0) return cutStart(shown, width);
    shown = `…${shown.slice(next)}`;
  }
  return shown;
}

function verdictSpans(standing: Standing, words: boolean): Line {
  return [
    span(words ? ` ${WORD[standing]} ` : ' ', STANDING_TONE[standing]),
    span(GLYPH[standing], STANDING_TONE[standing]),
  ];
}

/** A folded group that stands as one shows one glyph, otherwise how many of its clauses stand where. */
function countSpans(group: ClauseGroup, words: boolean): Line {
  const alike = group.standing === 'pass' || group.clauses.every(({ standing }) => standing === group.standing);
  if (alike) return verdictSpans(group.standing, words);
  const counts = new Map<Standing, number>();
  for (const { standing } of group.clauses) counts.set(standing, (counts.get(standing) ?? 0) + 1);
  const order: Standing[] = ['unchecked', 'stale', 'running', 'implied', 'pass', 'error', 'fail'];
  return order.flatMap((standing) => {
    const count = counts.get(standing) ?? 0;
    return count === 0 ? [] : [span(` ${count}${GLYPH[standing]}`, STANDING_TONE[standing])];
  });
}
