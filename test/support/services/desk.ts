/** A correct service of many media types and styles for `desk.yaml`, with readers of its own; BUG plants one bug. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bug, isInteger, isRecord, isText } from './http.ts';

/** What cannot be read or breaks a constraint. */
class Refused extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new Refused(message);
}

const MISSING = Symbol('missing');
type Maybe<T> = T | typeof MISSING;

function integer(text: string): number {
  demand(/^-?\d+$/.test(text), 'not an integer');
  return Number(text);
}

function truth(text: string): boolean {
  demand(text === 'true' || text === 'false', 'not a boolean');
  return text === 'true';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refused('not encoded well');
  }
}

function numbers(texts: string[]): number[] {
  demand(texts.length >= 1 && (texts.length <= 4 || bug === 'lists-too-long'), 'length of the list');
  return texts.map((text) => {
    const number = integer(text);
    demand(isInteger(number, 0, bug === 'numbers-too-big' ? 100 : 99), 'number out of range');
    return number;
  });
}

function words(texts: string[]): string[] {
  demand(texts.length >= 1 && texts.length <= 3, 'length of the list');
  for (const text of texts) demand(isText(text, 1, 6), 'length of a word');
  return texts;
}

function pair(members: Map<string, string>): { a: number; b: boolean } {
  demand(members.has('a') && members.has('b'), 'a member is missing');
  demand(members.size === 2, 'an unknown member');
  return { a: integer(members.get('a') ?? ''), b: truth(members.get('b') ?? '') };
}

function deep(value: unknown): object {
  demand(isRecord(value) && Number.isInteger(value['min']), 'min');
  if (isRecord(value) && value['tag'] !== undefined)
    demand(isRecord(value['tag']) && isText(value['tag']['name'], 1, 1e9), 'tag');
  return value as object;
}

function pairsOf(texts: string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      demand(text.includes('='), 'not a pair');
      return [decoded(text.slice(0, text.indexOf('='))), decoded(text.slice(text.indexOf('=') + 1))];
    }),
  );
}

/** Names and values of a query as they came, still encoded. */
function queryOf(search: string): [string, string][] {
  return search
    .replace(/^\?/, '')
    .split('&')
    .filter((one) => one !== '')
    .map((one) => [decoded(one.split('=')[0] ?? ''), one.slice(one.indexOf('=') + 1)]);
}

function styles(path: string[], search: string, headers: IncomingMessage['headers']): object {
  const [plain = '', dots = '', semis = ''] = path;
  const query = queryOf(search);
  const all = (name: string): string[] => query.flatMap(([key, value]) => (key === name ? [value] : []));
  const one = <T>(name: string, read: (text: string) => T): Maybe<T> => {
    const [text] = all(name);
    return text === undefined ? MISSING : read(text);
  };
  demand(dots.startsWith('.') && semis.startsWith(';'), 'the style of a path parameter');
  const deepPairs = query.filter(([key]) => key.startsWith('deep['));
  const deepValue: Record<string, unknown> = {};
  for (const [key, value] of deepPairs) {
    if (key === 'deep[min]') deepValue['min'] = integer(decoded(value));
    if (key === 'deep[tag][name]') deepValue['tag'] = { name: decoded(value) };
    if (key === 'deep[tag]') throw new Refused('deep[tag]');
  }
  const spread = query.filter(([key]) => key === 'a' || key === 'b');
  const crumbs = (headers.cookie ?? '')
    .split('; ')
    .flatMap((text) => (text.startsWith('crumbs=') ? [text.slice(7)] : []));
  const cookie = /(?:^|; )flavour=([^;]*)/.exec(headers.cookie ?? '')?.[1];
  if (cookie !== undefined) demand(/^[a-z]{1,6}$/.test(cookie) || bug === 'cookie-unchecked', 'flavour');
  const list = headers['x-list'];
  const xPair = headers['x-pair'];
  const reserved = all('reserved')[0];
  if (reserved !== undefined) demand(/^[a-z:/?]{1,8}$/.test(decoded(reserved)), 'reserved');
  const separator = bug === 'space-is-plus' ? '+' : '%20';
  const read: Record<string, Maybe<unknown>> = {
    plain: numbers(plain.split(',').map(decoded)),
    dots: pair(pairsOf(dots.slice(1).split('.'))),
    semis: words(
      semis
        .slice(1)
        .split(';')
        .map((text) => {
          demand(text.startsWith('semis='), 'the name of a path parameter');
          return decoded(text.slice('semis='.length));
        }),
    ),
    many: all('many').length === 0 ? MISSING : numbers(all('many').map(decoded)),
    comma: one('comma', (text) => words(text.split(',').map(decoded))),
    space: one('space', (text) => numbers(text.split(separator).map(decoded))),
    pipe: one('pipe', (text) => words(text.split(/%7C|\|/).map(decoded))),
    deep: deepPairs.length === 0 ? MISSING : deep(deepValue),
    spread: spread.length === 0 ? MISSING : pair(new Map(spread.map(([key, text]) => [key, decoded(text)]))),
    json: one('json', (text) => deep(parsedJson(decoded(text)))),
    xList: typeof list === 'string' ? numbers(list.split(/, */)) : MISSING,
    xPair: typeof xPair === 'string' ? pair(pairsOf(xPair.split(','))) : MISSING,
    crumbs: crumbs.length === 0 ? MISSING : numbers(crumbs),
  };
  if (bug === 'reverses-lists') (read['plain'] as number[]).reverse();
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== MISSING));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused('not JSON');
  }
}

interface Paper {
  title: string;
  pages: number;
  draft?: boolean;
  tags?: string[];
}

function tagsOf(value: unknown): void {
  demand(Array.isArray(value) && value.length <= 3, 'tags');
  for (const tag of Array.isArray(value) ? value : [])
    demand(typeof tag === 'string' && /^[a-z]{1,5}$/.test(tag), 'a tag');
}

function paper(value: unknown): Paper {
  demandPaper(value);
  return value;
}

function demandPaper(value: unknown): asserts value is Paper {
  if (!isRecord(value)) throw new Refused('not an object');
  demand(isText(value['title'], 1, 12), 'title');
  demand(isInteger(value['pages'], 1, 99), 'pages');
  if ('draft' in value) demand(typeof value['draft'] === 'boolean', 'draft');
  if ('tags' in value) tagsOf(value['tags']);
}

function unescaped(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

function paperFromXml(text: string): Paper {
  const root = /^(?:<\?xml[^>]*\?>)?<Paper((?: [\w:]+="[^"]*")*)>(.*)<\/Paper>$/s.exec(text);
  if (root === null) throw new Refused('not a paper');
  const [, attributes = '', inner = ''] = root;
  const rest = inner.replace(/<(title|draft|tags)>(.*?)<\/\1>|<tags\/>/gs, '');
  demand(!/[<>]/.test(rest), 'an element that is not known');
  const element = (name: string): string | undefined => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(inner)?.[1];
  const [title, draft, tags] = ['title', 'draft', 'tags'].map(element);
  const pages = /pages="([^"]*)"/.exec(attributes)?.[1];
  return paper({
    ...(title === undefined ? {} : { title: unescaped(title) }),
    ...(pages === undefined ? {} : { pages: bug === 'xml-pages-unchecked' ? 1 : integer(unescaped(pages)) }),
    ...(draft === undefined ? {} : { draft: truth(unescaped(draft)) }),
    ...(tags === undefined
      ? {}
      : { tags: [...tags.matchAll(/<tag>(.*?)<\/tag>/gs)].map((one) => unescaped(one[1] ?? '')) }),
  });
}

function paperFromForm(text: string): Paper {
  const fields = new Map(queryOf(text));
  const field = (name: string): string | undefined => {
    const value = fields.get(name);
    return value === undefined ? undefined : decoded(value.replaceAll('+', ' '));
  };
  const [title, pages, draft] = ['title', 'pages', 'draft'].map(field);
  const tags = fields.get('tags');
  if (bug === 'form-needs-draft') demand(draft !== undefined, 'draft');
  return paper({
    ...(title === undefined ? {} : { title: bug === 'form-title-unchecked' ? 't' : title }),
    ...(pages === undefined ? {} : { pages: integer(pages) }),
    ...(draft === undefined ? {} : { draft: truth(draft) }),
    ...(tags === undefined ? {} : { tags: tags.split('%7C').map(decoded) }),
  });
}

function paperFromParts(type: string, body: Buffer): Paper {
  const boundary = /boundary=([^;]+)/.exec(type)?.[1] ?? '';
  const text = body.toString('latin1');
  demand(boundary !== '' && text.endsWith(`--${boundary}--\r\n`), 'the last boundary');
  const fields: Record<string, unknown> = {};
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const [head = '', ...rest] = part.slice(2).split('\r\n\r\n');
    const content = Buffer.from(rest.join('\r\n\r\n').slice(0, -2), 'latin1');
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
    if (name === 'scan') {
      if (bug !== 'scan-type-unchecked') demand(/content-type: image\/(png|jpeg)/.test(head), 'the type of the scan');
      demand(/x-page: 7/.test(head) && /filename=/.test(head), 'the headers of the scan');
      demand(content.length >= 1 && (content.length <= 16 || bug === 'scan-too-long'), 'the length of the scan');
      fields['scan'] = content;
    } else if (name === 'author') {
      const author = parsedJson(content.toString());
      demand(isRecord(author) && isText(author['name'], 0, 8), 'author');
    } else if (name === 'tags')
      fields['tags'] = [...((fields['tags'] as string[] | undefined) ?? []), content.toString()];
    else if (name === 'pages') fields['pages'] = integer(content.toString());
    else if (name === 'title') fields['title'] = content.toString();
  }
  demand(fields['scan'] !== undefined || bug === 'scan-not-required', 'scan');
  return paper({
    title: fields['title'],
    pages: fields['pages'] ?? 1,
    ...(fields['tags'] === undefined ? {} : { tags: fields['tags'] }),
  });
}

function xmlOf({ title, pages, draft, tags }: Paper): string {
  const tag = (tags ?? []).map((one) => `<tag>${one}</tag>`).join('');
  return `<?xml version="1.0"?><Paper pages="${pages}"><title>${title}</title><draft>${draft}</draft><tags>${tag}</tags></Paper>`;
}

const PAPER: Paper = { title: 'a & b', pages: 3, draft: true, tags: ['x', 'yz'] };
const SHOWN: Record<string, () => string> = {
  'application/json': () => JSON.stringify(bug === 'json-pages-as-text' ? { ...PAPER, pages: '3' } : PAPER),
  'application/xml': () => {
    const xml = xmlOf({ ...PAPER, title: 'a &amp; b', pages: bug === 'xml-too-many-pages' ? 300 : 3 });
    return bug === 'xml-not-closed' ? xml.replace('</Paper>', '') : xml;
  },
  'application/x-www-form-urlencoded': () =>
    bug === 'form-without-pages' ? 'title=a' : 'title=a+%26+b&pages=3&draft=true&tags=x&tags=yz',
  'text/plain': () => (bug === 'other-text' ? 'no paper' : 'a paper'),
};

function send(response: ServerResponse, status: number, type: string, body: string, headers: object = {}): void {
  response.writeHead(status, { 'content-type': type, ...headers }).end(body);
}

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const url = request.url ?? '/';
  const [path = '', search = ''] = [url.split('?')[0], url.includes('?') ? url.slice(url.indexOf('?')) : ''];
  const segments = path.split('/').slice(1);
  const type = request.headers['content-type'] ?? '';
  const main = type.split(';')[0] ?? '';
  const wrong = (): never => {
    throw new Refused('media type', bug === 'wrong-type-is-500' ? 500 : 415);
  };
  const only = (...methods: string[]): void => {
    if (methods.includes(request.method ?? '')) return;
    response.setHeader('allow', methods.join(', '));
    throw new Refused('method', 405);
  };
  if (segments[0] === 'styles' && segments.length === 4) {
    only('GET');
    send(response, 200, 'application/json', JSON.stringify(styles(segments.slice(1), search, request.headers)));
  } else if (path === '/find') {
    only('GET');
    const query = new Map(queryOf(search));
    demand(isText(decoded(query.get('term') ?? ''), 1, 12), 'term');
    const page = query.get('page');
    if (page !== undefined) demand(isInteger(integer(page), 1, bug === 'page-too-big' ? 10 : 9), 'page');
    send(response, 200, 'text/plain', bug === 'count-is-negative' ? '-1' : '12');
  } else if (path === '/papers') {
    only('POST');
    demand(body.length > 0, 'no body');
    const read = (): Paper => {
      switch (main) {
        case 'application/json':
          return paper(parsedJson(body.toString()));
        case 'application/x-www-form-urlencoded':
          return bug === 'form-refused' ? wrong() : paperFromForm(body.toString());
        case 'multipart/form-data':
          return paperFromParts(type, body);
        case 'application/xml':
          return paperFromXml(body.toString());
        default:
          return bug === 'any-type' ? paper(parsedJson(body.toString())) : wrong();
      }
    };
    const kept = read();
    const headers =
      bug === 'no-pages-header' ? {} : { 'x-pages': bug === 'pages-header-as-word' ? 'three' : kept.pages };
    send(response, 201, 'application/json', JSON.stringify(kept), headers);
  } else if (path === '/import') {
    only('POST');
    demand(body.length > 0, 'no body');
    const text = body.toString();
    if (main !== 'application/x-ndjson' && main !== 'application/json-seq') wrong();
    const lines = (main === 'application/x-ndjson' ? text.split('\n') : text.split('\u001e')).filter(
      (one) => one.trim() !== '',
    );
    if (bug !== 'lines-unchecked') for (const line of lines) paper(parsedJson(line));
    const shown = lines.map((_, line) => JSON.stringify({ line: bug === 'line-as-text' ? String(line) : line }));
    send(response, 200, 'application/x-ndjson', shown.join('\n'));
  } else if (path === '/blob') {
    only('PUT');
    if (main !== 'application/octet-stream') body.length === 0 ? demand(false, 'no body') : wrong();
    if (bug === 'blob-must-be-text')
      demand(body.toString().isWellFormed() && !body.toString().includes('\ufffd'), 'text');
    response.writeHead(204).end();
  } else if (path === '/note') {
    only('POST');
    demand(body.length > 0, 'no body');
    if (main !== 'text/plain') wrong();
    const text = body.toString();
    demand(isText(text, 1, bug === 'note-too-long' ? 9 : 8), 'length');
    const bytes = bug === 'latin-note' ? Buffer.from('caf\u00e9', 'latin1') : Buffer.from(text);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(bytes);
  } else if (path === '/paper') {
    only('GET', 'HEAD');
    const wanted = (request.headers.accept ?? '').split(',').map((one) => one.trim());
    const shown = wanted.find((one) => one in SHOWN) ?? 'application/json';
    if (bug === 'no-xml' && shown === 'application/xml') throw new Refused('cannot', 406);
    const said = bug === 'xml-called-json' && shown === 'application/xml' ? 'application/json' : shown;
    send(response, 200, bug === 'says-html' ? 'text/html' : said, SHOWN[shown]?.() ?? '', {
      'x-count': bug === 'count-is-zero' ? '0' : '1',
      'x-sizes': bug === 'sizes-are-words' ? 'big, small' : '1, 2,3',
      'set-cookie': ['other=1', bug === 'other-cookie' ? 'saw=1' : 'seen=1; Path=/'],
    });
  } else if (path === '/feed') {
    only('GET');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let tick = 0;
    const beat = (): void => {
      response.write(`event: tick\ndata: ${bug === 'ticks-are-words' ? 'x' : ++tick}\n\n`);
    };
    beat();
    const timer = setInterval(beat, 10);
    response.on('close', () => clearInterval(timer));
  } else throw new Refused('no such path', 404);
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    try {
      answer(request, response, Buffer.concat(chunks));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      send(response, error.status, 'application/json', JSON.stringify({ message: error.message }));
    }
  });
}).listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
