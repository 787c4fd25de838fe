import type { LiveTail } from '../../session/live-tail.ts';
import type { Transcript } from '../../session/transcript.ts';
import { blankLine, type Line } from '../line.ts';
import { tailLines } from './live.ts';
import { itemLines } from './stream-item.ts';

export interface StreamOptions {
  width: number;
  height: number;
  /** Rows above the newest; 0 follows. */
  scroll: number;
  verbose: boolean;
}

/** The visible rows, and how many are hidden on each side. Costs O(visible), however long the session is. */
export function streamLines(
  transcript: Transcript,
  tail: LiveTail,
  options: StreamOptions,
): { lines: Line[]; above: number; below: number } {
  const { width, height, scroll } = options;
  const wanted = height + scroll;
  const blocks: Line[][] = [tailLines(tail, options)];
  let count = blocks[0]?.length ?? 0;
  let hidden = 0;
  for (let at = transcript.chunks.length - 1; at >= 0; at -= 1) {
    const chunk = transcript.chunks[at] ?? [];
    for (let index = chunk.length - 1; index >= 0; index -= 1) {
      const item = chunk[index];
      if (item === undefined) continue;
      if (count >= wanted) {
        hidden += 1;
        continue;
      }
      const lines = itemLines(item, width, options.verbose);
      blocks.push(lines);
      count += lines.length;
    }
  }
  const all = blocks.toReversed().flat();
  const below = Math.min(scroll, Math.max(0, all.length - height));
  const end = all.length - below;
  const from = Math.max(0, end - height);
  const lines = all.slice(from, end);
  while (lines.length < height) lines.push(blankLine(width));
  return { lines, above: from + hidden, below };
}

/** Rows of the whole stream; for the bounds of scrolling. */
export function streamLength(transcript: Transcript, tail: LiveTail, options: StreamOptions): number {
  let count = tailLines(tail, options).length;
  for (const chunk of transcript.chunks) {
    for (const item of chunk) count += itemLines(item, options.width, options.verbose).length;
  }
  return count;
}
