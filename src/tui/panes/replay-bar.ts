import { printable } from '../printable.ts';
import { formatClock } from '../../session/format.ts';
import { cut } from '../../session/wrap.ts';
import { fitLine, type Line, span, type Tone } from '../line.ts';
import type { ReplayBar } from '../scene.ts';

const GLYPH_TONE: Record<string, Tone> = { '✓': 'good', '✗': 'bad', '!': 'warn', '›': 'accent', '±': 'plain' };

/** Two rows: where the replay stands in words, and the record as a line with its marks. */
export function replayLines(bar: ReplayBar, width: number): Line[] {
  const { index, total } = bar;
  const asked = bar.goTo === null ? '' : `   go to event ${bar.goTo}▏`;
  const text: Line = [
    span(bar.playing ? ' ► ' : ' ‖ ', 'accent', true),
    span(`${bar.speed}×  `, 'dim'),
    span(`${formatClock(bar.elapsedMs)} / ${formatClock(bar.totalMs)}   `),
    span(`event ${String(total === 0 ? 0 : index + 1).padStart(String(total).length)} of ${total}   `),
    asked === '' ? span(cut(printable(bar.label), width), 'accent') : span(asked, 'accent', true),
  ];
  return [fitLine(text, width), trackLine(bar, width)];
}

function trackLine({ index, total, marks }: ReplayBar, width: number): Line {
  const cells = Math.max(1, width - 4);
  const place = (at: number): number => (total <= 1 ? 0 : Math.round((at / (total - 1)) * (cells - 1)));
  const here = place(index);
  const glyphs = new Map(marks.map((mark) => [place(mark.index), mark.glyph]));
  const track: Line = Array.from({ length: cells }, (_, cell) => {
    if (cell === here) return { text: '●', tone: 'accent', bold: true };
    const glyph = glyphs.get(cell);
    return glyph === undefined ? span('─', cell < here ? 'plain' : 'dim') : span(glyph, GLYPH_TONE[glyph] ?? 'plain');
  });
  return fitLine([span(' ├', 'dim'), ...track, span('┤', 'dim')], width);
}
