/** Which lines of a source hold code, and which of them ran. Lines count from 1. */
import type { LineRange } from '../../events/index.ts';
import { countAt, type Segment } from './counts.ts';
import { childrenOf, isTypeOnly, type Syntax, type SyntaxNode } from './syntax.ts';

/** A line of code by the offsets at which its words start; brackets, comments and types are no code. */
export interface CodeLine {
  line: number;
  offsets: number[];
  /** Where the bodies of functions start in it. */
  bodies: number[];
}

/** A text as it is counted: without a byte order mark, which Node takes away before V8 sees it. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Offsets at which the lines of a text start; `\r\n`, `\n`, `\r` and the separators U+2028 and U+2029 end one (ECMA-262 §12.3). */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(index + end.length);
  return starts;
}

/** Line and column, both from 1, of an offset. */
export function placeOf(starts: number[], offset: number): { line: number; column: number } {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** The lines that hold code. */
export function codeLines(text: string, syntax: Syntax): CodeLine[] {
  const starts = lineStarts(text);
  const types: [start: number, end: number][] = [];
  const visit = (node: SyntaxNode): void => {
    if (isTypeOnly(node)) types.push([node.start ?? 0, node.end ?? 0]);
    else for (const child of childrenOf(node)) visit(child);
  };
  visit(syntax.program);
  const lines = new Map<number, CodeLine>();
  let type = 0;
  for (const { start, end, telling } of syntax.tokens) {
    if (!telling) continue;
    while ((types[type]?.[1] ?? Infinity) <= start) type++;
    if ((types[type]?.[0] ?? Infinity) <= start) continue;
    const [first, last] = [placeOf(starts, start).line, placeOf(starts, end - 1).line];
    for (let line = first; line <= last; line++) {
      const offset = line === first ? start : (starts[line - 1] ?? start);
      const known = lines.get(line);
      if (known === undefined) lines.set(line, { line, offsets: [offset], bodies: [] });
      else known.offsets.push(offset);
    }
  }
  for (const body of syntax.functions) lines.get(placeOf(starts, body).line)?.bodies.push(body);
  return [...lines.values()].toSorted((a, b) => a.line - b.line);
}

/** True where any word of the line ran. */
export function ran(line: CodeLine, segments: Segment[]): boolean {
  return line.offsets.some((offset) => (countAt(segments, offset) ?? 0) > 0);
}

/** True where none of the line ran, or none of a function that starts in it. */
export function idle(line: CodeLine, segments: Segment[]): boolean {
  return !ran(line, segments) || line.bodies.some((offset) => countAt(segments, offset) === 0);
}

/** Lines of code as ranges; what stands between two of them in the list of code lines is not part of a range. */
export function rangesOf(lines: number[], code: CodeLine[]): LineRange[] {
  const wanted = new Set(lines);
  const ranges: LineRange[] = [];
  let open: LineRange | undefined;
  for (const { line } of code) {
    if (!wanted.has(line)) open = undefined;
    else if (open === undefined) ranges.push((open = [line, line]));
    else open[1] = line;
  }
  return ranges;
}
