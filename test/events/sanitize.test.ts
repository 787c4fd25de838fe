/** Whatever comes in, nothing that a terminal would obey comes out. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reveal, sanitize, toSafeJson } from '../../src/events/sanitize.ts';

const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex -- the point of the test
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\udb40[\udc00-\udfff]/;
const PARTS = [
  '\x1b',
  '\x9b',
  '\x9d',
  '\x90',
  '\x9c',
  '\x07',
  '\x1b]52;c;YQ==',
  '\x1b[2J',
  '\x1b[',
  '[',
  ']',
  '\\',
  ';',
  '1',
  'm',
  'a',
  '漢',
  '👍',
  '\u202e',
  '\u{e0041}',
  '\r',
  '\n',
  '\t',
  '\x7f',
  '\u200b',
  '\ud800',
  '\x1b\\',
  '\x1bP',
  '\x1b(B',
  ' ',
];
const hostile = fc.array(fc.constantFrom(...PARTS), { maxLength: 40 }).map((parts) => parts.join(''));

describe('sanitize', () => {
  it('leaves no character that a terminal obeys or that hides text', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, multiline) => {
        const safe = sanitize(text, { multiline });
        expect(safe).not.toMatch(FORBIDDEN);
        if (!multiline) expect(safe).not.toMatch(/[\n\t]/);
        expect(sanitize(safe, { multiline })).toBe(safe);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps ordinary text exactly, wide characters and joined emoji included', () => {
    const text = 'größer 漢字 👩‍👩‍👧 "{}" ≥ 0 → −1';
    expect(sanitize(text)).toBe(text);
  });

  it.each([
    ['colour', '\x1b[31mred\x1b[0m', 'red'],
    ['title', '\x1b]0;pwned\x07ok', 'ok'],
    ['clipboard by 8-bit OSC', '\x9d52;c;aGk=\x9cok', 'ok'],
    ['unterminated OSC stays readable', '\x1b]52;c;aGk=', '␛]52;c;aGk='],
    ['cut CSI', 'a\x1b[12', 'a␛[12'],
    ['lone CR', 'safe\rrm -rf', 'safe␍rm -rf'],
    ['BEL, BS, NUL, DEL', '\x07\b\0\x7f', '␇␈␀␡'],
    ['bidi', 'a\u202eb', 'a<U+202E>b'],
    ['tags', 'a\u{e0041}b', 'a<U+E0041>b'],
    ['charset switch', '\x1b(0x', 'x'],
    ['device control', '\x1bP$q"p\x1b\\done', 'done'],
    ['newline in one line', 'a\nb\tc', 'a␊b␉c'],
  ])('%s', (_, text, expected) => {
    expect(sanitize(text)).toBe(expected);
  });

  it('keeps newline and tab in multiline text and folds CRLF', () => {
    expect(sanitize('a\r\nb\tc\rd', { multiline: true })).toBe('a\nb\tc␍d');
  });

  it('is linear on introducers without an end', () => {
    const text = '\x1b]'.repeat(300_000);
    expect(sanitize(text)).toHaveLength(600_000);
  });
});

it('reveal removes nothing, so that a command is judged as it is', () => {
  expect(reveal('ls \x1b[8m; rm -rf ~\x1b[0m')).toBe('ls ␛[8m; rm -rf ~␛[0m');
});

it('toSafeJson reads back to the same value and holds no raw control or bidi character', () => {
  fc.assert(
    fc.property(fc.array(hostile), (value) => {
      const json = toSafeJson(value);
      expect(json).not.toMatch(FORBIDDEN);
      expect(JSON.parse(json)).toEqual(value);
    }),
  );
});
