/**
 * XML 1.0 as a tree. No document type, so that no entity can grow or reach for a file; what is not well-formed is said.
 */
export interface Element {
  /** Without its prefix. */
  name: string;
  /** Without their prefixes; namespace declarations are left out. */
  attributes: Record<string, string>;
  children: Element[];
  /** All its character data, in order. */
  text: string;
}

export type Xml = { kind: 'xml'; root: Element } | { kind: 'malformed'; message: string };

/** Deeper elements come from hostile services only. */
const MAX_DEPTH = 200;
const NAME = '[A-Za-z_\\u0080-\\uffff][\\w.\\-\\u0080-\\uffff]*(?::[A-Za-z_\\u0080-\\uffff][\\w.\\-\\u0080-\\uffff]*)?';
const TOKEN = new RegExp(
  [
    '<!--[\\s\\S]*?-->',
    '<\\?[\\s\\S]*?\\?>',
    '<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>',
    `<(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`,
    `</(${NAME})\\s*>`,
    '([^<]+)',
  ].join('|'),
  'y',
);
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Parses a document in time linear in its length. */
export function parseXml(text: string): Xml {
  const malformed = (message: string): Xml => ({ kind: 'malformed', message });
  const source = text.replace(/^\ufeff/, '');
  const document: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [document];
  const token = new RegExp(TOKEN);
  for (let at = 0; at < source.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(source);
    const around = JSON.stringify(source.slice(at, at + 20));
    if (found === null)
      return malformed(
        source.startsWith('<!', at) ? `${around}: document types are not read` : `not well-formed at ${around}`,
      );
    const [, data, begins, attributes = '', closed, ends, characters] = found;
    const current = open.at(-1) ?? document;
    if (data !== undefined) current.text += data;
    else if (characters !== undefined) {
      const plain = unescaped(characters);
      if (plain === undefined) return malformed(`an entity that is not known at ${around}`);
      current.text += plain;
    } else if (begins !== undefined) {
      const element = elementOf(begins, attributes);
      if (element === undefined) return malformed(`attributes that are wrong at ${around}`);
      if (open.length > MAX_DEPTH) return malformed(`more than ${MAX_DEPTH} elements in each other`);
      current.children.push(element);
      if (closed === '') open.push(element);
    } else if (ends !== undefined) {
      if (open.length < 2 || current.name !== local(ends)) return malformed(`</${ends}> closes nothing that is open`);
      open.pop();
    }
  }
  const [root, second] = document.children;
  if (open.length > 1) return malformed(`<${open.at(-1)?.name ?? ''}> is not closed`);
  if (root === undefined || second !== undefined || document.text.trim() !== '')
    return malformed('a document has exactly one root element');
  return { kind: 'xml', root };
}

function elementOf(name: string, written: string): Element | undefined {
  const attributes: Record<string, string> = {};
  const seen = new Set<string>();
  for (const [, key = '', double, single] of written.matchAll(ATTRIBUTE)) {
    const value = unescaped(double ?? single ?? '');
    if (value === undefined || seen.has(key)) return undefined;
    seen.add(key);
    if (key !== 'xmlns' && !key.startsWith('xmlns:')) attributes[local(key)] = value;
  }
  return { name: local(name), attributes, children: [], text: '' };
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Text without its entities; undefined where one is not predefined. */
function unescaped(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let known = true;
  const plain = text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w+)?;?/g, (whole, name: string | undefined) => {
    const code = name?.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name?.slice(1));
    if (whole.endsWith(';') && name?.startsWith('#') && code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    const entity = whole.endsWith(';') && name !== undefined ? ENTITIES[name] : undefined;
    if (entity === undefined) known = false;
    return entity ?? whole;
  });
  return known ? plain : undefined;
}
