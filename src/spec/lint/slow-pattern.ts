/**
 * Patterns whose matching may take time exponential in the text (ReDoS). What is suspicious by its form is tried: a
 * matcher that backtracks as JavaScript's does counts its steps on ever longer texts, so that nothing is blamed for its
 * looks. No clock is read: the same pattern always gets the same answer.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { acceptsOf, MOST_STEPS, stepCounter, Unjudged } from '../text/backtracking.ts';

const LONGEST_PATTERN = 2000;
/** A quantifier with fewer rounds cannot hurt. */
const MANY_ROUNDS = 10;
/** Twice the text takes so many times the steps: more than any polynomial that a short pattern reaches by accident. */
const EXPLOSION = 50;
const FEWEST_STEPS = 10_000;
/** Steps of all texts that are tried for one pattern. */
const PATIENCE = 8_000_000;
const LENGTHS = [5, 10, 20];
const MOST_CHARACTERS = 24;
const USUAL = 'aA0_-. !/@é';
/** What ends a text so that it cannot match: nothing, and characters that few patterns take. */
const ENDS = ['\u0001', '!', ''];

/** A text on which matching explodes, shortened; undefined where none was found, or the pattern is not understood. */
export function slowTextOf(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN) return undefined;
  try {
    const ast = parse(pattern);
    const suspects = suspectsIn(ast.alternatives);
    return suspects.length === 0 ? undefined : explodingText(ast, suspects);
  } catch (error) {
    // Neither parsed, nor within what the matcher here knows: somebody else says what is wrong with it.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function parse(pattern: string): AST.Pattern {
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  try {
    return parser.parsePattern(pattern, 0, pattern.length, { unicode: true });
  } catch {
    return parser.parsePattern(pattern, 0, pattern.length, { unicode: false });
  }
}

/** A repeat that contains a choice, and a shortest text that leads up to it. */
interface Suspect {
  before: string;
}

function suspectsIn(alternatives: AST.Alternative[]): Suspect[] {
  const found: Suspect[] = [];
  const visit = (nodes: AST.Alternative[], before: string): void => {
    for (const { elements } of nodes) {
      let prefix = before;
      for (const element of elements) {
        if (element.type === 'Quantifier' && element.max >= MANY_ROUNDS && hasChoice(element.element))
          found.push({ before: prefix });
        const inner = element.type === 'Quantifier' ? element.element : element;
        if (inner.type === 'Group' || inner.type === 'CapturingGroup') visit(inner.alternatives, prefix);
        prefix += shortest(element);
      }
    }
  };
  visit(alternatives, '');
  return found;
}

function hasChoice(element: AST.Element): boolean {
  switch (element.type) {
    case 'Quantifier':
      return element.min !== element.max || hasChoice(element.element);
    case 'Group':
    case 'CapturingGroup':
      return element.alternatives.length > 1 || element.alternatives.some(({ elements }) => elements.some(hasChoice));
    default:
      return false;
  }
}

const MOST_COPIES = 100;

/** A short text that the element matches; what it looks at beside that is left out. */
function shortest(element: AST.Element): string {
  switch (element.type) {
    case 'Character':
      return String.fromCodePoint(element.value);
    case 'CharacterSet':
    case 'CharacterClass': {
      const accepts = acceptsOf(element);
      const taken = [...charactersIn(element), ...USUAL].find((one) => accepts(one.codePointAt(0) ?? -1));
      if (taken === undefined) throw new Unjudged('no character is known that it takes');
      return taken;
    }
    case 'Quantifier':
      if (element.min > MOST_COPIES) throw new Unjudged('too many copies');
      return element.min === 0 ? '' : shortest(element.element).repeat(element.min);
    case 'Group':
    case 'CapturingGroup':
      return element.alternatives
        .map(({ elements }) => elements.map(shortest).join(''))
        .reduce((least, one) => (one.length < least.length ? one : least));
    case 'Assertion':
      return '';
    default:
      throw new Unjudged(`${element.type} is not followed`);
  }
}

function explodingText(ast: AST.Pattern, suspects: Suspect[]): string | undefined {
  const characters = [...new Set([...charactersIn(ast), ...USUAL])].slice(0, MOST_CHARACTERS);
  const pumps = [...characters, ...characters.flatMap((one) => characters.map((other) => one + other))];
  const match = stepCounter(ast);
  let patience = PATIENCE;
  for (const { before } of suspects)
    for (const pump of pumps)
      for (const end of ENDS) {
        let last: number | undefined;
        for (const length of LENGTHS) {
          const steps = match(before + pump.repeat(length) + end);
          patience -= steps;
          if (steps >= FEWEST_STEPS && last !== undefined && steps > EXPLOSION * last)
            return `${before}${pump.repeat(3)}…${end === '\u0001' ? '' : end}`;
          if (patience < 0) return undefined;
          // Nothing that grows with the text: longer ones are no worse.
          if (steps >= MOST_STEPS || (last !== undefined && steps <= last)) break;
          last = steps;
        }
      }
  return undefined;
}

/** Characters that the pattern itself names: those at the ends of its ranges too. */
function charactersIn(node: AST.Pattern | AST.Element | AST.Alternative | AST.CharacterClassElement): string[] {
  switch (node.type) {
    case 'Character':
      return [String.fromCodePoint(node.value)];
    case 'CharacterClassRange':
      return [String.fromCodePoint(node.min.value), String.fromCodePoint(node.max.value)];
    case 'CharacterClass':
    case 'Alternative':
      return node.elements.flatMap((one) => ('type' in one ? charactersIn(one) : []));
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return node.alternatives.flatMap(charactersIn);
    case 'Quantifier':
      return charactersIn(node.element);
    default:
      return [];
  }
}
