/** ajv as a judge of request bodies: it reads the contract by itself and shares nothing with the engine. */
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isObject, type JsonValue } from '../../src/events/index.ts';
import type { Spec } from '../../src/spec/model.ts';

/** Says what is wrong with a body of the schema at a pointer; `unjudged` where ajv cannot compile the schema. */
export type BodyOracle = (schema: string, body: JsonValue) => string | 'unjudged' | undefined;

const DOCUMENT = 'https://oracle.invalid/';

/** Makes the judge of a contract's request bodies. */
export function bodyOracle({ document, dialect }: Pick<Spec, 'document' | 'dialect'>): BodyOracle {
  const options = { strict: false, logger: false as const, validateSchema: false, meta: false };
  const is31 = dialect === 'openapi-3.1';
  const ajv = is31 ? new Ajv2020(options) : new Ajv(options);
  addFormats.default(ajv);
  ajv.addSchema(inJsonSchema(document, is31) as Record<string, JsonValue>, DOCUMENT);
  const known = new Map<string, ReturnType<typeof ajv.compile> | undefined>();
  return (schema, body) => {
    if (!known.has(schema))
      try {
        known.set(schema, ajv.compile({ $ref: `${DOCUMENT}${schema}` }));
      } catch {
        known.set(schema, undefined);
      }
    const validate = known.get(schema);
    if (validate === undefined) return 'unjudged';
    return validate(body) ? undefined : `${ajv.errorsText(validate.errors)}: ${JSON.stringify(body).slice(0, 200)}`;
  };
}

/** What a contract says of requests, in the words of JSON Schema: OpenAPI 3.0 and Swagger 2.0 have words of their own. */
function inJsonSchema(value: JsonValue, is31: boolean): JsonValue {
  if (Array.isArray(value)) return value.map((item) => inJsonSchema(item, is31));
  if (!isObject(value)) return value;
  const rest: Record<string, JsonValue> = {};
  // Beside `$ref` nothing counts before 3.1.
  if (!is31 && typeof value['$ref'] === 'string') return { $ref: value['$ref'] };
  for (const [name, member] of Object.entries(value)) rest[name] = inJsonSchema(member, is31);
  // The discriminator names the alternative that counts; others may happen to fit, too (OpenAPI 3.1 §4.8.25).
  if (isObject(rest['discriminator']) && Array.isArray(rest['oneOf'])) {
    rest['anyOf'] = rest['oneOf'];
    delete rest['oneOf'];
  }
  // A property that only answers have is never demanded of a request.
  const { properties, required } = rest;
  if (Array.isArray(required) && isObject(properties))
    rest['required'] = required.filter((name) => !isReadOnly(properties[String(name)]));
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof rest[exclusive] !== 'boolean') continue;
    if (rest[exclusive] && rest[bound] !== undefined) {
      rest[exclusive] = rest[bound];
      delete rest[bound];
    } else delete rest[exclusive];
  }
  if ((rest['nullable'] === true || rest['x-nullable'] === true) && typeof rest['type'] === 'string')
    rest['type'] = [rest['type'], 'null'];
  delete rest['nullable'];
  return rest;
}

function isReadOnly(property: JsonValue | undefined): boolean {
  return isObject(property) && property['readOnly'] === true;
}
