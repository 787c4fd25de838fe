/**
 * The screen is rows of styled spans, composed by pure functions to exactly the size of the terminal. Ink draws them;
 * no view here does I/O, holds a timer or subscribes to anything.
 */
import { cut, widthOf } from '../session/wrap.ts';

/** What a piece of text means; the theme says how that looks. */
export type Tone = 'plain' | 'dim' | 'accent' | 'good' | 'bad' | 'warn' | 'added' | 'removed';

/** Sanitised text of one style. */
export interface Span {
  text: string;
  tone?: Tone;
  bold?: boolean;
  inverse?: boolean;
}

/** One row, or a part of one. */
export type Line = readonly Span[];

/** A span in one call. */
export function span(text: string, tone: Tone = 'plain', bold = false): Span {
  return bold ? { text, tone, bold } : { text, tone };
}

/** Width in cells. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Cuts or fills to exactly a width in cells. */
export function fitLine(line: Line, width: number): Line {
  const fitted: Span[] = [];
  let left = width;
  for (const part of line) {
    if (left <= 0) break;
    const cells = widthOf(part.text);
    if (cells <= left) {
      fitted.push(part);
      left -= cells;
    } else {
      const text = cut(part.text, left);
      fitted.push({ ...part, text });
      left -= widthOf(text);
      break;
    }
  }
  if (left > 0) fitted.push({ text: ' '.repeat(left), ...(fitted.at(-1)?.inverse === true ? { inverse: true } : {}) });
  return fitted;
}

/** Text at both ends of a row; the right end is kept whole while it leaves the left at least `minLeft` cells. */
export function spread(left: Line, right: Line, width: number, minLeft = 8): Line {
  const rightCells = lineWidth(right);
  if (rightCells + minLeft > width) return fitLine(left, width);
  return [...fitLine(left, width - rightCells), ...right];
}

/** An empty row. */
export function blankLine(width: number): Line {
  return [{ text: ' '.repeat(Math.max(0, width)) }];
}

/** Exactly so many rows, each of exactly the width. */
export function fitLines(lines: readonly Line[], width: number, height: number): Line[] {
  const rows = lines.slice(0, Math.max(0, height)).map((line) => fitLine(line, width));
  while (rows.length < height) rows.push(blankLine(width));
  return rows;
}

/** Puts blocks of equally many rows side by side. */
export function beside(...blocks: readonly Line[][]): Line[] {
  const height = Math.max(0, ...blocks.map((block) => block.length));
  return Array.from({ length: height }, (_, row) => blocks.flatMap((block) => block[row] ?? []));
}

/** The text of a row without its styles. */
export function plainText(line: Line): string {
  return line.map(({ text }) => text).join('');
}
