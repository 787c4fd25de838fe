import type { AST } from '@eslint-community/regexpp';

/** Printable ASCII, letters and digits first. */
export const ASCII = [
  ...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@ ~!#$%&\'"()*+,;<=>?[\\]^`{|}',
];
const OTHER = [...'\t\n\réüßñçøłžАбвΩλπאبक日本語中文한글€£™→∞😀🚀👍𝒳\u00a0\u2028'];
const POOL = [...ASCII, ...OTHER];
/** So many characters of a set are variety enough. */
const ENOUGH = 8;

const sets = new Map<string, string[]>();

/** Characters of a set to draw from, plain ones first; empty where it has none. */
export function members(
  node: AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass,
  flags: '' | 'u' | 'v',
): string[] {
  const key = `${flags}${node.raw}`;
  const known = sets.get(key);
  if (known) return known;
  const result = find(node, flags);
  if (sets.size > 2_000) sets.clear();
  sets.set(key, result);
  return result;
}

function find(node: AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass, flags: string): string[] {
  const within = listed(node) ?? matching(node.raw, flags);
  const own = node.type === 'CharacterClass' ? node.elements.flatMap(samples) : [];
  const found = [...new Set([...POOL, ...own])].filter((each) => within(each) && !surrogate(each));
  if (found.length < ENOUGH && hasProperty(node)) found.push(...blocks().filter(within));
  const plain = found.filter((character) => character !== '\u0000');
  return plain.length > 0 ? plain : found;
}

/** The test of a class that lists its characters and ranges; undefined for other sets. */
function listed(node: AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass): Test | undefined {
  if (node.type !== 'CharacterClass') return undefined;
  const ranges: [number, number][] = [];
  for (const element of node.elements) {
    if (element.type === 'Character') ranges.push([element.value, element.value]);
    else if (element.type === 'CharacterClassRange') ranges.push([element.min.value, element.max.value]);
    else return undefined;
  }
  return (character) => {
    const point = character.codePointAt(0) ?? 0;
    return ranges.some(([low, high]) => point >= low && point <= high) !== node.negate;
  };
}

type Test = (character: string) => boolean;

function matching(source: string, flags: string): Test {
  const regex = new RegExp(`^(?:${source})$`, flags);
  return (character) => regex.test(character);
}

function hasProperty(node: AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass): boolean {
  if (node.type === 'CharacterSet') return node.kind === 'property';
  return (
    node.type === 'ExpressionCharacterClass' ||
    node.elements.some(
      (each) =>
        each.type === 'CharacterSet' ||
        each.type === 'ExpressionCharacterClass' ||
        each.type === 'CharacterClass' ||
        each.type === 'ClassStringDisjunction',
    )
  );
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

let everywhere: string[] | undefined;

/** Some characters of every block, for property escapes that the pool knows too few of. */
function blocks(): string[] {
  if (everywhere) return everywhere;
  everywhere = [];
  for (let block = 0x80; block < 0x20000; block += 0x40) {
    if (block >= 0xd800 && block < 0xe000) continue;
    for (const offset of [0, 1, 7, 0x21]) everywhere.push(String.fromCodePoint(block + offset));
  }
  return everywhere;
}
