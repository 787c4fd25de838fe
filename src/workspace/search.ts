import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { sanitize } from '../events/sanitize.ts';
import { globMatcher } from './glob.ts';
import { ok, refused } from './result.ts';
import { textOf } from './text.ts';
import type { FileResult } from './workspace.ts';

const maxFileBytes = 1024 * 1024;
const maxLineChars = 300;
const defaultLimit = 200;
const timeLimitMs = 1500;
const batchChars = 4 * 1024 * 1024;

// A hostile expression can run for ever; only a script in its own context can be stopped from outside.
const matching = new Script(`
  for (const [path, text] of batch) {
    let number = 0;
    for (const line of text.split('\\n')) {
      number += 1;
      if (!expression.test(line)) continue;
      found.push([path, number, line]);
      if (found.length >= limit) throw 'enough';
    }
  }`);

/**
 * Lines of the files that match a JavaScript regular expression (a leading `(?i)` ignores case), as
 * `path:line: text`. Stops after `limit` lines or 1.5 s and then says so in a last line. Files over 1 MiB are left out.
 */
export function searchFiles(
  root: string,
  paths: string[],
  pattern: string,
  options: { glob?: string; limit?: number } = {},
): FileResult<string[]> {
  const expression = compiled(pattern);
  if (expression === null) return refused(`not a regular expression: ${pattern}`);
  const selected = options.glob === undefined ? () => true : anyFolder(options.glob);
  const limit = Math.max(1, Math.min(options.limit ?? defaultLimit, 1000));
  const deadline = performance.now() + timeLimitMs;
  const found: [path: string, line: number, text: string][] = [];
  let cut: string | null = null;
  let batch: [path: string, text: string][] = [];
  let chars = 0;
  const flush = (): void => {
    const left = Math.ceil(deadline - performance.now());
    if (left <= 0) cut = 'the time for a search is over; narrow it with a glob';
    if (cut !== null || batch.length === 0) return;
    try {
      matching.runInContext(createContext({ batch, expression, found, limit }), { timeout: left });
    } catch (error) {
      cut =
        error === 'enough' ? `only the first ${limit} lines` : 'the time for a search is over; simplify the expression';
    }
    batch = [];
    chars = 0;
  };
  for (const path of paths) {
    if (cut !== null) break;
    if (!selected(path)) continue;
    const text = readText(join(root, path));
    if (text === null) continue;
    batch.push([path, text]);
    chars += text.length;
    if (chars > batchChars) flush();
  }
  flush();
  const lines = found.map(
    ([path, line, text]) => `${sanitize(path)}:${line}: ${sanitize(text.slice(0, maxLineChars))}`,
  );
  return ok(cut === null ? lines : [...lines, `… ${cut}`]);
}

function compiled(pattern: string): RegExp | null {
  const ignoresCase = pattern.startsWith('(?i)');
  try {
    return new RegExp(ignoresCase ? pattern.slice(4) : pattern, ignoresCase ? 'i' : '');
  } catch {
    return null;
  }
}

/** A glob without a slash is meant for names in any folder. */
function anyFolder(glob: string): (path: string) => boolean {
  return globMatcher(glob.includes('/') ? glob : `**/${glob}`);
}

function readText(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= maxFileBytes ? textOf(readFileSync(path)) : null;
  } catch {
    return null;
  }
}
