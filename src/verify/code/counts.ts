/** V8's nested coverage ranges as a flat list: how often each character of a script ran. */

/** What `Profiler.takePreciseCoverage` says of one script. */
export interface ScriptCoverage {
  url: string;
  /** What V8 compiled, the first time that a process speaks of the script. */
  text?: string;
  functions: { functionName: string; isBlockCoverage: boolean; ranges: CountedRange[] }[];
}

export interface CountedRange {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** From `start` up to `end`, which is not part of it. */
export interface Segment {
  start: number;
  end: number;
  count: number;
}

/**
 * Segments without overlap, in order. A range holds for what is inside it but for the ranges nested in it, and a
 * function's ranges take the place of its parent's (Chrome DevTools Protocol, Profiler.FunctionCoverage).
 */
export function flatten(functions: ScriptCoverage['functions']): Segment[] {
  const ranges = functions
    .flatMap((one) => one.ranges)
    .filter((range) => range.endOffset > range.startOffset)
    .toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const segments: Segment[] = [];
  const open: CountedRange[] = [];
  let at = 0;
  const upTo = (end: number): void => {
    const top = open.at(-1);
    if (top !== undefined && end > at) push(segments, { start: at, end, count: top.count });
    at = Math.max(at, end);
  };
  for (const range of ranges) {
    for (let top = open.at(-1); top !== undefined && top.endOffset <= range.startOffset; top = open.at(-1)) {
      upTo(top.endOffset);
      open.pop();
    }
    upTo(range.startOffset);
    at = Math.max(at, range.startOffset);
    open.push(range);
  }
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    push(segments, { start: at, end: Math.max(at, top.endOffset), count: top.count });
    at = Math.max(at, top.endOffset);
  }
  return segments;
}

function push(segments: Segment[], segment: Segment): void {
  if (segment.end <= segment.start) return;
  const last = segments.at(-1);
  if (last !== undefined && last.end === segment.start && last.count === segment.count) last.end = segment.end;
  else segments.push(segment);
}

/** Adds up two lists of segments; what one of them does not speak of counts as never run there. */
export function sum(a: Segment[], b: Segment[]): Segment[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const edges = [...new Set([...a, ...b].flatMap(({ start, end }) => [start, end]))].toSorted((x, y) => x - y);
  const summed: Segment[] = [];
  const [left, right] = [reader(a), reader(b)];
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1];
    if (end === undefined) break;
    const counts = [left(start), right(start)].filter((count) => count !== undefined);
    if (counts.length > 0) push(summed, { start, end, count: counts.reduce((total, count) => total + count, 0) });
  }
  return summed;
}

/** Reads the counts at offsets that never go back. */
function reader(segments: Segment[]): (offset: number) => number | undefined {
  let index = 0;
  return (offset) => {
    while ((segments[index]?.end ?? Infinity) <= offset) index++;
    const segment = segments[index];
    return segment !== undefined && segment.start <= offset ? segment.count : undefined;
  };
}

/** How often the character at an offset ran; undefined where nothing is known of it. */
export function countAt(segments: Segment[], offset: number): number | undefined {
  let [low, high] = [0, segments.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const segment = segments[middle];
    if (segment === undefined) return undefined;
    if (offset < segment.start) high = middle - 1;
    else if (offset >= segment.end) low = middle + 1;
    else return segment.count;
  }
  return undefined;
}
