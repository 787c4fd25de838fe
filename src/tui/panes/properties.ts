import type { Counterexample } from '../../events/index.ts';
import { exactly, printable } from '../printable.ts';
import { counterexampleCall } from '../../session/event-line.ts';
import { formatMs, formatShare, formatWhole } from '../../session/format.ts';
import { GLYPH, WORD } from '../../session/marks.ts';
import {
  coverageShare,
  propertyCounts,
  type PropertyRow,
  propertyRows,
  slowestOperation,
} from '../../session/properties.ts';
import type { State } from '../../session/state.ts';
import { cut, wrap } from '../../session/wrap.ts';
import { type Line, span, spread } from '../line.ts';
import { STANDING_TONE } from './spec.ts';

/** The properties that a person looks at: all but those that hold, unless only those are left. */
export function shownProperties(state: State, all: boolean): PropertyRow[] {
  const rows = propertyRows(state);
  return all ? rows : rows.filter(({ standing }) => standing === 'fail' || standing === 'error');
}

export interface PropertyPaneOptions {
  width: number;
  height: number;
  cursor: number;
  focused: boolean;
}

/** The column: broken properties with the selected counterexample open, then counts, coverage and speed. */
export function propertyColumn(state: State, options: PropertyPaneOptions): Line[] {
  const { width, height, focused } = options;
  const rows = shownProperties(state, false);
  const foot = footLines(state, width);
  const room = Math.max(0, height - foot.length - 1);
  const cursor = Math.min(options.cursor, Math.max(0, rows.length - 1));
  // Every counterexample stands open while all of them fit.
  const few = rows.length * 3 <= room;
  const details = rows.map((row, index) => (few || index === cursor ? detailLines(row, width, 10) : []));
  const fits = details.reduce((sum, detail) => sum + 1 + detail.length, 0) <= room;
  const lines: Line[] = [];
  let selectedFrom = 0;
  let selectedTo = 0;
  for (const [index, row] of rows.entries()) {
    const { operation } = row.state.property;
    if (operation !== undefined && operation !== rows[index - 1]?.state.property.operation) {
      lines.push([span(` ${printable(operation)}`, 'dim')]);
    }
    if (index === cursor) selectedFrom = lines.length;
    lines.push(propertyLine(row, width, index === cursor && focused));
    if (fits || index === cursor) lines.push(...(details[index] ?? []));
    if (index === cursor) selectedTo = lines.length;
  }
  if (rows.length === 0) lines.push(...emptyLines(state));
  const from = Math.max(0, Math.min(selectedFrom, Math.max(selectedTo - room, 0)));
  const body = lines.slice(from, from + room);
  const hidden = lines.length - from - body.length;
  if (hidden > 0 && body.length > 0) body[body.length - 1] = [span(`… ${hidden + 1} more lines`, 'dim')];
  while (body.length < room) body.push([]);
  return [...body, [span('─'.repeat(width), 'dim')], ...foot];
}

/** One property; in a wide pane with its figures, in a narrow one without the operation that stands above it. */
export function propertyLine(row: PropertyRow, width: number, selected: boolean): Line {
  const { state, standing } = row;
  const wide = width >= 60;
  const cases = state.cases > 0 ? `${formatWhole(state.cases)} cases  ` : '';
  const right = wide ? ` ${cases}${WORD[standing].padEnd(9)}` : '';
  const name = wide ? state.property.id : shortName(row);
  return spread(
    [
      selected ? span('▌', 'accent', true) : span(' '),
      span(`${GLYPH[standing]} `, STANDING_TONE[standing]),
      span(printable(name), 'plain', standing === 'fail'),
    ],
    [span(right, 'dim')],
    width,
    16,
  );
}

function shortName({ state: { property } }: PropertyRow): string {
  const { id, operation } = property;
  return operation === undefined ? id : id.replace(` ${operation}`, '');
}

/** What failed and how, in a few rows. */
export function detailLines(row: PropertyRow, width: number, most: number): Line[] {
  const { state } = row;
  const inside = Math.max(8, width - 3);
  const lines: Line[] = [];
  const put = (text: string, tone: 'plain' | 'dim' | 'bad' | 'good' | 'accent', limit: number): void => {
    for (const part of wrap(printable(text), inside).slice(0, limit)) lines.push([span('   '), span(part, tone)]);
  };
  const { counterexample } = state;
  if (counterexample === null) {
    put(state.reason === '' ? `${formatWhole(state.cases)} cases` : state.reason, 'dim', 4);
    return lines;
  }
  put(
    `${formatWhole(state.cases)} ${state.cases === 1 ? 'case' : 'cases'}, shrunk ${counterexample.shrinks}×`,
    'dim',
    1,
  );
  put(counterexampleCall(counterexample), 'accent', 4);
  put(`was ${counterexample.actual}`, 'bad', 3);
  put(`expected ${counterexample.expected}`, 'good', 3);
  if (!counterexample.reproducible) put('did not come back when run alone', 'dim', 1);
  return lines.slice(0, most);
}

/** Everything about one property, for the whole screen. */
export function propertyDocument(row: PropertyRow, width: number): Line[] {
  const { state, standing } = row;
  const { property, counterexample } = state;
  const lines: Line[] = [
    [
      span(`${GLYPH[standing]} ${WORD[standing]}  `, STANDING_TONE[standing], true),
      span(printable(property.id), 'plain', true),
    ],
    [span(`${property.kind}  `, 'dim'), span(printable(property.operation ?? ''), 'dim')],
    [span(printable(property.clause), 'accent')],
    [],
  ];
  const text = (title: string, value: string, tone: 'plain' | 'bad' | 'good' | 'accent'): void => {
    lines.push([span(title, 'dim')]);
    for (const part of wrap(exactly(value), Math.max(4, width - 2)).slice(0, 400))
      lines.push([span('  '), span(part, tone)]);
    lines.push([]);
  };
  if (state.reason !== '') text('why', state.reason, 'plain');
  if (counterexample === null) {
    lines.push([span(`${formatWhole(state.cases)} cases, no counterexample`, 'dim')]);
    return lines;
  }
  text('was', counterexample.actual, 'bad');
  text('expected', counterexample.expected, 'good');
  text(
    `input, after ${counterexample.shrinks} shrinks, seed ${counterexample.seed}, path ${counterexample.path}`,
    JSON.stringify(counterexample.input, null, 2) ?? '',
    'plain',
  );
  text('exchanges', exchangeText(counterexample), 'plain');
  text(
    counterexample.reproducible ? 'reproduce (c copies)' : 'reproduce (it did not come back when run alone)',
    counterexample.reproducer,
    'accent',
  );
  return lines;
}

function exchangeText(counterexample: Counterexample): string {
  return counterexample.exchanges
    .map(({ role, method, path, body, response, fault }) => {
      const sent = `${role.padEnd(12)} ${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`;
      const got =
        response === undefined
          ? `  → ${fault ?? 'no answer'}`
          : `  → ${response.status}${response.body === undefined ? '' : ` ${JSON.stringify(response.body)}`}`;
      return `${sent}\n${got}`;
    })
    .join('\n');
}

function emptyLines(state: State): Line[] {
  const counts = propertyCounts(state);
  if (state.verification.properties.length === 0) return [[span('no properties have run yet', 'dim')]];
  if (counts.running > 0) return [[span(`${GLYPH.running} no counterexample so far`, 'accent')]];
  return [[span(`${GLYPH.pass} no counterexample`, 'good')]];
}

function footLines(state: State, width: number): Line[] {
  const counts = propertyCounts(state);
  const share = coverageShare(state);
  const slow = slowestOperation(state);
  const waiting = counts.running + counts.unchecked + counts.stale;
  const lines: Line[] = [
    [
      span(`${GLYPH.pass} ${counts.pass} hold`, counts.pass > 0 ? 'good' : 'dim'),
      ...(counts.fail > 0 ? [span(`  ${GLYPH.fail} ${counts.fail} fail`, 'bad')] : []),
      ...(counts.error > 0 ? [span(`  ${GLYPH.error} ${counts.error} undecided`, 'warn')] : []),
      ...(waiting > 0 ? [span(`  ${GLYPH.unchecked} ${waiting} open`, 'dim')] : []),
    ],
  ];
  if (share !== null) lines.push(spread([span('spec covered', 'dim')], [span(formatShare(share))], width));
  if (slow !== null)
    lines.push(
      spread(
        [span(`p99 ${cut(printable(slow.operation), Math.max(4, width - 16))}`, 'dim')],
        [span(formatMs(slow.p99Ms))],
        width,
      ),
    );
  return lines;
}
