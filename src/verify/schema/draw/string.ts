import { codePoints } from '../equal.ts';
import type { StringBounds } from '../canon/shape.ts';
import { formatTest, narrowTest } from '../format/check-format.ts';
import { drawFormat } from '../format/draw-format.ts';
import { prepare } from '../pattern/draw-pattern.ts';
import type { DrawPattern } from '../pattern/draw-pattern.ts';
import { drawAny } from './any.ts';
import type { Pen } from './pen.ts';
import type { Random } from './random.ts';

const TRIES = 40;
const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const PUNCTUATION = ' -_.,:;!?/\\\'"()[]{}<>&%#@*+=|~^$`';
const WIDE = [
  'é',
  'ß',
  'ñ',
  'Ω',
  'я',
  'ש',
  'ع',
  '中',
  '日本',
  '한',
  '€',
  '😀',
  '👩🏽',
  '𝒳',
  'e\u0301',
  '\u200d',
  '\u00a0',
].flatMap((each) => [...each]);
const SMALL: Record<string, string> = {
  date: '2000-01-01',
  'date-time': '2000-01-01T00:00:00Z',
  time: '00:00:00Z',
  uuid: '00000000-0000-4000-8000-000000000000',
  email: 'a@a.aa',
  uri: 'https://a.aa',
  hostname: 'a.aa',
  ipv4: '0.0.0.0',
  ipv6: '::',
  duration: 'P1D',
};

/** A string within bounds; undefined where none was found. */
export function drawString(bounds: StringBounds, pen: Pen): string | undefined {
  const draws = patternsOf(bounds);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const text = candidate(bounds, draws, pen, attempt);
    if (text !== undefined && holds(text, bounds)) return text;
    if (text === undefined && attempt > 4) return undefined;
  }
  return undefined;
}

function patternsOf(bounds: StringBounds): DrawPattern[] {
  return (bounds.draws ??= bounds.patterns.map((pattern) => prepare(pattern, bounds.min, bounds.max)));
}

function holds(text: string, bounds: StringBounds): boolean {
  const size = codePoints(text);
  if (size < bounds.min || size > bounds.max) return false;
  return (
    bounds.patterns.every((pattern) => pattern.test(text)) &&
    bounds.formats.every((format) => (formatTest(format)?.(text) ?? true) && (narrowTest(format)?.(text) ?? true)) &&
    !bounds.notPatterns.some((pattern) => pattern.test(text)) &&
    !bounds.notFormats.some((format) => formatTest(format)?.(text) ?? false)
  );
}

function candidate(bounds: StringBounds, draws: DrawPattern[], pen: Pen, attempt: number): string | undefined {
  const { random } = pen;
  const [held] = bounds.contents;
  if (held !== undefined && attempt < TRIES / 2) return contentText(held, bounds, pen);
  const fitting = (bounds.fitting ??= pen.literals.strings.filter((text) => holds(text, bounds)));
  if (fitting.length > 0 && random.chance(0.12)) return random.pick(fitting);
  const formats = bounds.formats.map(drawFormat).filter((draw) => draw !== undefined);
  if (draws.length > 0 && (formats.length === 0 || attempt % 2 === 0)) return draws[attempt % draws.length]?.(random);
  if (formats.length > 0) {
    const small = pen.mode === 'small' && attempt === 0 ? SMALL[bounds.formats[0] ?? ''] : undefined;
    return small ?? formats[attempt % formats.length]?.(random, bounds.min, bounds.max, pen.goals.direction === 'any');
  }
  // What must not match is often a class of letters: look further afield with each attempt.
  if (bounds.notPatterns.length > 0 && attempt > 0) return freeText(bounds, pen, attempt % 3 === 0 ? 'plain' : 'odd');
  return freeText(bounds, pen, random.chance(0.85) ? 'plain' : 'odd');
}

/** A text that holds what it should; JSON is as long as need be with blanks after it. */
function contentText(
  { content: { encoding, isJson }, literal }: StringBounds['contents'][number],
  bounds: StringBounds,
  pen: Pen,
): string | undefined {
  let bytes: Buffer;
  if (isJson) {
    const value = literal === undefined ? drawAny(pen.random, 2) : pen.draw(pen.goals.of([literal]), CONTENT_ROOM);
    if (value === undefined) return undefined;
    bytes = Buffer.from(JSON.stringify(value));
  } else bytes = Buffer.from(Array.from({ length: sizeOf(bounds, pen) }, () => pen.random.below(256)));
  const missing = bounds.min - encoding.encode(bytes).length;
  return encoding.encode(missing > 0 ? Buffer.concat([bytes, Buffer.alloc(missing, ' ')]) : bytes);
}

/** Levels of JSON within a text. */
const CONTENT_ROOM = 3;

function freeText(bounds: StringBounds, pen: Pen, kind: 'plain' | 'odd'): string {
  const { random } = pen;
  const size = sizeOf(bounds, pen);
  if (pen.mode === 'small' && kind === 'plain') return 'a'.repeat(size);
  if (size > 256)
    return letters(random, 64)
      .repeat(Math.ceil(size / 64))
      .slice(0, size);
  return kind === 'plain' ? letters(random, size) : odd(random, size);
}

function letters(random: Random, size: number): string {
  const span = random.chance(0.6) ? 26 : PLAIN.length;
  let text = '';
  for (let index = 0; index < size; index++) text += PLAIN[random.below(span)] ?? 'a';
  return text;
}

function odd(random: Random, size: number): string {
  const wide = random.chance(0.5);
  let text = '';
  for (let index = 0; index < size; index++) {
    if (random.chance(0.4)) text += PLAIN[random.below(PLAIN.length)] ?? 'a';
    else text += wide ? random.pick(WIDE) : (PUNCTUATION[random.below(PUNCTUATION.length)] ?? '-');
  }
  return text;
}

/** A length in code points: mostly short, often at an end of the range. */
function sizeOf({ min, max }: StringBounds, { random, mode }: Pen): number {
  if (mode === 'small') return min;
  const end = Math.min(max, min + 12);
  if (random.chance(0.2)) {
    const far = max <= 300 || (max <= 5_000 && random.chance(0.2)) ? max : end;
    return random.pick([min, Math.min(min + 1, end), Math.max(min, far - 1), far]);
  }
  return random.between(Math.min(Math.max(min, 1), end), end);
}
