import * as fc from 'fast-check';

const PARTS = [
  '\u001b',
  '\u009b',
  '\u009d52;c;',
  '\u0007',
  '\u001b]0;pwned\u0007',
  '\u001b[2J',
  '\u001b[31m',
  '\u001b[?1049l',
  '\r',
  '\b',
  '\u202e',
  '\u{e0041}',
  '\u200b',
  '\u007f',
  '漢字',
  '👩‍👩‍👧',
  'é',
  '\n',
  '\t',
  ' ',
  'word',
  'averyveryverylongwordwithoutanyspace',
  '"{}"',
  '\ud800',
];

/** Text as a hostile model, spec or service would send it: escapes, controls, bidi, tags, wide characters. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PARTS), { maxLength: 24 })
  .map((parts) => parts.join(''));
