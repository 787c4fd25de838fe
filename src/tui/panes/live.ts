import { printable } from '../printable.ts';
import { formatCount, formatWhole } from '../../session/format.ts';
import type { LiveBlock, LiveTail } from '../../session/live-tail.ts';
import { GLYPH } from '../../session/marks.ts';
import { cut } from '../../session/wrap.ts';
import { type Line, span, spread } from '../line.ts';
import { markdown, outputLines, paragraphs } from './prose.ts';

/** The rows of what streams by: growing text, a tool's input, a command's output, a retry, the running property. */
export function tailLines(tail: LiveTail, { width, verbose }: { width: number; verbose: boolean }): Line[] {
  const lines = tail.blocks.flatMap((block, index) =>
    blockLines(block, width, verbose, index === tail.blocks.length - 1),
  );
  if (tail.retry !== null)
    lines.push(
      ...paragraphs(
        `! ${tail.retry.fault}: ${tail.retry.message}; attempt ${tail.retry.attempt} follows`,
        width,
        'warn',
      ),
    );
  if (tail.status !== '') lines.push([span(`${GLYPH.running} ${tail.status}`, 'accent')]);
  if (tail.progress !== null) {
    const { property, cases, total } = tail.progress;
    lines.push(
      spread(
        [span(`${GLYPH.running} `, 'accent'), span(printable(property), 'dim')],
        [span(` ${formatWhole(cases)} of ${formatWhole(total)} cases`, 'dim')],
        width,
      ),
    );
  }
  return lines;
}

function blockLines(block: LiveBlock, width: number, verbose: boolean, last: boolean): Line[] {
  const cursor = last ? [span('▌', 'accent')] : [];
  switch (block.kind) {
    case 'text':
      return withCursor(markdown(block.text, width - 1), cursor);
    case 'thinking': {
      const lines = paragraphs(block.text, width - 1, 'dim', '┊ ');
      return withCursor(verbose ? lines : lines.slice(-4), cursor);
    }
    case 'toolInput': {
      const line = block.text.split('\n').at(-1) ?? '';
      return [
        spread(
          [span('▸ ', 'accent'), span(block.tool)],
          [span(` ${formatCount(block.text.length)} characters`, 'dim')],
          width,
        ),
        [span(`  ${cut(line.slice(-width), Math.max(1, width - 3))}`, 'dim'), ...cursor],
      ];
    }
    case 'commandOutput':
      return outputLines(block.text, width, verbose ? 40 : 6);
    default:
      return block.kind satisfies never;
  }
}

function withCursor(lines: Line[], cursor: Line): Line[] {
  return lines.length === 0 ? [cursor] : [...lines.slice(0, -1), [...(lines.at(-1) ?? []), ...cursor]];
}
