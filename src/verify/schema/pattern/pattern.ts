import vm from 'node:vm';
import { linearRegex } from '../../../spec/text/linear-regex.ts';
import type { Random } from '../draw/random.ts';
import { LIMITS } from '../limits.ts';
import { Refused } from '../refused.ts';
import { parsePattern } from './part.ts';
import type { Parsed } from './part.ts';

/** A compiled `pattern`, searched for anywhere in the text (ECMA-262, `u` flag where the source allows it). */
export interface Pattern {
  source: string;
  parsed: Parsed;
  /** Refuses when the match takes too long. */
  test(text: string): boolean;
  /** Draws property names, prepared when first drawn from. */
  asName?: (random: Random) => string | undefined;
}

/** Text length from which even a pattern without nested repetition is matched with care. */
const LONG = 2_000;

const known = new Map<string, Pattern>();

/** Compiles a pattern; refuses one that is no regular expression. */
export function compilePattern(source: string, pointer: string, keyword = 'pattern'): Pattern {
  const found = known.get(source);
  if (found) return found;
  const flags = flagsOf(source);
  let regex: RegExp;
  let parsed: Parsed;
  try {
    regex = new RegExp(source, flags);
    parsed = parsePattern(source, flags);
  } catch (error) {
    throw new Refused(
      keyword,
      pointer,
      `not a regular expression: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
  let careful: ((text: string) => boolean) | undefined;
  const pattern: Pattern = {
    source,
    parsed,
    test(text) {
      if (!parsed.suspicious && text.length <= LONG) return regex.test(text);
      careful ??= (flags === 'u' ? linear(source) : undefined) ?? guard(regex, pointer, keyword);
      return careful(text);
    },
  };
  if (known.size > 5_000) known.clear();
  known.set(source, pattern);
  return pattern;
}

/** `u` where the source allows it; else `v` where it names properties or only that allows it, else neither. */
function flagsOf(source: string): '' | 'u' | 'v' {
  if (compiles(source, 'u')) return 'u';
  if (/\\[pq]\{/i.test(source) && compiles(source, 'v')) return 'v';
  return compiles(source, '') ? '' : 'v';
}

function compiles(source: string, flags: string): boolean {
  try {
    return new RegExp(source, flags).flags === flags;
  } catch {
    return false;
  }
}

/** In time that grows with the text only, whatever else the machine does; undefined for what backtracks by its nature. */
function linear(source: string): ((text: string) => boolean) | undefined {
  const made = linearRegex(source);
  return made.kind === 'regex' ? made.test : undefined;
}

// V8 stops its regex engine when a script's time is over; there is no other way short of a worker.
function guard(regex: RegExp, pointer: string, keyword: string): (text: string) => boolean {
  const sandbox = { regex, text: '' };
  let script: vm.Script | undefined;
  let context: vm.Context | undefined;
  return (text) => {
    if (text.length < 12) return regex.test(text);
    script ??= new vm.Script('regex.test(text)');
    context ??= vm.createContext(sandbox);
    sandbox.text = text;
    try {
      return script.runInContext(context, { timeout: LIMITS.matchMs }) === true;
    } catch {
      throw new Refused(keyword, pointer, `the pattern took over ${LIMITS.matchMs} ms on ${text.length} characters`);
    }
  };
}
