import { endOfText, escapeToken } from '../../events/index.ts';

const QUOTE = 0x22;

/**
 * The first name that stands twice in one object of a JSON text, as a pointer to that member. Readers differ in which of
 * the two they take, so that names should be unique (RFC 8259 §4); `JSON.parse` says nothing of it. The text must be
 * well-formed.
 */
export function repeatedName(text: string): string | undefined {
  /** Of each open object its names, of each open list how many commas it had. */
  const open: (Set<string> | number)[] = [];
  /** The name or index that leads from each open one into the next. */
  const path: string[] = [];
  let wantsName = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const inner = open.at(-1);
    if (code === QUOTE) {
      const end = endOfText(text, index);
      if (wantsName && inner instanceof Set) {
        const raw = text.slice(index + 1, end);
        const name = raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
        path[open.length - 1] = name;
        if (inner.has(name))
          return path
            .slice(0, open.length)
            .map((token) => `/${escapeToken(token)}`)
            .join('');
        inner.add(name);
        wantsName = false;
      }
      index = end;
    } else if (code === 0x7b) {
      open.push(new Set());
      wantsName = true;
    } else if (code === 0x5b) {
      open.push(0);
      path[open.length - 1] = '0';
    } else if (code === 0x7d || code === 0x5d) {
      open.pop();
      wantsName = false;
    } else if (code === 0x2c) {
      wantsName = inner instanceof Set;
      if (typeof inner === 'number') {
        open[open.length - 1] = inner + 1;
        path[open.length - 1] = String(inner + 1);
      }
    }
  }
  return undefined;
}
