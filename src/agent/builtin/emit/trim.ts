/**
 * Cuts the general texts of `runtime/` down to what one contract needs, so that a service holds no code that none of its
 * calls can reach. A line that ends in `//? a` stays where the trait `a` is there, `//? !a` where it is not; `a|b` is
 * either, `a&b` both. Lines between `//? a {` and `//? }` stay together.
 */

const MARK = /\s*\/\/\? (.+)$/;
const OPENING = /^\s*\/\/\? (.+) \{$/;
/** A comment whose lines are gone. */
const LONELY_COMMENT = /^ *\/\*\*[^\n]*\*\/\n(?=\s*(?:\/\*\*|\}))/gm;
const CLOSING = /^\s*\/\/\? \}$/;

/** The text with the lines that the traits ask for, without marks. */
export function trimmed(text: string, traits: ReadonlySet<string>): string {
  const open: boolean[] = [];
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const opening = OPENING.exec(line)?.[1];
    if (opening !== undefined) open.push(holds(opening, traits));
    else if (CLOSING.test(line)) open.pop();
    else if (!open.includes(false)) {
      const condition = MARK.exec(line)?.[1];
      if (condition === undefined || holds(condition, traits)) kept.push(line.replace(MARK, ''));
    }
  }
  return kept
    .join('\n')
    .replaceAll(LONELY_COMMENT, '')
    .replaceAll(/\n{3,}/g, '\n\n');
}

function holds(condition: string, traits: ReadonlySet<string>): boolean {
  return condition
    .split('|')
    .some((part) =>
      part.split('&').every((name) => (name.startsWith('!') ? !traits.has(name.slice(1)) : traits.has(name))),
    );
}

/** Declarations at the top of a file, with the comment above them. */
const DECLARATION =
  /(?:^\/\*\*[^\n]*\*\/\n|^\/\*\*\n(?: \*[^\n]*\n)+? \*\/\n|^\/\/[^\n]*\n)?^(?:function |const )(\w+)[^\n]*(?:(?<=[;}])$|\n(?:[^\n}\])`][^\n]*\n|\n)*?^[}\])`][^\n]*$)\n*/gm;

/** The files without the functions, constants and imports at their top that nothing refers to. */
export function withoutUnused(files: Record<string, string>): Record<string, string> {
  let before = files;
  for (;;) {
    const wanted = exportsWanted(before);
    const after = Object.fromEntries(
      Object.entries(before).map(([name, text]) => [name, pruned(text, wanted.get(name) ?? new Set())]),
    );
    if (Object.entries(after).every(([name, text]) => before[name] === text)) return after;
    before = after;
  }
}

const IMPORT = /^const \{([^}]*)\} = require\('(\.\/[\w-]+\.js|node:[\w/]+)'\);\n/gm;
const EXPORTS = /^module\.exports = \{([^}]*)\};\n/m;

/** Names that other files take from each file; a file that is taken whole lends all that it has. */
function exportsWanted(files: Record<string, string>): Map<string, Set<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const text of Object.values(files)) {
    for (const [, names = '', file = ''] of text.matchAll(IMPORT)) {
      const known = wanted.get(file.slice(2)) ?? new Set();
      for (const name of namesOf(names)) known.add(name);
      wanted.set(file.slice(2), known);
    }
    for (const [, whole = '', file = ''] of text.matchAll(/^const (\w+) = require\('\.\/([\w-]+\.js)'\);\n/gm)) {
      const known = wanted.get(file) ?? new Set();
      for (const [, name = ''] of text.matchAll(new RegExp(`\\b${whole}\\.(\\w+)`, 'g'))) known.add(name);
      wanted.set(file, known);
    }
  }
  return wanted;
}

function pruned(text: string, wanted: ReadonlySet<string>): string {
  const lent = text.replace(EXPORTS, (_, names: string) => {
    const kept = namesOf(names).filter((name) => wanted.has(name.replace(/:.*$/s, '')));
    return kept.length === 0 ? '' : listed('module.exports = {', kept, '};');
  });
  const uses = (name: string, without: string): boolean =>
    new RegExp(`(?<![\\w$'])(?<!(?<!\\.\\.)\\.)${name}\\b`).test(withoutComments(lent.replace(without, '')));
  return lent
    .replaceAll(IMPORT, (whole, names: string, file: string) => {
      const kept = namesOf(names).filter((name) => uses(name.replace(/^.*: /s, ''), whole));
      return kept.length === 0 ? '' : listed('const {', kept, `} = require('${file}');`);
    })
    .replaceAll(DECLARATION, (whole, name: string) => (uses(name, whole) ? whole : ''))
    .replace(/^\n+/, '')
    .replace(/\n+$/, '\n');
}

function namesOf(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function listed(open: string, names: string[], close: string): string {
  const flat = `${open} ${names.join(', ')} ${close}\n`;
  return flat.length <= 121 ? flat : `${open}\n${names.map((name) => `  ${name},\n`).join('')}${close}\n`;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*\*.*?\*\//gs, '').replaceAll(/^\s*\/\/.*$/gm, '');
}
