/** Strict JSON (RFC 8259) with places: duplicate keys, depth and inexact integers are problems, not silent repairs. */
import type { JsonObject, JsonValue } from '../../events/index.ts';
import { Collector, type Limits, type Parsed, type Shared, Unreadable } from './syntax.ts';

/** Reads a JSON text. Never throws; the first fatal problem leaves `value` undefined. */
export function parseJson(text: string, limits: Limits, shared?: Shared): Parsed {
  const collector = new Collector(limits, text, shared);
  return collector.parsed(() => new Reader(text, collector).document());
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;

class Reader {
  private readonly text: string;
  private readonly collector: Collector;
  private at: number;

  constructor(text: string, collector: Collector) {
    this.text = text;
    this.collector = collector;
    this.at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  document(): JsonValue {
    this.skipSpace();
    const value = this.value(1, undefined, '');
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected('the end of the file');
    return value;
  }

  private value(depth: number, parent: object | undefined, key: string): JsonValue {
    this.collector.count(1, this.at);
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number(parent, key);
    }
  }

  private object(depth: number): JsonObject {
    this.collector.enter(depth, this.at);
    const object: JsonObject = {};
    const places: Record<string, number> = {};
    this.collector.offsets.set(object, places);
    this.at += 1;
    this.skipSpace();
    if (this.take('}')) return object;
    do {
      this.skipSpace();
      const keyAt = this.at;
      if (this.text[keyAt] !== '"') throw this.unexpected('a key in double quotes');
      const key = this.string();
      this.skipSpace();
      if (!this.take(':')) throw this.unexpected('":"');
      this.skipSpace();
      this.collector.member(object, places, key, keyAt, () => this.value(depth + 1, object, key));
      this.skipSpace();
    } while (this.take(','));
    if (!this.take('}')) throw this.unexpected('"," or "}"');
    return object;
  }

  private array(depth: number): JsonValue[] {
    this.collector.enter(depth, this.at);
    const array: JsonValue[] = [];
    const places: Record<string, number> = {};
    this.collector.offsets.set(array, places);
    this.at += 1;
    this.skipSpace();
    if (this.take(']')) return array;
    do {
      this.skipSpace();
      const index = String(array.length);
      places[index] = this.at;
      array.push(this.value(depth + 1, array, index));
      this.skipSpace();
    } while (this.take(','));
    if (!this.take(']')) throw this.unexpected('"," or "]"');
    return array;
  }

  private string(): string {
    const start = this.at;
    let end = start + 1;
    for (;;) {
      const unit = this.text.charCodeAt(end);
      if (Number.isNaN(unit)) throw new Unreadable('json-syntax', start, 'a string is not closed');
      if (unit === 0x22) break;
      end += unit === 0x5c ? 2 : 1;
    }
    this.at = end + 1;
    let value: string;
    try {
      value = JSON.parse(this.text.slice(start, end + 1)) as string;
    } catch {
      throw new Unreadable('json-syntax', start, 'a string holds a bad escape or a bare control character');
    }
    this.collector.text(value, start);
    return value;
  }

  private number(parent: object | undefined, key: string): number {
    NUMBER.lastIndex = this.at;
    const source = NUMBER.exec(this.text)?.[0];
    if (source === undefined) throw this.unexpected('a value');
    const start = this.at;
    this.at += source.length;
    return this.collector.number(source, start, parent, key);
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.unexpected('a value');
    this.at += word.length;
    return value;
  }

  private skipSpace(): void {
    SPACE.lastIndex = this.at;
    SPACE.test(this.text);
    this.at = SPACE.lastIndex;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private unexpected(wanted: string): Unreadable {
    const found = this.at < this.text.length ? JSON.stringify(this.text[this.at]) : 'the end of the file';
    return new Unreadable('json-syntax', this.at, `expected ${wanted}, found ${found}`);
  }
}
