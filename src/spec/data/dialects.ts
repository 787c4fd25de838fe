import type { Dialect } from '../model.ts';

const SCHEMAS: Record<string, Dialect> = {
  'http://json-schema.org/draft-04/schema': 'draft-04',
  'http://json-schema.org/draft-06/schema': 'draft-06',
  'http://json-schema.org/draft-07/schema': 'draft-07',
  'https://json-schema.org/draft/2019-09/schema': '2019-09',
  'https://json-schema.org/draft/2020-12/schema': '2020-12',
  'https://spec.openapis.org/oas/3.1/dialect/base': 'openapi-3.1',
};

/** The dialect that a `$schema` names; undefined where it is not one of ours. */
export function dialectOf(schema: unknown): Dialect | undefined {
  if (typeof schema !== 'string') return undefined;
  const uri = schema.replace(/#$/, '');
  return Object.hasOwn(SCHEMAS, uri) ? SCHEMAS[uri] : undefined;
}
