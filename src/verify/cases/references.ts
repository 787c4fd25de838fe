/** Inputs of an operation that name another resource: query parameters and body fields such as `productId`. */
import { at } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { idSchema } from './id-schema.ts';
import { isScalar } from './ids.ts';
import { jsonSchemaOf } from './media.ts';
import { keyedThing, referredThing, singular, spelled } from './names.ts';
import { operationIndex } from './operation-index.ts';
import { parametersIn } from './paths.ts';
import { facets, itemSchema, propertyNames, propertySchema, typesOf } from './schema-walk.ts';

export interface Reference {
  /** Where it stands in the input, `/body/productId`; `*` stands for every index. */
  into: string;
  /** What it refers to. */
  thing: string;
  /** Its own name, by which another part of the same input may call the same resource. */
  name: string;
  /** The named schema that it shares with whatever it refers to. */
  schema?: string;
  /** True where the name alone does not say that it refers to anything: something must be called like it. */
  weak: boolean;
}

const MAX_REFERENCES = 6;
const MAX_DEPTH = 3;

/** Every operation that an operation comes after asks anew for what it refers to. */
const known = new WeakMap<Operation, readonly Reference[]>();

/** The references of an operation's query and body, the first few. */
export function referenceFields(spec: Spec, operation: Operation): readonly Reference[] {
  let fields = known.get(operation);
  if (fields === undefined) known.set(operation, (fields = fieldsOf(spec, operation)));
  return fields;
}

function fieldsOf(spec: Spec, operation: Operation): Reference[] {
  const found: Reference[] = [];
  for (const parameter of operation.parameters)
    if (parameter.in === 'query') add(spec, found, at('/query', parameter.name), parameter.name, parameter.schema);
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  if (body !== undefined) collect(spec, body, '/body', 0, found);
  return found.slice(0, MAX_REFERENCES);
}

function collect(spec: Spec, pointer: string, into: string, depth: number, found: Reference[]): void {
  if (depth > MAX_DEPTH) return;
  for (const name of propertyNames(spec, pointer)) {
    if (found.length >= MAX_REFERENCES) return;
    const property = propertySchema(spec, pointer, name);
    if (property === undefined) continue;
    const items = itemSchema(spec, property);
    if (items !== undefined && add(spec, found, `${at(into, name)}/*`, name, items)) continue;
    if (items === undefined && add(spec, found, at(into, name), name, property)) continue;
    const id = propertySchema(spec, property, 'id');
    // `customer: { id }` refers to a customer, and so does `customer: { customerId }`, which the walk finds below.
    if (id !== undefined && isScalar(spec, id))
      found.push({ into: at(into, name, 'id'), thing: spelled(name), name: `${name}Id`, weak: true });
    else collect(spec, property, at(into, name), depth + 1, found);
  }
  const items = itemSchema(spec, pointer);
  if (items !== undefined) collect(spec, items, `${into}/*`, depth + 1, found);
}

function add(spec: Spec, found: Reference[], into: string, name: string, pointer: string | undefined): boolean {
  if (pointer !== undefined && !isScalar(spec, pointer)) return false;
  const schema = pointer === undefined ? undefined : idSchema(spec, pointer);
  const sure = referredThing(name);
  const thing = sure ?? keyedThing(name) ?? (schema === undefined ? undefined : spelled(name));
  if (thing === undefined) {
    const bare = pointer === undefined ? undefined : relationOf(spec, name, pointer);
    if (bare !== undefined) found.push({ into, thing: bare, name: `${bare} id`, weak: true });
    return bare !== undefined;
  }
  found.push({ into, thing, name, weak: sure === undefined, ...(schema === undefined ? {} : { schema }) });
  return true;
}

/** What a number, a UUID or a text with the pattern of such ids refers to that is called like a thing that can be made: `category` beside `POST /categories`. */
function relationOf(spec: Spec, name: string, pointer: string): string | undefined {
  const types = typesOf(spec, pointer).filter((type) => type !== 'null');
  const isText = types.join() === 'string';
  const isUuid = isText && [...facets(spec, pointer)].some(({ schema }) => schema['format'] === 'uuid');
  const thing = singular(spelled(name));
  const makers = operationIndex(spec).makersOf(thing);
  if (makers.length === 0) return undefined;
  if (isUuid || types.join() === 'integer') return thing;
  const own = isText ? patternsOf(spec, pointer) : [];
  return makers.some((one) => asksBy(spec, one.operation.path).some((pattern) => own.includes(pattern)))
    ? thing
    : undefined;
}

/** The patterns of the ids by which the things of a collection are asked for. */
function asksBy(spec: Spec, collection: string): string[] {
  return spec.operations.flatMap(({ path, parameters }) => {
    const rest = path.startsWith(`${collection}/`) ? path.slice(collection.length + 1) : '';
    const [name] = parametersIn(rest.split('/')[0] ?? '');
    const own = parameters.find((one) => one.in === 'path' && one.name === name);
    return own?.schema === undefined ? [] : patternsOf(spec, own.schema);
  });
}

function patternsOf(spec: Spec, pointer: string): string[] {
  return [...facets(spec, pointer)].flatMap(({ schema: { pattern } }) =>
    typeof pattern === 'string' ? [pattern] : [],
  );
}
