import { isObject } from '../../events/json.ts';
import type { JsonObject, JsonValue } from '../../events/json.ts';
import { dialectOf } from '../../spec/data/dialects.ts';
import type { Dialect } from '../../spec/model.ts';

export { dialectOf };

/** What sets one dialect apart from another. Keywords that a dialect does not know are ignored, as it demands. */
export interface Features {
  dialect: Dialect;
  openapi: boolean;
  /** Keyword that names a resource. */
  id: 'id' | '$id';
  /** Keywords beside `$ref` count (2019-09 and later). */
  refSiblings: boolean;
  /** `$id: "#name"` is an anchor (up to draft 7). */
  anchorInId: boolean;
  /** The keyword that lets null pass beside `type`; null where there is none. */
  nullable: 'nullable' | 'x-nullable' | null;
  ignored: ReadonlySet<string>;
}

const SINCE_6 = ['const', 'contains', 'propertyNames'];
const SINCE_7 = ['if', 'then', 'else'];
const SINCE_2019 = [
  '$anchor',
  '$recursiveRef',
  'dependentRequired',
  'dependentSchemas',
  'maxContains',
  'minContains',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const SINCE_2020 = ['$dynamicRef', '$dynamicAnchor', 'prefixItems'];

const TABLE: Record<Dialect, Features> = {
  'draft-04': features('draft-04', { id: 'id' }, [...SINCE_6, ...SINCE_7, ...SINCE_2019, ...SINCE_2020]),
  'draft-06': features('draft-06', {}, [...SINCE_7, ...SINCE_2019, ...SINCE_2020]),
  'draft-07': features('draft-07', {}, [...SINCE_2019, ...SINCE_2020]),
  '2019-09': features('2019-09', { refSiblings: true, anchorInId: false }, SINCE_2020),
  '2020-12': features('2020-12', { refSiblings: true, anchorInId: false }, ['additionalItems', '$recursiveRef']),
  'swagger-2.0': features('swagger-2.0', { openapi: true, nullable: 'x-nullable', anchorInId: false }, [
    ...SINCE_2019,
    ...SINCE_2020,
  ]),
  'openapi-3.0': features('openapi-3.0', { openapi: true, nullable: 'nullable', anchorInId: false }, [
    ...SINCE_2019,
    ...SINCE_2020,
  ]),
  'openapi-3.1': features(
    'openapi-3.1',
    { openapi: true, refSiblings: true, anchorInId: false, nullable: 'nullable' },
    ['additionalItems', '$recursiveRef'],
  ),
};

function features(dialect: Dialect, own: Partial<Features>, ignored: string[]): Features {
  return {
    dialect,
    openapi: false,
    id: '$id',
    refSiblings: false,
    anchorInId: true,
    nullable: null,
    ...own,
    ignored: new Set(ignored),
  };
}

/** True where a schema says that null passes beside its `type`. */
export function isNullable({ nullable }: Features, schema: JsonObject): boolean {
  return nullable !== null && schema[nullable] === true;
}

/** True for Swagger 2.0 and OpenAPI 3.0, in which `$id` means nothing and null passes by a keyword only. */
export function isBefore31({ dialect }: Features): boolean {
  return dialect === 'openapi-3.0' || dialect === 'swagger-2.0';
}

/** The features of a dialect. */
export function featuresOf(dialect: Dialect): Features {
  return TABLE[dialect];
}

/** The dialect that a schema's `$schema` names; 2020-12 where it names none that is known. */
export function dialectFor(schema: JsonValue): Dialect {
  return (isObject(schema) ? dialectOf(schema['$schema']) : undefined) ?? '2020-12';
}

const VOCABULARIES: Record<string, readonly string[]> = {
  validation: (
    'type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems ' +
    'minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired'
  ).split(' '),
  applicator: (
    'prefixItems items additionalItems contains additionalProperties properties patternProperties dependentSchemas ' +
    'propertyNames if then else allOf anyOf oneOf not'
  ).split(' '),
  unevaluated: ['unevaluatedItems', 'unevaluatedProperties'],
};
const KNOWN = new Set(['core', 'meta-data', 'content', 'format', 'format-annotation', 'format-assertion']);

/**
 * The features of a metaschema of one's own (2020-12 core §8.1.2): of its `$vocabulary`, what is left out is ignored.
 * A string where it demands a vocabulary that is not known; undefined where it lists none.
 */
export function featuresByVocabulary(metaschema: JsonValue): Features | string | undefined {
  const listed = isObject(metaschema) ? metaschema['$vocabulary'] : undefined;
  if (!isObject(listed)) return undefined;
  const present = new Set<string>();
  let draft: '2019-09' | '2020-12' = '2020-12';
  for (const [uri, needed] of Object.entries(listed)) {
    const [, year, name = ''] =
      /^https:\/\/json-schema\.org\/draft\/(2019-09|2020-12)\/vocab\/([\w-]+)$/.exec(uri) ?? [];
    if (year === '2019-09') draft = year;
    present.add(name);
    if (needed === true && !Object.hasOwn(VOCABULARIES, name) && !KNOWN.has(name)) return uri;
  }
  // In 2019-09 the keywords of `unevaluated` belong to the applicators.
  if (draft === '2019-09' && present.has('applicator')) present.add('unevaluated');
  const missing = Object.entries(VOCABULARIES).flatMap(([name, keywords]) => (present.has(name) ? [] : keywords));
  const base = TABLE[draft];
  return { ...base, ignored: new Set([...base.ignored, ...missing]) };
}

const DRAFTS: Record<string, Dialect> = {
  '4': 'draft-04',
  '6': 'draft-06',
  '7': 'draft-07',
  '2019-09': '2019-09',
  '2020-12': '2020-12',
};

const OPENAPI: Record<string, Dialect> = {
  'swagger-2.0': 'swagger-2.0',
  'openapi-2.0': 'swagger-2.0',
  'openapi-3.0': 'openapi-3.0',
  'openapi-3.1': 'openapi-3.1',
  'openapi-3.2': 'openapi-3.1',
};

/** The dialect of a name such as `7`, `draft-07`, `draft2020-12` or `openapi-3.0`, or of a metaschema's URI. */
export function dialectNamed(name: string): Dialect | undefined {
  if (Object.hasOwn(OPENAPI, name)) return OPENAPI[name];
  const short = name
    .toLowerCase()
    .replace(/^draft[-_ ]?/, '')
    .replace(/^0(?=\d$)/, '');
  return Object.hasOwn(DRAFTS, short) ? DRAFTS[short] : dialectOf(name);
}
