/** Reads off a regular expression what may stand at each place, so that the service can count through its texts. */
import { parseRegExpLiteral, type AST } from '@eslint-community/regexpp';
import type { JsonValue } from '../../events/index.ts';

/** Characters, fewest and most of them. */
type Place = [string, number, number];

const LETTERS = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const MOST = 64;
const MOST_PLACES = 200;

/** The places of one text that the pattern matches; null where it says more than characters and counts. */
export function placesOfPattern(pattern: string): JsonValue | null {
  for (const flags of ['u', '']) {
    try {
      const { pattern: ast } = parseRegExpLiteral(new RegExp(pattern, flags));
      const places = ofAlternatives(ast.alternatives);
      return places === null || places.length > MOST_PLACES ? null : places;
    } catch {
      continue;
    }
  }
  return null;
}

function ofAlternatives(alternatives: AST.Alternative[]): Place[] | null {
  for (const alternative of alternatives) {
    const parts = alternative.elements.map(ofElement);
    if (parts.every((part) => part !== null)) return parts.flat();
  }
  return null;
}

function ofElement(element: AST.Element): Place[] | null {
  switch (element.type) {
    case 'Character':
      return [[String.fromCodePoint(element.value), 1, 1]];
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass': {
      const set = new RegExp(`^${element.raw}$`, 'u');
      const letters = LETTERS.filter((letter) => set.test(letter)).toSorted((a, b) => ease(a) - ease(b));
      return letters.length === 0 ? null : [[letters.join(''), 1, 1]];
    }
    case 'Group':
    case 'CapturingGroup':
      return ofAlternatives(element.alternatives);
    case 'Quantifier':
      return repeat(ofElement(element.element), element.min, element.max);
    case 'Assertion':
      return element.kind === 'start' || element.kind === 'end' ? [] : null;
    default:
      return null;
  }
}

/** Digits and letters before the rest. */
function ease(letter: string): number {
  return /[0-9]/.test(letter) ? 0 : /[a-z]/i.test(letter) ? 1 : 2;
}

function repeat(places: Place[] | null, min: number, max: number): Place[] | null {
  if (places === null) return min === 0 ? [] : null;
  const [only] = places;
  if (places.length === 1 && only !== undefined) {
    return [[only[0], only[1] * min, Math.max(min, Math.min(max, MOST)) * only[2]]];
  }
  if (min * places.length > MOST_PLACES) return null;
  return Array.from({ length: min }, () => places).flat();
}
