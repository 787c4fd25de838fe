import stringWidth from 'string-width';

/** Characters of exactly one cell, none of which combines: Latin, Greek, Cyrillic, punctuation, arrows, operators, boxes. */
const SINGLE_CELLS =
  /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0373\u0391-\u03a1\u03a3-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc\u2713\u2717]*$/;
const segmenter = new Intl.Segmenter();
const widths = new Map<string, number>();
const MAX_WIDTHS = 10_000;

/** Width of sanitised text in terminal cells. */
export function widthOf(text: string): number {
  if (SINGLE_CELLS.test(text)) return text.length;
  if (text.length > 64) return stringWidth(text);
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (widths.size >= MAX_WIDTHS) widths.clear();
  const width = stringWidth(text);
  widths.set(text, width);
  return width;
}

/** Cuts sanitised one-line text to a width in cells; what is cut off shows as `…`. Never wider than the width. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  if (SINGLE_CELLS.test(text)) return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
  if (text.length <= 4 * width && widthOf(text) <= width) return text;
  return `${takeCells(text, width - 1)}…`;
}

/** Like {@link cut}, but keeps the end. */
export function cutStart(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let cells = 1;
  for (const { segment } of [...segmenter.segment(text)].toReversed()) {
    cells += widthOf(segment);
    if (cells > width) break;
    kept = segment + kept;
  }
  return width <= 0 ? '' : `…${kept}`;
}

/** Cuts or fills with spaces to exactly a width in cells. */
export function fit(text: string, width: number): string {
  const kept = cut(text, width);
  return kept + ' '.repeat(Math.max(0, width - widthOf(kept)));
}

/** Like {@link fit}, with the text at the right. */
export function fitRight(text: string, width: number): string {
  const kept = cut(text, width);
  return ' '.repeat(Math.max(0, width - widthOf(kept))) + kept;
}

const wrapped = new Map<string, string[]>();
const MAX_REMEMBERED_CHARACTERS = 1_000_000;
let remembered = 0;

/**
 * Breaks sanitised text into lines of at most a width in cells; at spaces where it can. A paragraph is wrapped once for
 * each width and remembered. Text without characters is one empty line.
 */
export function wrap(text: string, width: number): string[] {
  const cells = Math.max(1, width);
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, cells));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  if (paragraph.length <= width && SINGLE_CELLS.test(paragraph)) return [paragraph];
  const key = `${width} ${paragraph}`;
  const known = wrapped.get(key);
  if (known !== undefined) return known;
  const lines = breakLines(paragraph.replaceAll('\t', '    '), width);
  remember(key, lines);
  return lines;
}

/** Growing paragraphs leave many dead entries; the oldest go once too many characters are held. */
function remember(key: string, lines: string[]): void {
  wrapped.set(key, lines);
  remembered += key.length;
  if (remembered < MAX_REMEMBERED_CHARACTERS) return;
  for (const old of wrapped.keys()) {
    if (remembered < MAX_REMEMBERED_CHARACTERS / 2) break;
    wrapped.delete(old);
    remembered -= old.length;
  }
}

function breakLines(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let cells = 0;
  for (const word of paragraph.split(/(?<= )(?=[^ ])/)) {
    const bare = word.trimEnd();
    const bareCells = widthOf(bare);
    if (cells > 0 && cells + bareCells > width) {
      lines.push(line.trimEnd());
      line = '';
      cells = 0;
    }
    if (bareCells > width) {
      const pieces = hardBreak(bare, width);
      line = pieces.pop() ?? '';
      cells = widthOf(line);
      lines.push(...pieces);
      line += word.slice(bare.length);
    } else {
      line += word;
      cells += bareCells;
    }
    cells += word.length - bare.length;
  }
  lines.push(line.trimEnd());
  return lines;
}

/** Cuts a word into pieces that fill the width; one pass. A grapheme wider than the width is left out. */
function hardBreak(word: string, width: number): string[] {
  if (SINGLE_CELLS.test(word)) return word.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  const pieces: string[] = [];
  let piece = '';
  let cells = 0;
  for (const { segment } of segmenter.segment(word)) {
    const next = widthOf(segment);
    if (next > width) continue;
    if (cells + next > width) {
      pieces.push(piece);
      piece = '';
      cells = 0;
    }
    piece += segment;
    cells += next;
  }
  return [...pieces, piece];
}

/** The longest beginning of whole graphemes that fits into the cells. */
function takeCells(text: string, width: number): string {
  let cells = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    cells += widthOf(segment);
    if (cells > width) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
