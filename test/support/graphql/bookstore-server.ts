/** The bookstore over HTTP, on PORT; some faults are those of the transport, and change the answer on its way out. */
import { createServer, type IncomingMessage } from 'node:http';
import { execute, parse, specifiedRules, validate } from 'graphql';
import { makeSchema } from './bookstore.ts';

const bug = process.env['BUG'] ?? '';
/** The token that every request must bear; none where it is not set. */
const guard = process.env['GUARD'];
const schema = makeSchema(bug);
const NEW = 'application/graphql-response+json';

interface Asked {
  query: string;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
}

interface Result {
  data?: Record<string, unknown> | null;
  errors?: readonly unknown[];
}

async function answer({ query, variables, operationName }: Asked): Promise<Result> {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return { errors: [plain(error)] };
  }
  const rules =
    bug === 'unknown-fields-allowed'
      ? specifiedRules.filter(({ name }) => name !== 'FieldsOnCorrectTypeRule')
      : specifiedRules;
  const problems = validate(schema, document, rules);
  if (problems.length > 0) return { errors: problems.map(plain) };
  const result = await execute({
    schema,
    document,
    variableValues: variables ?? {},
    ...(operationName ? { operationName } : {}),
  });
  return JSON.parse(JSON.stringify(result)) as Result;
}

function plain(error: unknown): unknown {
  return JSON.parse(JSON.stringify(error instanceof Error && 'toJSON' in error ? error : { message: String(error) }));
}

/** Changes every object that looks like a book. */
function eachBook(value: unknown, change: (book: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const item of value) eachBook(item, change);
  else if (typeof value === 'object' && value !== null) {
    const object = value as Record<string, unknown>;
    if ('title' in object) change(object);
    for (const item of Object.values(object)) eachBook(item, change);
  }
}

/** Plants the faults that no executor would make. */
function spoilt(result: Result): Result {
  const { data, errors } = result;
  switch (bug) {
    case 'title-is-null':
      eachBook(data, (book) => {
        if (String(book['title']).length > 60) book['title'] = null;
      });
      return result;
    case 'extra-key':
      eachBook(data, (book) => (book['_version'] = 1));
      return result;
    case 'missing-key':
      eachBook(data, (book) => delete book['genre']);
      return result;
    case 'id-is-number':
      eachBook(data, (book) => {
        if (typeof book['id'] === 'string') book['id'] = Number(book['id'].slice(2));
      });
      return result;
    case 'enum-lower-case':
      eachBook(data, (book) => {
        if (typeof book['genre'] === 'string') book['genre'] = book['genre'].toLowerCase();
      });
      return result;
    case 'pages-is-text':
      eachBook(data, (book) => {
        if (typeof book['pages'] === 'number') book['pages'] = String(book['pages']);
      });
      return result;
    case 'tags-is-text':
      eachBook(data, (book) => {
        if (Array.isArray(book['tags']) && book['tags'].length === 1) book['tags'] = book['tags'][0];
      });
      return result;
    case 'wrong-typename':
      return JSON.parse(JSON.stringify(result).replaceAll('"__typename":"Author"', '"__typename":"Writer"')) as Result;
    case 'errors-swallowed':
      return data === undefined ? { data: null } : { data };
    case 'errors-empty':
      return errors === undefined ? { data: data ?? null, errors: [] } : result;
    case 'data-beside-error':
      return errors !== undefined && data === undefined ? { errors, data: { done: true } } : result;
    case 'error-is-text':
      return errors === undefined
        ? result
        : { ...result, errors: errors.map((error) => (error as { message: string }).message) };
    case 'extra-entry':
      return { ...result, took: 1 } as Result;
    default:
      return result;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

createServer((request, response) => {
  void (async () => {
    const send = (status: number, result: Result): void => {
      const takesNew = (request.headers.accept ?? '').includes(NEW);
      const type = bug === 'wrong-content-type' ? 'text/html' : takesNew ? NEW : 'application/json';
      const seen = request.headers.authorization;
      response.writeHead(status, {
        'content-type': `${type}; charset=utf-8`,
        ...(seen === undefined ? {} : { 'x-seen': seen }),
      });
      response.end(JSON.stringify(result));
    };
    if (request.method !== 'POST' || request.url !== '/graphql') {
      response.writeHead(request.url === '/graphql' ? 405 : 404, { allow: 'POST' }).end();
      return;
    }
    if (guard !== undefined && request.headers.authorization !== `Bearer ${guard}`) {
      send(401, { errors: [{ message: `no access for ${request.headers.authorization ?? 'nobody'}` }] });
      return;
    }
    let asked: Asked;
    try {
      asked = JSON.parse(await bodyOf(request)) as Asked;
      if (typeof asked.query !== 'string' || Array.isArray(asked.variables)) throw new Error('no query');
    } catch {
      send(400, { errors: [{ message: 'the request is not a GraphQL request' }] });
      return;
    }
    if (bug === 'crashes-on-long' && asked.query.length > 900) process.exit(1);
    const result = await answer(asked);
    const refused = result.data === undefined;
    const status =
      bug === 'refusal-is-200'
        ? 200
        : bug === 'refusal-is-500' && refused
          ? 500
          : bug === 'created-is-404'
            ? 404
            : refused
              ? 400
              : 200;
    send(status, spoilt(result));
  })();
}).listen(Number(process.env['PORT']), '127.0.0.1');
