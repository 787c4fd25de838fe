import { cut, widthOf } from '../session/wrap.ts';
import { fitLine, type Line, type Span, span } from './line.ts';

export interface PaneOptions {
  title: string;
  /** Shown at the right of the title's row. */
  note?: string;
  width: number;
  height: number;
  focused: boolean;
  /** What is above and below the visible part, in rows. */
  above?: number;
  below?: number;
}

/** A box with its title in the border; the content is cut or filled to the inside. */
export function pane(content: readonly Line[], options: PaneOptions): Line[] {
  const { width, height, focused } = options;
  const inside = Math.max(0, width - 4);
  const tone = focused ? 'accent' : 'dim';
  const side = (text: string): Span => span(text, tone);
  const rows: Line[] = [topBorder(options, tone)];
  for (let row = 0; row < height - 2; row += 1) {
    rows.push([side('│ '), ...fitLine(content[row] ?? [], inside), side(' │')]);
  }
  rows.push([side(bottomBorder(options))]);
  return rows;
}

/** Rows of content that fit into a box of this height. */
export function insideHeight(height: number): number {
  return Math.max(0, height - 2);
}

/** Cells of content that fit into a box of this width. */
export function insideWidth(width: number): number {
  return Math.max(0, width - 4);
}

function topBorder({ title, note, width, focused }: PaneOptions, tone: 'accent' | 'dim'): Line {
  const room = Math.max(0, width - 4);
  const shownTitle = cut(` ${title} `, room);
  const left = room - widthOf(shownTitle);
  const shownNote = note !== undefined && note !== '' && widthOf(note) + 3 <= left ? ` ${note} ` : '';
  const rule = '─'.repeat(Math.max(0, left - widthOf(shownNote)));
  return [
    span('╭─', tone),
    span(shownTitle, focused ? 'accent' : 'plain', focused),
    span(rule, tone),
    span(shownNote, 'dim'),
    span('─╮', tone),
  ];
}

function bottomBorder({ width, above = 0, below = 0 }: PaneOptions): string {
  const more = [above > 0 ? `↑${above}` : '', below > 0 ? `↓${below}` : ''].filter((part) => part !== '').join(' ');
  const room = Math.max(0, width - 4);
  const shown = more === '' || more.length + 2 > room ? '' : ` ${more} `;
  return `╰─${'─'.repeat(room - shown.length)}${shown}─╯`;
}
