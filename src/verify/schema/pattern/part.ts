/**
 * A regular expression as parts that can be drawn from. What a part cannot express (a word boundary, a negative
 * lookahead, a backreference) is drawn loosely and checked by the real matcher afterwards.
 */
import { RegExpParser } from '@eslint-community/regexpp';
import type { AST } from '@eslint-community/regexpp';

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

/** Printable ASCII, letters and digits first. */
const ASCII = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@ ~!#$%&\'"()*+,;<=>?[\\]^`{|}'];
const OTHER = [...'\t\n\réüßñçøłžАбвΩλπאبक日本語中文한글€£™→∞😀🚀👍𝒳\u00a0\u2028'];
const PADDING: Part = { kind: 'repeat', part: { kind: 'set', characters: ASCII.slice(0, 62) }, min: 0, max: Infinity };

/** Parses a pattern; throws SyntaxError where it is none. */
export function parsePattern(source: string, unicode: boolean): Parsed {
  const pattern = parser.parsePattern(source, 0, source.length, { unicode });
  const ahead: Part[] = [];
  const build = createBuilder(unicode, ahead);
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

function createBuilder(unicode: boolean, ahead: Part[]): { alternative(node: AST.Alternative): Part } {
  const groups = new Map<AST.CapturingGroup, Part>();
  const alternative = (node: AST.Alternative): Part => sequence(node.elements.map(element));
  const element = (node: AST.Element): Part => {
    switch (node.type) {
      case 'Character':
        return { kind: 'set', characters: [String.fromCodePoint(node.value)] };
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        return { kind: 'set', characters: members(node, unicode) };
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

const sets = new Map<string, string[]>();

function members(
  node: AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass,
  unicode: boolean,
): string[] {
  const key = `${unicode}${node.raw}`;
  const known = sets.get(key);
  if (known) return known;
  const regex = new RegExp(`^(?:${node.raw})$`, unicode ? 'u' : '');
  const own = node.type === 'CharacterClass' ? node.elements.flatMap(samples) : [];
  const pool =
    node.type === 'CharacterSet' && node.kind === 'property' ? [...ASCII, ...OTHER, ...BLOCKS()] : [...ASCII, ...OTHER];
  const found = [...new Set([...pool, ...own])].filter((character) => regex.test(character) && !surrogate(character));
  const plain = found.filter((character) => character !== '\u0000');
  const result = plain.length > 0 ? plain : found;
  if (sets.size > 2_000) sets.clear();
  sets.set(key, result);
  return result;
}

function samples(element: AST.CharacterClassElement): string[] {
  if (element.type === 'Character') return [String.fromCodePoint(element.value)];
  if (element.type !== 'CharacterClassRange') return [];
  const low = element.min.value;
  const high = element.max.value;
  const step = Math.max(1, Math.ceil((high - low) / 24));
  const found: string[] = [];
  for (let point = low; point <= high; point += step) found.push(String.fromCodePoint(point));
  found.push(String.fromCodePoint(high));
  return found;
}

function surrogate(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  return character.length === 1 && point >= 0xd800 && point <= 0xdfff;
}

/** Some characters of every block, for property escapes. */
function BLOCKS(): string[] {
  const found: string[] = [];
  for (let block = 0xa0; block < 0x20000; block += 0x40) {
    if (block >= 0xd800 && block < 0xe000) continue;
    for (const offset of [0, 1, 7, 0x21]) found.push(String.fromCodePoint(block + offset));
  }
  return found;
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
