/** Internationalised labels (IDNA 2008: RFC 5890 to 5893), as far as the properties that JavaScript knows reach. */
import { decodePunycode, encodePunycode } from './punycode.ts';

const LETTER = /^[\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}]$/u;
const IGNORABLE = /^[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Noncharacter_Code_Point}]$/u;
/** RFC 5892 §2.6 and old Hangul jamo (§2.9). */
const ALWAYS = new Set([0xdf, 0x3c2, 0x6fd, 0x6fe, 0xf0b, 0x3007]);
const NEVER = /^[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]$/;
const CONTEXT = /[\u00b7\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9\u200c\u200d]/;
/** Characters of canonical combining class 9 (Virama). */
const VIRAMA =
  /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a\u1714\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua8c4\ua953\ua9c0\uaaf6\uabed]$/;
/** RFC 5892 appendix A.1 where the second rule holds: between letters of which the first joins to the left. */
const JOINS =
  /[\p{Script=Arabic}\p{Script=Syriac}](?<![\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06d2\u06d3])\p{Mn}*$/u;
const JOINED = /^\p{Mn}*[\p{Script=Arabic}\p{Script=Syriac}]/u;

const RIGHT =
  /[\u0590-\u065f\u066a-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const ARABIC_DIGIT = /[\u0660-\u0669\u066b\u066c]/;
const EUROPEAN_DIGIT = /[0-9\u06f0-\u06f9]/;

/** True for a label in which every character may stand where it stands. */
export function isUnicodeLabel(label: string): boolean {
  if (label === '' || label.startsWith('-') || label.endsWith('-') || label.slice(2, 4) === '--') return false;
  const characters = [...label];
  if (/^\p{M}/u.test(label) || !characters.every(permitted)) return false;
  if (CONTEXT.test(label) && !characters.every((_, index) => fitting(characters, index))) return false;
  const ascii = /^[\0-\x7f]*$/.test(label);
  return `${ascii ? '' : `xn--${encodePunycode(label)}`}`.length <= 63 && characters.length <= 63;
}

/** True for `xn--` and the one Punycode of a permitted label that is not ASCII. */
export function isAsciiLabel(label: string): boolean {
  const text = label.slice(4).toLowerCase();
  const decoded = decodePunycode(text);
  if (decoded === undefined || /^[\0-\x7f]*$/.test(decoded)) return false;
  return encodePunycode(decoded) === text && isUnicodeLabel(decoded) && keepsDirection([decoded]);
}

/** RFC 5893 §2: where any label is written from right to left, all labels keep the rule. */
export function keepsDirection(labels: readonly string[]): boolean {
  if (!labels.some((label) => RIGHT.test(label) || ARABIC_DIGIT.test(label))) return true;
  return labels.every((label) => {
    const [first = ''] = label;
    const last = [...label.replace(/\p{Mn}+$/u, '')].at(-1) ?? '';
    if (RIGHT.test(first)) {
      const both = ARABIC_DIGIT.test(label) && EUROPEAN_DIGIT.test(label);
      const left = [...label].some((each) => /\p{L}/u.test(each) && !RIGHT.test(each));
      return !both && !left && [RIGHT, ARABIC_DIGIT, EUROPEAN_DIGIT].some((kind) => kind.test(last));
    }
    if (!/\p{L}/u.test(first) || RIGHT.test(label) || ARABIC_DIGIT.test(label)) return false;
    return /\p{L}/u.test(last) || EUROPEAN_DIGIT.test(last);
  });
}

function permitted(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return /^[a-z0-9-]$/i.test(character);
  if (ALWAYS.has(point) || CONTEXT.test(character)) return true;
  if (NEVER.test(character) || IGNORABLE.test(character) || !LETTER.test(character)) return false;
  return character.normalize('NFKC').toLowerCase().normalize('NFKC') === character;
}

/** RFC 5892 appendix A: characters that may stand in some places only. */
function fitting(characters: string[], index: number): boolean {
  const label = characters.join('');
  const before = characters[index - 1] ?? '';
  const after = characters[index + 1] ?? '';
  switch (characters[index]) {
    case '\u00b7':
      return before === 'l' && after === 'l';
    case '\u0375':
      return /\p{Script=Greek}/u.test(after);
    case '\u05f3':
    case '\u05f4':
      return /\p{Script=Hebrew}/u.test(before);
    case '\u30fb':
      return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(label);
    case '\u200d':
      return VIRAMA.test(before);
    case '\u200c':
      return (
        VIRAMA.test(before) ||
        (JOINS.test(characters.slice(0, index).join('')) && JOINED.test(characters.slice(index + 1).join('')))
      );
    default:
      return !(/[\u0660-\u0669]/.test(label) && /[\u06f0-\u06f9]/.test(label));
  }
}
