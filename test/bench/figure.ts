/** What a bench measured: one line for a person, and one row for `run.ts` where that started the bench. */
import { appendFileSync } from 'node:fs';

/** The environment variable with the file that `run.ts` collects the rows in. */
export const FIGURES_FILE = 'PLUMB_BENCH_FIGURES';

export interface Figure {
  /** What was measured, with its circumstances. */
  figure: string;
  value: number;
  unit: string;
  /** The value that a release holds; absent where the figure only informs. */
  limit?: { atMost: number } | { atLeast: number };
  /** The same figure of another tool in the same run, such as `json-schema-faker 81 %`. */
  peer?: string;
}

/** True where the limit holds, or there is none. A figure that is no number holds nothing. */
export function holds({ value, limit }: Figure): boolean {
  if (limit === undefined) return true;
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
}

/** `≤ 100 ms held`, the peer, or nothing. */
export function beside(figure: Figure): string {
  const { limit, unit, peer } = figure;
  const sign = limit === undefined ? '' : 'atMost' in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`;
  const held = limit === undefined ? [] : [`${sign} ${unit} ${holds(figure) ? 'held' : 'MISSED'}`];
  return [...held, ...(peer === undefined ? [] : [peer])].join('; ');
}

/** The value with as many digits as a reader needs. */
export function shown({ value, unit }: Figure): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

/** Prints a figure, and hands it to `run.ts` where that listens. */
export function report(figure: Figure): void {
  const remark = beside(figure);
  console.log(`${figure.figure}: ${shown(figure)}${remark === '' ? '' : `; ${remark}`}`);
  const file = process.env[FIGURES_FILE];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(figure)}\n`);
}
