/** Which properties execute a mutant, by what was traced of the code without any. */
import { countAt, type Segment } from '../code/counts.ts';
import { lineStarts, placeOf, ran } from '../code/lines.ts';
import type { Take, TracedFile } from '../code/map.ts';
import type { Mutant } from './mutant.ts';

/** Whether what ran includes the mutant. */
type Runs = (segments: Segment[]) => boolean;

export interface Reached {
  mutant: Mutant;
  line: number;
  column: number;
  /** The takes in which it ran. */
  takes: Take[];
}

/**
 * Looks up where the mutants of a file ran. Offsets tell it to the character where V8 compiled the file as it is.
 * What runs at the start, such as a table, may matter to every property.
 */
export function reachOf(file: TracedFile, text: string, mutants: Mutant[], takes: Take[]): Reached[] {
  const starts = lineStarts(text);
  const here = takes.flatMap((take) => {
    const segments = take.scripts.get(file.script);
    return segments === undefined ? [] : [{ take, segments }];
  });
  return mutants.map((mutant) => {
    const { line, column } = placeOf(starts, mutant.at ?? mutant.start);
    const code = file.lines.find((one) => one.line === line);
    const runs: Runs = file.plain
      ? (segments) => (countAt(segments, mutant.from) ?? 0) > 0
      : (segments) => code !== undefined && ran(code, segments);
    const executing = here.filter(({ segments }) => runs(segments)).map(({ take }) => take);
    return { mutant, line, column, takes: executing.length === 0 && runs(file.start) ? takes : executing };
  });
}
