/** Which characters a part of a regular expression takes (ECMA-262 §22.2), as predicates on code points. */
import type { AST } from '@eslint-community/regexpp';

/** Given a code point; -1 stands for the ends of the text, which nothing takes. */
export type Accepts = (codePoint: number) => boolean;

/** A character set or class that has no such predicate here; the message names it. */
export class UnknownCharacters extends Error {}

/** `\w`. */
export const isWord: Accepts = (point) =>
  (point >= 48 && point <= 57) || (point >= 65 && point <= 90) || point === 95 || (point >= 97 && point <= 122);
const isDigit: Accepts = (point) => point >= 48 && point <= 57;
const isLineEnd: Accepts = (point) => point === 10 || point === 13 || point === 0x2028 || point === 0x2029;
const SPACE = /^\s$/u;

/** Of `.`, `\d`, `\s`, `\w`, `\p{…}`, and what they negate. */
export function characterSet(set: AST.CharacterSet): Accepts {
  const negate = (accepts: Accepts, negated: boolean): Accepts => (negated ? (point) => !accepts(point) : accepts);
  switch (set.kind) {
    case 'any':
      return (point) => !isLineEnd(point);
    case 'digit':
      return negate(isDigit, set.negate);
    case 'word':
      return negate(isWord, set.negate);
    case 'space':
      return negate((point) => SPACE.test(String.fromCodePoint(point)), set.negate);
    case 'property': {
      // A single property escape on a single character cannot backtrack.
      const property = new RegExp(`^${set.raw}$`, 'u');
      return (point) => property.test(String.fromCodePoint(point));
    }
    default:
      throw new UnknownCharacters('this character set is not part of RE2');
  }
}

/** Of `[…]`. */
export function characterClass({ elements, negate }: AST.CharacterClass): Accepts {
  const parts = elements.map((element): Accepts => {
    if (element.type === 'Character') return (point) => point === element.value;
    if (element.type === 'CharacterClassRange')
      return (point) => point >= element.min.value && point <= element.max.value;
    if (element.type === 'CharacterSet') return characterSet(element);
    throw new UnknownCharacters(`${element.type} is not part of RE2`);
  });
  return (point) => parts.some((part) => part(point)) !== negate;
}
