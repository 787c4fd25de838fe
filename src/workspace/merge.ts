import { type Edit, editsBetween } from './hunks.ts';
import { linesOf } from './text.ts';

/**
 * Three-way merge by lines, as cautious as git's: changes of both sides that overlap or touch conflict unless they
 * are the same. Null on conflict, never text with markers.
 */
export function mergeText(base: string, ours: string, theirs: string): string | null {
  if (ours === theirs || base === theirs) return ours;
  if (base === ours) return theirs;
  const lines = { base: linesOf(base), ours: linesOf(ours), theirs: linesOf(theirs) };
  const ourEdits = editsBetween(lines.base, lines.ours);
  const theirEdits = editsBetween(lines.base, lines.theirs);
  if (ourEdits === null || theirEdits === null) return null;

  const merged: string[] = [];
  let at = 0;
  for (const region of regions(ourEdits, theirEdits)) {
    const original = lines.base.slice(region.start, region.end);
    const our = side(lines.base, lines.ours, region, region.ours);
    const their = side(lines.base, lines.theirs, region, region.theirs);
    const choice = same(our, their) || same(their, original) ? our : same(our, original) ? their : null;
    if (choice === null) return null;
    merged.push(...lines.base.slice(at, region.start), ...choice);
    at = region.end;
  }
  return [...merged, ...lines.base.slice(at)].join('');
}

/** A stretch of the base that one or both sides change, with nothing changed right before or after it. */
interface Region {
  start: number;
  end: number;
  ours: Edit[];
  theirs: Edit[];
}

function regions(ours: Edit[], theirs: Edit[]): Region[] {
  const all = [
    ...ours.map((edit) => ({ edit, isOurs: true })),
    ...theirs.map((edit) => ({ edit, isOurs: false })),
  ].sort((a, b) => a.edit.oldStart - b.edit.oldStart);
  const found: Region[] = [];
  for (const { edit, isOurs } of all) {
    let region = found.at(-1);
    if (region === undefined || edit.oldStart > region.end) {
      region = { start: edit.oldStart, end: edit.oldStart, ours: [], theirs: [] };
      found.push(region);
    }
    region.end = Math.max(region.end, edit.oldStart + edit.oldCount);
    (isOurs ? region.ours : region.theirs).push(edit);
  }
  return found;
}

/** What one side makes of a region: its edits, and the base between them. */
function side(base: string[], changed: string[], region: Region, edits: Edit[]): string[] {
  const lines: string[] = [];
  let at = region.start;
  for (const edit of edits) {
    lines.push(...base.slice(at, edit.oldStart), ...changed.slice(edit.newStart, edit.newStart + edit.newCount));
    at = edit.oldStart + edit.oldCount;
  }
  return [...lines, ...base.slice(at, region.end)];
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
