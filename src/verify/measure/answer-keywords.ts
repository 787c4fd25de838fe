/** Which keywords of the schemas of answers were met by a value that they say something of. */
import { at, isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { schemaAt } from '../cases/schema-walk.ts';
import { documented, mainType, mediaFor } from '../checks/conformance.ts';
import type { Schemas } from '../schema-port.ts';

/** Assertions by the type of value that they apply to (JSON Schema 2020-12 Validation §6). */
const ASSERTIONS: Record<string, readonly string[]> = {
  any: ['type', 'enum', 'const', 'not'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'format'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  array: ['minItems', 'maxItems', 'uniqueItems', 'contains'],
  object: ['required', 'minProperties', 'maxProperties', 'propertyNames', 'dependentRequired', 'additionalProperties'],
};
const EVERY = [...new Set(Object.values(ASSERTIONS).flat())];

/** Answers of one operation and status that are looked into while keywords are still unmet. */
const MOST_ANSWERS = 200;
const MOST_ITEMS = 5;
const DEPTH = 12;
/** Keywords of the answers of one operation that count, the outermost ones first. */
const MOST_CLAUSES = 2000;
/** The same of all operations together: those of a large contract share their schemas, which grows with the square. */
const MOST_TOGETHER = 40_000;
const LEAST_CLAUSES = 40;

export interface AnswerKeywords {
  /** Takes the body of an answer, and nothing where it is not documented. */
  see(operation: Operation, status: number, headers: Readonly<Record<string, string>>, value: JsonValue): void;
  /** By operation id: the clause of each keyword that an answer could meet, and whether one did. */
  met(): Map<string, Map<string, boolean>>;
  /** Ids of operations of whose answers not all keywords count. */
  cut(): string[];
}

/** Collects over a run; costs nothing for an answer whose keywords were all met before. */
export function createAnswerKeywords(spec: Spec, schemas: Schemas): AnswerKeywords {
  const known = new Map<string, Map<string, boolean>>();
  const shapes = new Map<string, Shape | undefined>();
  const shapeAt = (pointer: string): Shape | undefined => {
    if (!shapes.has(pointer)) shapes.set(pointer, shapeOf(spec, pointer));
    return shapes.get(pointer);
  };
  const looks = new Map<string, number>();
  const cut = new Set<string>();
  const share = Math.floor(MOST_TOGETHER / Math.max(1, spec.operations.length));
  const most = Math.max(LEAST_CLAUSES, Math.min(MOST_CLAUSES, share));
  const clausesOf = (operation: Operation): Map<string, boolean> => {
    let clauses = known.get(operation.id);
    if (clauses === undefined) {
      const answers = operation.responses.flatMap(({ content }) => content.flatMap((media) => media.schema ?? []));
      const below = clausesBelow(spec, answers, most);
      known.set(operation.id, (clauses = below.clauses));
      if (below.more) cut.add(operation.id);
    }
    return clauses;
  };
  return {
    see(operation, status, headers, value) {
      const content = documented(operation, status)?.content ?? [];
      const schema = mediaFor(content, mainType(headers['content-type']))?.schema;
      if (schema === undefined) return;
      const key = `${operation.id} ${schema}`;
      const looked = looks.get(key) ?? 0;
      if (looked >= MOST_ANSWERS) return;
      const clauses = clausesOf(operation);
      looks.set(key, [...clauses.values()].includes(false) ? looked + 1 : MOST_ANSWERS);
      meet({ shapeAt, schemas, into: clauses }, schema, value, 0);
    },
    met: () => new Map(spec.operations.map((operation) => [operation.id, clausesOf(operation)])),
    cut: () => [...cut],
  };
}

/** Keywords that could be met below schemas, each not met yet; recursion ends where a schema comes again. */
function clausesBelow(
  spec: Spec,
  schemas: readonly string[],
  most: number,
): { clauses: Map<string, boolean>; more: boolean } {
  const clauses = new Map<string, boolean>();
  const seen = new Set<string>();
  const queue = [...schemas];
  for (const pointer of queue) {
    const found = schemaAt(spec, pointer);
    if (found === undefined || seen.has(found.pointer)) continue;
    seen.add(found.pointer);
    const own = EVERY.filter((keyword) => asserts(found.schema, keyword));
    if (own.length > 0 && clauses.size >= most) return { clauses, more: true };
    for (const keyword of own) clauses.set(at(found.pointer, keyword), false);
    for (const part of partsOf(found.pointer, found.schema)) queue.push(part.pointer);
  }
  return { clauses, more: false };
}

/** What of a schema a value is held against. */
interface Shape {
  schema: JsonObject;
  /** Clauses of its assertions, by the type of value that they say something of. */
  clauses: Map<string, string[]>;
  parts: { pointer: string; place: Place }[];
}

function shapeOf(spec: Spec, pointer: string): Shape | undefined {
  const found = schemaAt(spec, pointer);
  if (found === undefined) return undefined;
  const clauses = Object.entries(ASSERTIONS).map(([kind, keywords]): [string, string[]] => [
    kind,
    keywords.filter((keyword) => asserts(found.schema, keyword)).map((keyword) => at(found.pointer, keyword)),
  ]);
  return { schema: found.schema, clauses: new Map(clauses), parts: [...partsOf(found.pointer, found.schema)] };
}

interface Meeting {
  shapeAt: (pointer: string) => Shape | undefined;
  schemas: Schemas;
  into: Map<string, boolean>;
}

function meet(meeting: Meeting, pointer: string, value: JsonValue, depth: number): void {
  const shape = meeting.shapeAt(pointer);
  if (shape === undefined || depth > DEPTH) return;
  for (const kind of ['any', kindOf(value)])
    for (const clause of shape.clauses.get(kind) ?? [])
      if (meeting.into.get(clause) === false) meeting.into.set(clause, true);
  for (const { pointer: part, place } of shape.parts) {
    for (const inner of valuesAt(value, place, shape.schema)) {
      if (place.kind === 'branch' && meeting.schemas.validate(part, inner, 'response').length > 0) continue;
      meet(meeting, part, inner, depth + 1);
    }
  }
}

type Place =
  | { kind: 'same' }
  | { kind: 'branch' }
  | { kind: 'member'; name: string }
  | { kind: 'others' }
  | { kind: 'items'; from: number }
  | { kind: 'item'; index: number };

function* partsOf(pointer: string, schema: JsonObject): Generator<{ pointer: string; place: Place }> {
  const { properties, items, additionalProperties, prefixItems } = schema;
  if (isObject(properties))
    for (const name of Object.keys(properties))
      yield { pointer: at(pointer, 'properties', name), place: { kind: 'member', name } };
  if (isObject(additionalProperties)) yield { pointer: at(pointer, 'additionalProperties'), place: { kind: 'others' } };
  const tuple = Array.isArray(prefixItems) ? prefixItems.length : 0;
  for (let index = 0; index < tuple; index++)
    yield { pointer: at(pointer, 'prefixItems', index), place: { kind: 'item', index } };
  if (isObject(items)) yield { pointer: at(pointer, 'items'), place: { kind: 'items', from: tuple } };
  for (const [keyword, kind] of [
    ['allOf', 'same'],
    ['anyOf', 'branch'],
    ['oneOf', 'branch'],
  ] as const) {
    const members = schema[keyword];
    const count = Array.isArray(members) ? members.length : 0;
    for (let index = 0; index < count; index++) yield { pointer: at(pointer, keyword, index), place: { kind } };
  }
}

function valuesAt(value: JsonValue, place: Place, schema: JsonObject): JsonValue[] {
  switch (place.kind) {
    case 'same':
    case 'branch':
      return [value];
    case 'member':
      return isObject(value) && Object.hasOwn(value, place.name) ? [value[place.name] ?? null] : [];
    case 'others': {
      if (!isObject(value)) return [];
      const named = isObject(schema['properties']) ? schema['properties'] : {};
      const others = Object.entries(value).filter(([name]) => !Object.hasOwn(named, name));
      return others.slice(0, MOST_ITEMS).map(([, member]) => member);
    }
    case 'items':
      return Array.isArray(value) ? value.slice(place.from, place.from + MOST_ITEMS) : [];
    case 'item':
      return Array.isArray(value) && place.index < value.length ? [value[place.index] ?? null] : [];
  }
}

/** `additionalProperties` and `uniqueItems` say something only where they forbid. */
function asserts(schema: JsonObject, keyword: string): boolean {
  if (!Object.hasOwn(schema, keyword)) return false;
  if (keyword === 'additionalProperties') return schema[keyword] === false;
  return keyword !== 'uniqueItems' || schema[keyword] === true;
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}
