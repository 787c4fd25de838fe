/** Regular expressions as JavaScript matches them, by backtracking, with the steps counted: what makes a pattern slow. */
import type { AST } from '@eslint-community/regexpp';
import { type Accepts, characterClass, characterSet, isWord } from './characters.ts';

/** Steps after which a match is given up. */
export const MOST_STEPS = 1_000_000;

/** A part of a pattern whose matching is not followed here; the message names it. */
export class Unjudged extends Error {}

/** Which characters one element takes. */
export function acceptsOf(element: AST.CharacterSet | AST.CharacterClass): Accepts {
  return element.type === 'CharacterSet' ? characterSet(element) : characterClass(element);
}

/** Goes on with the rest of the pattern from a place in the text; true where all of it matches. */
type Rest = (place: number) => boolean;
/** Matches one part of the pattern and goes on with the rest, backwards through its choices where that fails. */
type Step = (place: number, rest: Rest) => boolean;

class TooLong extends Error {}

/** Counts the steps in which a text is decided from its beginning, at most {@link MOST_STEPS}. */
export function stepCounter(ast: AST.Pattern): (text: string) => number {
  let points: number[] = [];
  let steps = 0;
  const tick = (): void => {
    if (++steps >= MOST_STEPS) throw new TooLong();
  };

  const one =
    (accepts: Accepts): Step =>
    (place, rest) => {
      tick();
      const point = points[place];
      return point !== undefined && accepts(point) && rest(place + 1);
    };
  const sequence = (parts: readonly Step[]): Step => {
    const from = (index: number, place: number, rest: Rest): boolean => {
      const part = parts[index];
      return part === undefined ? rest(place) : part(place, (next) => from(index + 1, next, rest));
    };
    return (place, rest) => from(0, place, rest);
  };
  const choice = (alternatives: AST.Alternative[]): Step => {
    const options = alternatives.map(({ elements }) => sequence(elements.map(stepOf)));
    return (place, rest) => options.some((option) => option(place, rest));
  };
  const repeat = ({ element, min, max, greedy }: AST.Quantifier): Step => {
    const part = stepOf(element);
    const round = (count: number, place: number, rest: Rest): boolean => {
      tick();
      // A round that takes nothing is no round (ECMA-262 §22.2.2.3.1).
      const again = (): boolean =>
        count < max && part(place, (next) => (next > place || count < min) && round(count + 1, next, rest));
      if (count < min) return again();
      return greedy ? again() || rest(place) : rest(place) || again();
    };
    return (place, rest) => round(0, place, rest);
  };
  const assertion = (node: AST.Assertion): Step => {
    const word = (place: number): boolean => isWord(points[place] ?? -1);
    switch (node.kind) {
      case 'start':
        return (place, rest) => place === 0 && rest(place);
      case 'end':
        return (place, rest) => place === points.length && rest(place);
      case 'word':
        return (place, rest) => (word(place - 1) !== word(place)) !== node.negate && rest(place);
      case 'lookahead': {
        const ahead = choice(node.alternatives);
        return (place, rest) => ahead(place, () => true) !== node.negate && rest(place);
      }
      default:
        throw new Unjudged('what stands before is not followed');
    }
  };
  const stepOf = (element: AST.Element): Step => {
    switch (element.type) {
      case 'Character':
        return one((point) => point === element.value);
      case 'CharacterSet':
      case 'CharacterClass':
        return one(acceptsOf(element));
      case 'Group':
      case 'CapturingGroup':
        return choice(element.alternatives);
      case 'Quantifier':
        return repeat(element);
      case 'Assertion':
        return assertion(element);
      default:
        throw new Unjudged(`${element.type} is not followed`);
    }
  };

  const whole = choice(ast.alternatives);
  return (text) => {
    points = Array.from(text, (character) => character.codePointAt(0) ?? -1);
    steps = 0;
    try {
      whole(0, () => true);
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
    }
    return steps;
  };
}
