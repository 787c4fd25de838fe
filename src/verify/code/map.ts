/** From what ran while which property was tried to the lines of each clause, and those of none. */
import type { CodeReport, LineRange, PropertyRef, Share } from '../../events/index.ts';
import { countAt, type Segment, sum } from './counts.ts';
import { type CodeLine, idle, ran, rangesOf } from './lines.ts';

/** What ran while a property's cases were tried, by script; one that is absent was not touched. */
export interface Take {
  ref: PropertyRef;
  /** How long it took. */
  ms: number;
  scripts: Map<string, Segment[]>;
}

export interface TracedFile {
  /** Relative to the root, with `/`. */
  file: string;
  /** The script that was made of it: the file itself, or what a compiler or bundler wrote. Offsets are in its text. */
  script: string;
  lines: CodeLine[];
  /** Where its functions start. */
  functions: number[];
  /** True where offsets in the script are offsets in the file. */
  plain: boolean;
  /** What ran before the first property. */
  start: Segment[];
}

export interface CodeMap {
  report: CodeReport;
  share: { codeLines: Share; codeFunctions: Share };
}

/** A line is unspecified where no property runs any of it, nor the start the whole of it. */
export function mapOf(files: TracedFile[], takes: Take[]): CodeMap {
  const report: CodeReport = { files: [], clauses: {} };
  const share = { codeLines: { covered: 0, total: 0 }, codeFunctions: { covered: 0, total: 0 } };
  for (const { file, script, lines, functions, start } of files.toSorted((a, b) => (a.file < b.file ? -1 : 1))) {
    const here = takes.flatMap(({ ref, scripts }) => {
      const segments = scripts.get(script);
      return segments === undefined ? [] : [{ ref, segments }];
    });
    const tried = here.reduce<Segment[]>((all, { segments }) => sum(all, segments), []);
    const ever = sum(start, tried);
    const unspecified = lines.filter((line) => !ran(line, tried) && idle(line, ever));
    report.files.push({
      file,
      lines: lines.length,
      covered: lines.length - unspecified.length,
      unspecified: rangesOf(numbers(unspecified), lines),
    });
    share.codeLines.total += lines.length;
    share.codeLines.covered += lines.length - unspecified.length;
    share.codeFunctions.total += functions.length;
    share.codeFunctions.covered += functions.filter((offset) => (countAt(ever, offset) ?? 0) > 0).length;
    const clauses = new Map<string, Set<number>>();
    for (const { ref, segments } of here) {
      const executed = lines.filter((line) => ran(line, segments));
      if (executed.length === 0) continue;
      const known = clauses.get(ref.clause) ?? new Set();
      for (const { line } of executed) known.add(line);
      clauses.set(ref.clause, known);
    }
    for (const [clause, executed] of clauses)
      (report.clauses[clause] ??= []).push({ file, lines: rangesOf([...executed], lines) });
  }
  return { report, share };
}

function numbers(lines: CodeLine[]): number[] {
  return lines.map(({ line }) => line);
}

/** The clauses whose properties execute a line of the hunk, the most specific first: those that execute least code. */
export function clausesOfLines(code: CodeReport, file: string, from: number, to: number): string[] {
  return Object.entries(code.clauses)
    .filter(([, places]) =>
      places.some((one) => one.file === file && one.lines.some((range) => meets(range, from, to))),
    )
    .map(([clause, places]) => ({ clause, size: places.reduce((total, one) => total + sizeOf(one.lines), 0) }))
    .toSorted((a, b) => a.size - b.size || (a.clause < b.clause ? -1 : 1))
    .map(({ clause }) => clause);
}

/** True where the lines hold code that no clause executes. A file that was never loaded is not known of. */
export function isUnspecified(code: CodeReport, file: string, from: number, to: number): boolean {
  const known = code.files.find((one) => one.file === file);
  return known !== undefined && known.unspecified.some((range) => meets(range, from, to));
}

function meets([first, last]: LineRange, from: number, to: number): boolean {
  return first <= to && from <= last;
}

function sizeOf(lines: LineRange[]): number {
  return lines.reduce((total, [from, to]) => total + to - from + 1, 0);
}
