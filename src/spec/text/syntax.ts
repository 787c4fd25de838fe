/** What the JSON and the YAML reader have in common: limits, problems with offsets, and the checks of single values. */
import type { JsonObject, JsonValue } from '../../events/index.ts';
import type { Finding } from '../model.ts';
import type { Offsets, Sources } from './places.ts';

/** Limits that keep time and memory bounded on hostile input. */
export interface Limits {
  /** UTF-8 bytes of the file. */
  maxBytes: number;
  /** Nested objects and arrays. */
  maxDepth: number;
  /** Values after aliases are expanded. */
  maxValues: number;
}

export const DEFAULT_LIMITS: Limits = { maxBytes: 64 * 1024 * 1024, maxDepth: 1000, maxValues: 3_000_000 };

/** A finding that still knows only its offset. */
export interface Problem {
  rule: string;
  severity: Finding['severity'];
  offset: number;
  message: string;
  hint?: string;
}

/** Integers that a double cannot hold, as written, by parent and key. */
export type Inexact = Map<object, Record<string, string>>;

/** What the texts of several files have in common, so that places are found in all of them. */
export interface Shared {
  offsets: Offsets;
  inexact: Inexact;
}

/** A text as JSON values; `value` is undefined where a problem made it unusable. */
export interface Parsed extends Shared {
  value: JsonValue | undefined;
  problems: Problem[];
  /** Counted with aliases expanded. */
  values: number;
  /** Levels of the deepest value. */
  depth: number;
  /** Some objects stand in several places: YAML aliases and merged members. */
  sharesNodes: boolean;
  /** Objects that come from other files, where several files were joined. */
  sources?: Sources;
  /** Objects whose `$ref` was refused when files were joined; a finding says why. */
  refused?: ReadonlySet<object>;
}

/** Raised inside a reader to end it; never leaves the reader. */
export class Unreadable extends Error {
  readonly problem: Problem;
  constructor(rule: string, offset: number, message: string, hint?: string) {
    super(message);
    this.problem = { rule, severity: 'error', offset, message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** Collects what a reader finds; `stop` raises {@link Unreadable}. */
export class Collector {
  readonly offsets: Offsets;
  readonly inexact: Inexact;
  readonly problems: Problem[] = [];
  readonly limits: Limits;
  sharesNodes = false;
  private values = 0;
  private deepest = 0;

  private readonly source: string;

  constructor(
    limits: Limits,
    source: string,
    { offsets, inexact }: Shared = { offsets: new WeakMap(), inexact: new Map() },
  ) {
    this.limits = limits;
    this.source = source;
    this.offsets = offsets;
    this.inexact = inexact;
  }

  /** What was read, or why nothing was. */
  parsed(read: () => JsonValue): Parsed {
    let value: JsonValue | undefined;
    try {
      value = read();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.problems.push(error.problem);
    }
    const { offsets, inexact, problems, values, deepest: depth, sharesNodes } = this;
    return { value, offsets, inexact, problems, values, depth, sharesNodes };
  }

  /** Counts values against the limit. */
  count(values: number, offset: number): void {
    this.values += values;
    if (this.values > this.limits.maxValues)
      throw new Unreadable(
        'too-many-values',
        offset,
        `more than ${this.limits.maxValues} values`,
        'split the document',
      );
  }

  get counted(): number {
    return this.values;
  }

  enter(depth: number, offset: number): void {
    this.deepest = Math.max(this.deepest, depth);
    if (depth > this.limits.maxDepth)
      throw new Unreadable('too-deep', offset, `nested deeper than ${this.limits.maxDepth} levels`);
  }

  /** Sets a member as an own property; a key that is already there is refused. */
  member(parent: JsonObject, places: Record<string, number>, key: string, offset: number, read: () => JsonValue): void {
    if (Object.hasOwn(parent, key))
      throw new Unreadable(
        'duplicate-key',
        offset,
        `key ${shownKey(key)} is written twice${this.lineOf(places[key] ?? 0)}`,
        'remove one of them',
      );
    this.text(key, offset);
    if (key === '__proto__') throw new Unreadable('forbidden-key', offset, 'the key "__proto__" is not allowed');
    parent[key] = null;
    places[key] = offset;
    parent[key] = read();
  }

  /** ` (first in line 3)`. */
  private lineOf(offset: number): string {
    const { source } = this;
    let line = 1;
    for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) line += 1;
    return ` (first in line ${line})`;
  }

  /** Checks a string: well-formed Unicode, and NFC because digests compare code units. */
  text(value: string, offset: number): void {
    if (!NON_ASCII.test(value)) return;
    if (!value.isWellFormed()) throw new Unreadable('ill-formed-text', offset, 'a string holds half a surrogate pair');
    if (value.normalize('NFC') !== value)
      this.problems.push({
        rule: 'not-nfc',
        severity: 'warning',
        offset,
        message: 'text is not in Unicode normal form C, so equal looking texts differ',
        hint: 'save the file in NFC',
      });
  }

  /** Turns the digits of a number into a JSON number; an integer that a double cannot hold is remembered as written. */
  number(source: string, offset: number, parent: object | undefined, key: string): number {
    const value = Number(source);
    if (!Number.isFinite(value))
      throw new Unreadable('number-range', offset, `${source.slice(0, 40)} is not a finite number`);
    if (!Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source)) {
      this.problems.push({
        rule: 'number-precision',
        severity: 'warning',
        offset,
        message: `${source.slice(0, 40)} has no exact double; JSON tools read ${value}`,
        hint: 'stay within ±(2^53 - 1), or use a string',
      });
      if (parent !== undefined) {
        const known = this.inexact.get(parent);
        if (known === undefined) this.inexact.set(parent, { [key]: source });
        else known[key] = source;
      }
    }
    return Object.is(value, -0) ? 0 : value;
  }
}

/** A key in a message: quoted, and not endless. */
function shownKey(key: string): string {
  return JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key);
}

const NON_ASCII = /[\u0080-\uffff]/;
