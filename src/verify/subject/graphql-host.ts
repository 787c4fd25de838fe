/**
 * What the process of a module runs for a GraphQL contract: it takes the schema that a module exports, or gives the
 * module's resolvers the schema of the contract, and executes requests. The module's own graphql-js executes its own
 * schema, as two copies of it do not know each other's types.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Graphql = typeof import('graphql');
type Schema = import('graphql').GraphQLSchema;
type Document = import('graphql').DocumentNode;
type Failures = readonly { toJSON(): unknown }[];

const REMEMBERED = 5000;

let graphql: Graphql | undefined;
let schema: Schema | undefined;
let rootValue: unknown;
let documents = new Map<string, Document | { errors: unknown[] }>();

/** Loads a module for a contract. Throws where it exports nothing that could answer. */
export async function open(file: string, contract: string): Promise<null> {
  const loaded: unknown = await import(pathToFileURL(file).href);
  const exported = { ...object(member(loaded, 'default')), ...object(loaded) };
  const made = typeof exported['schema'] === 'function' ? await call(exported['schema']) : exported['schema'];
  documents = new Map();
  rootValue = exported['rootValue'];
  const copies = await copiesFor(file);
  if (made !== undefined) {
    const copy = copies.find((one) => made instanceof one.GraphQLSchema);
    if (copy === undefined)
      throw new Error('the export `schema` is no GraphQLSchema of a graphql-js that can be found from the module');
    graphql = copy;
    schema = made as Schema;
    return null;
  }
  const { resolvers } = exported;
  if (resolvers === undefined && rootValue === undefined)
    throw new Error('the module exports neither `schema` nor `resolvers` nor `rootValue`');
  const [own] = copies;
  if (own === undefined) throw new Error('graphql-js cannot be found');
  graphql = own;
  schema = own.buildSchema(contract, { assumeValidSDL: true });
  resolve(own, schema, object(resolvers));
  return null;
}

/**
 * Executes one request; the answer is JSON text, which is cheaper to pass on than a value. What no resolver waits for is
 * answered at once, so that many requests are watched over together.
 */
export function execute(request: {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}): string | Promise<string> {
  if (graphql === undefined || schema === undefined) throw new Error('no module is open');
  const { query, variables = {}, operationName } = request;
  let document = documents.get(query);
  if (document === undefined) {
    if (documents.size > REMEMBERED) documents.clear();
    documents.set(query, (document = checked(graphql, schema, query)));
  }
  if ('errors' in document) return JSON.stringify({ errors: document.errors });
  const result = graphql.execute({
    schema,
    document,
    rootValue,
    contextValue: {},
    variableValues: variables,
    ...(operationName === undefined ? {} : { operationName }),
  });
  return 'then' in result ? result.then((settled) => JSON.stringify(settled)) : JSON.stringify(result);
}

function checked(own: Graphql, known: Schema, query: string): Document | { errors: unknown[] } {
  try {
    const document = own.parse(query);
    const problems: Failures = own.validate(known, document);
    return problems.length === 0 ? document : { errors: problems.map((one) => one.toJSON()) };
  } catch (error) {
    return { errors: [{ message: error instanceof Error ? error.message : String(error) }] };
  }
}

/** The copies of graphql-js that a module may have used, its own first; ours is the last resort. */
async function copiesFor(file: string): Promise<Graphql[]> {
  const copies: Graphql[] = [];
  try {
    const require = createRequire(file);
    const entry = require.resolve('graphql');
    const folder = dirname(entry);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      module?: string;
      main?: string;
    };
    const entries = [
      entry,
      ...[manifest.module, manifest.main].flatMap((one) => (one === undefined ? [] : [join(folder, one)])),
    ];
    for (const path of new Set(entries)) {
      if (!existsSync(path) && !existsSync(`${path}.js`)) continue;
      const loaded = (await import(pathToFileURL(path).href)) as Graphql & { default?: Graphql };
      copies.push(loaded.GraphQLSchema === undefined && loaded.default !== undefined ? loaded.default : loaded);
    }
  } catch {
    // The module needs none of its own where it exports resolvers.
  }
  return [...copies, await import('graphql')];
}

/** Gives the fields, types and scalars of a schema what a map of resolvers has for them. */
function resolve(own: Graphql, known: Schema, resolvers: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(resolvers)) {
    const type = known.getType(name);
    const given = object(value);
    if (type === undefined) continue;
    if (own.isScalarType(type)) {
      Object.assign(type, value);
      continue;
    }
    const kind = given['__resolveType'];
    if ('resolveType' in type && typeof kind === 'function') Object.assign(type, { resolveType: kind });
    if (typeof given['__isTypeOf'] === 'function') Object.assign(type, { isTypeOf: given['__isTypeOf'] });
    if (own.isEnumType(type))
      for (const one of type.getValues()) if (one.name in given) Object.assign(one, { value: given[one.name] });
    if (!own.isObjectType(type)) continue;
    for (const [field, resolver] of Object.entries(given)) {
      const found = type.getFields()[field];
      if (found !== undefined && typeof resolver === 'function') Object.assign(found, { resolve: resolver });
    }
  }
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function member(value: unknown, name: string): unknown {
  return object(value)[name];
}

function call(make: unknown): unknown {
  return typeof make === 'function' ? Reflect.apply(make, undefined, []) : make;
}
