/** Regular expressions that ask for a little less or something else. */
import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import type { Mutator } from '../mutant.ts';
import { source } from '../mutant.ts';

/** Anchors and quantifiers are left out, classes and lookarounds turned round, bounds moved by one. */
export const patterns: Mutator = (node, context) => {
  if (node.type !== 'RegExpLiteral') return [];
  const { pattern, flags } = node;
  let parsed: AST.Pattern;
  try {
    parsed = new RegExpParser().parsePattern(pattern, 0, pattern.length, {
      unicode: flags.includes('u'),
      unicodeSets: flags.includes('v'),
    });
  } catch {
    return [];
  }
  const edits: [start: number, end: number, text: string][] = [];
  visitRegExpAST(parsed, {
    onAssertionEnter(part) {
      if (part.kind === 'start' || part.kind === 'end') edits.push([part.start, part.end, '']);
      else if (part.kind === 'lookahead') edits.push([part.start + 2, part.start + 3, part.negate ? '=' : '!']);
      else if (part.kind === 'lookbehind') edits.push([part.start + 3, part.start + 4, part.negate ? '=' : '!']);
    },
    onCharacterClassEnter(part) {
      if (part.negate) edits.push([part.start + 1, part.start + 2, '']);
      else edits.push([part.start + 1, part.start + 1, '^']);
    },
    onCharacterSetEnter(part) {
      if (part.kind === 'any') return;
      const letter = pattern[part.start + 1] ?? '';
      edits.push([
        part.start + 1,
        part.start + 2,
        letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
      ]);
    },
    onQuantifierEnter(part) {
      const end = part.element.end;
      edits.push([end, part.end, '']);
      if (pattern[end] !== '{' || part.min === part.max) return;
      if (part.min > 0) edits.push([end, part.end, `{${part.min - 1},${bound(part.max)}}`]);
      if (part.max !== Infinity) edits.push([end, part.end, `{${part.min},${part.max + 1}}`]);
    },
  });
  return edits.map(([start, end, text]) => {
    const code = `/${pattern.slice(0, start)}${text}${pattern.slice(end)}/${flags}`;
    return {
      mutator: 'pattern',
      code: code.startsWith('//') ? `/(?:)/${flags}` : code,
      before: source(node, context),
      after: code,
    };
  });
};

function bound(max: number): string {
  return max === Infinity ? '' : String(max);
}
