/** Parts of a JSON text as the very characters that stand there; parsing and writing again would change some of them. */

/** The text of a member of the object; null where the text is no object or has no such member. */
export function memberText(json: string, name: string): string | null {
  const start = skipSpace(json, 0);
  if (json[start] !== '{') return null;
  for (const [from, to] of slices(json, start) ?? []) {
    const keyEnd = endOfString(json, from);
    if (keyEnd === null) return null;
    const colon = skipSpace(json, keyEnd);
    if (json.slice(from, keyEnd) === JSON.stringify(name)) return json.slice(skipSpace(json, colon + 1), to);
  }
  return null;
}

/** The texts of an array's elements; null where the text is no array. */
export function arrayElements(json: string): string[] | null {
  const start = skipSpace(json, 0);
  if (json[start] !== '[') return null;
  return slices(json, start)?.map(([from, to]) => json.slice(from, to)) ?? null;
}

/** Where the parts between the commas of the object or array at `start` begin and end; null where it is not closed. */
function slices(json: string, start: number): [number, number][] | null {
  const parts: [number, number][] = [];
  let depth = 0;
  let from = start + 1;
  const close = (to: number): void => {
    const begin = skipSpace(json, from);
    if (begin < to) parts.push([begin, trimEnd(json, to)]);
    from = to + 1;
  };
  for (let index = start; index < json.length; index += 1) {
    const character = json[index];
    if (character === '"') {
      const end = endOfString(json, index);
      if (end === null) return null;
      index = end - 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth > 0) continue;
      close(index);
      return parts;
    } else if (character === ',' && depth === 1) {
      close(index);
    }
  }
  return null;
}

/** The index after the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number | null {
  for (let index = start + 1; index < json.length; index += 1) {
    if (json[index] === '\\') index += 1;
    else if (json[index] === '"') return index + 1;
  }
  return null;
}

function skipSpace(json: string, start: number): number {
  let index = start;
  while (index < json.length && ' \n\r\t'.includes(json.charAt(index))) index += 1;
  return index;
}

function trimEnd(json: string, end: number): number {
  let index = end;
  while (index > 0 && ' \n\r\t'.includes(json.charAt(index - 1))) index -= 1;
  return index;
}
