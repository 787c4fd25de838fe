/**
 * A regular expression as parts that can be drawn from. What a part cannot express (a word boundary, a negative
 * lookahead, a backreference) is drawn loosely and checked by the real matcher afterwards.
 */
import { RegExpParser } from '@eslint-community/regexpp';
import type { AST } from '@eslint-community/regexpp';
import { ASCII, members } from './characters.ts';

export type Part =
  | { kind: 'set'; characters: string[] }
  | { kind: 'sequence'; parts: Part[] }
  | { kind: 'choice'; options: Part[] }
  | { kind: 'repeat'; part: Part; min: number; max: number }
  | { kind: 'empty' };

export interface Parsed {
  part: Part;
  /** Contents of positive lookaheads, which the text must hold somewhere. */
  ahead: Part[];
  /** True where the match may begin after the start, or end before the end, of the text. */
  loose: boolean;
  /** True where a repetition repeats a repetition, which a backtracking matcher may take for ever over. */
  suspicious: boolean;
}

const parser = new RegExpParser({ ecmaVersion: 2025 });
const EMPTY: Part = { kind: 'empty' };

const PADDING: Part = { kind: 'repeat', part: { kind: 'set', characters: ASCII.slice(0, 62) }, min: 0, max: Infinity };

/** Parses a pattern; throws SyntaxError where it is none. */
export function parsePattern(source: string, flags: '' | 'u' | 'v'): Parsed {
  const pattern = parser.parsePattern(source, 0, source.length, {
    unicode: flags === 'u',
    unicodeSets: flags === 'v',
  });
  const ahead: Part[] = [];
  const build = createBuilder(flags, ahead);
  let loose = false;
  const options = pattern.alternatives.map((alternative): Part => {
    const first = alternative.elements[0];
    const last = alternative.elements.at(-1);
    const parts = [build.alternative(alternative)];
    if (!anchored(first, 'start')) {
      parts.unshift(PADDING);
      loose = true;
    }
    if (!anchored(last, 'end')) {
      parts.push(PADDING);
      loose = true;
    }
    return sequence(parts);
  });
  return { part: choice(options), ahead, loose, suspicious: suspicious(pattern) };
}

function anchored(element: AST.Element | undefined, kind: 'start' | 'end'): boolean {
  if (!element) return false;
  if (element.type === 'Assertion') return element.kind === kind;
  if (element.type !== 'Group' && element.type !== 'CapturingGroup') return false;
  return element.alternatives.every((each) =>
    anchored(kind === 'start' ? each.elements[0] : each.elements.at(-1), kind),
  );
}

function createBuilder(flags: '' | 'u' | 'v', ahead: Part[]): { alternative(node: AST.Alternative): Part } {
  const groups = new Map<AST.CapturingGroup, Part>();
  const alternative = (node: AST.Alternative): Part => sequence(node.elements.map(element));
  const element = (node: AST.Element): Part => {
    switch (node.type) {
      case 'Character':
        return { kind: 'set', characters: [String.fromCodePoint(node.value)] };
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        return { kind: 'set', characters: members(node, flags) };
      case 'Group':
        return choice(node.alternatives.map(alternative));
      case 'CapturingGroup': {
        const part = choice(node.alternatives.map(alternative));
        groups.set(node, part);
        return part;
      }
      case 'Quantifier': {
        const part = element(node.element);
        if (node.max === 0 || part.kind === 'empty') return EMPTY;
        return node.min === 1 && node.max === 1 ? part : { kind: 'repeat', part, min: node.min, max: node.max };
      }
      case 'Backreference': {
        const target = Array.isArray(node.resolved) ? node.resolved[0] : node.resolved;
        return (target && groups.get(target)) ?? EMPTY;
      }
      case 'Assertion':
        if (node.kind === 'lookahead' && !node.negate) ahead.push(choice(node.alternatives.map(alternative)));
        return EMPTY;
    }
  };
  return { alternative };
}

function sequence(parts: Part[]): Part {
  const flat = parts.flatMap((part) => (part.kind === 'empty' ? [] : part.kind === 'sequence' ? part.parts : [part]));
  if (flat.length === 0) return EMPTY;
  return flat.length === 1 && flat[0] ? flat[0] : { kind: 'sequence', parts: flat };
}

function choice(options: Part[]): Part {
  return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options };
}

function suspicious(pattern: AST.Pattern): boolean {
  let found = false;
  const visit = (node: AST.Alternative[], inRepeat: boolean): void => {
    for (const alternative of node) for (const element of alternative.elements) look(element, inRepeat);
  };
  const look = (element: AST.Element, inRepeat: boolean): void => {
    if (element.type === 'Quantifier') {
      const repeats = element.max > 20;
      if (repeats && inRepeat) found = true;
      look(element.element, inRepeat || repeats);
    } else if (element.type === 'Group' || element.type === 'CapturingGroup') {
      if (inRepeat && element.alternatives.length > 1) found = true;
      visit(element.alternatives, inRepeat);
    } else if (element.type === 'Assertion' && 'alternatives' in element) visit(element.alternatives, inRepeat);
    else if (element.type === 'Backreference') found = true;
  };
  visit(pattern.alternatives, false);
  return found;
}
