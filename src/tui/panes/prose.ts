import { printable } from '../printable.ts';
import { formatWhole } from '../../session/format.ts';
import { cut, wrap } from '../../session/wrap.ts';
import { type Line, span, type Tone } from '../line.ts';

/** Text of one tone, sanitised and wrapped. */
export function paragraphs(text: string, width: number, tone: Tone, indent = ''): Line[] {
  const inside = Math.max(1, width - indent.length);
  return wrap(printable(text, { multiline: true }), inside).map((line) => [span(indent + line, tone)]);
}

/** Headings stand out and fenced code is set off; the rest of Markdown reads well as it is. */
export function markdown(text: string, width: number): Line[] {
  let fenced = false;
  return printable(text, { multiline: true })
    .split('\n')
    .flatMap((line): Line[] => {
      if (line.trimStart().startsWith('```')) {
        fenced = !fenced;
        return [];
      }
      if (fenced) return [[span('  '), span(cut(line.replaceAll('\t', '  '), Math.max(1, width - 2)), 'accent')]];
      const heading = /^#{1,6} (.*)/.exec(line)?.[1];
      if (heading !== undefined) return wrap(heading, width).map((part) => [span(part, 'plain', true)]);
      return wrap(line, width).map((part) => [span(part)]);
    });
}

/** The last lines of an output, set off by a bar. */
export function outputLines(output: string, width: number, most: number): Line[] {
  const lines = wrap(printable(output.slice(-20_000), { multiline: true }).trimEnd(), Math.max(1, width - 4));
  const shown = lines.slice(-most);
  const hidden = lines.length - shown.length;
  return [
    ...(hidden > 0 ? [[span(`  │ … ${formatWhole(hidden)} lines before`, 'dim')]] : []),
    ...shown.map((line): Line => [span('  │ ', 'dim'), span(line, 'dim')]),
  ];
}
