/** Which code no property executes, as text: whoever reads it asks of each place what the spec should say of it. */
import { sanitize } from '../events/sanitize.ts';
import type { CodeReport } from '../events/index.ts';

const MOST_SHOWN = 20;

/** One line for each range of unspecified lines, at most twenty; empty where every line is executed. */
export function codeText(code: CodeReport): string {
  const places = code.files.flatMap(({ file, unspecified }) =>
    unspecified.map(([from, to]) => `${file}:${from === to ? from : `${from}-${to}`}`),
  );
  if (places.length === 0) return '';
  const more = places.length > MOST_SHOWN ? [`and ${places.length - MOST_SHOWN} more; --json lists them`] : [];
  const lines = [...places.slice(0, MOST_SHOWN), ...more].map((line) => `  ${sanitize(line)}\n`);
  return `unspecified: code that no property executes, so that no clause says what it must do\n${lines.join('')}`;
}
