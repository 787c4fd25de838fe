/**
 * JSON Schema to fast-check, as a library (`plumbline/arbitrary`).
 *
 * ```ts
 * import fc from 'fast-check';
 * import { jsonSchema } from 'plumbline/arbitrary';
 *
 * const order = jsonSchema({
 *   type: 'object',
 *   required: ['sku', 'quantity'],
 *   properties: {
 *     sku: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{4}$' },
 *     quantity: { type: 'integer', minimum: 1, maximum: 99 },
 *   },
 *   additionalProperties: false,
 * });
 * fc.assert(fc.property(order, (value) => accepts(value)));
 * ```
 *
 * Drafts 4, 6, 7, 2019-09, 2020-12 and the schema dialects of OpenAPI 3.0 and 3.1; the dialect is read off `$schema`
 * unless it is given. Values are built from a canonical form of the schema, not generated and filtered; each one, and
 * each shrink of it, is checked by a validator. The same seed gives the same values. `format` is asserted for the
 * formats of the drafts and of OpenAPI. `$ref`s resolve inside the schema and the `documents` given; nothing is
 * fetched. A schema that no value satisfies, or that goes beyond what is supported or a limit (10,000 items, 200,000
 * characters, 200 levels), is refused with the keyword, its pointer and the reason. A schema is a JavaScript value: an
 * integer above 2^53 that `JSON.parse` has rounded means the rounded one (`plumb sample` reads texts, and refuses it).
 *
 * | export          | gives                                                                                    |
 * | --------------- | ---------------------------------------------------------------------------------------- |
 * | `jsonSchema`    | the arbitrary; throws {@link SchemaRefused} where there is none                          |
 * | `tryJsonSchema` | the arbitrary with boundary values and counts, or the refusal as a value                 |
 * | `boundaries`    | values at the edges of the schema, simplest first                                        |
 * | `negatives`     | arbitraries of values that break exactly one keyword each, also after every shrink       |
 * | `unbreakable`   | the keywords that no value breaks alone, and why                                         |
 * | `validate`      | what a value violates, by clause                                                         |
 */
import type { Arbitrary } from 'fast-check';
import type { JsonValue } from '../events/index.ts';
import type { Dialect } from '../spec/model.ts';
import type {
  Direction,
  Generator,
  Negative,
  SchemaRefusal,
  Schemas,
  Unbreakable,
  Unsatisfiable,
  ValidationError,
} from './schema-port.ts';
import { dialectFor, dialectNamed } from './schema/dialect.ts';
import { Refused } from './schema/refused.ts';
import { createSchemas } from './schema/index.ts';

export interface JsonSchemaOptions {
  /** Default: what `$schema` names, else 2020-12. */
  dialect?: Dialect;
  /** The same by a shorter name: `7`, `'draft-07'`, `'2019-09'`, `'openapi-3.0'`. */
  draft?: string | number;
  /** Place of the schema in the document that is given; default `#`, the whole of it. */
  pointer?: string;
  /** Other documents by absolute URI, for `$ref`s that lead there. */
  documents?: Record<string, JsonValue>;
  /** Strings and numbers to mix into the draws, such as constants of the code under test. */
  literals?: JsonValue[];
  /** For OpenAPI: `request` leaves readOnly properties out, `response` writeOnly ones; default `any`. */
  direction?: Direction;
}

/** Thrown for a schema that cannot be drawn from; `refusal` says why. */
export class SchemaRefused extends Error {
  readonly refusal: SchemaRefusal | Unsatisfiable;

  constructor(refusal: SchemaRefusal | Unsatisfiable) {
    super(`${refusal.kind === 'refused' ? refusal.keyword : 'unsatisfiable'} at ${refusal.pointer}: ${refusal.reason}`);
    this.name = 'SchemaRefused';
    this.refusal = refusal;
  }
}

/**
 * An arbitrary of values that satisfy a schema. Throws {@link SchemaRefused}.
 *
 * ```ts
 * fc.assert(fc.property(jsonSchema({ type: 'integer', minimum: 1 }), (n) => Number(n) > 0));
 * ```
 */
export function jsonSchema(schema: JsonValue, options: JsonSchemaOptions = {}): Arbitrary<JsonValue> {
  const made = tryJsonSchema(schema, options);
  if (made.kind !== 'generator') throw new SchemaRefused(made);
  return made.arbitrary;
}

/**
 * The generator of a schema (its arbitrary, boundary values and counts), or why there is none.
 *
 * ```ts
 * const made = tryJsonSchema({ type: 'array', minItems: 1e9 });
 * if (made.kind === 'refused') console.log(made.keyword, made.pointer, made.reason);
 * // minItems #/minItems over 10000 items
 * ```
 */
export function tryJsonSchema(
  schema: JsonValue,
  options: JsonSchemaOptions = {},
): Generator | SchemaRefusal | Unsatisfiable {
  return open(schema, options).generator(options.pointer ?? '#', options.direction ?? 'any');
}

/**
 * Values at the edges of a schema: ends of ranges and lengths, each listed value, with and without each optional
 * property. Empty where the schema is refused.
 *
 * ```ts
 * boundaries({ type: 'integer', minimum: 1, maximum: 9 }); // [1, 2, 5, 8, 9]
 * ```
 */
export function boundaries(schema: JsonValue, options: JsonSchemaOptions = {}): JsonValue[] {
  const made = tryJsonSchema(schema, options);
  return made.kind === 'generator' ? made.boundaries : [];
}

/**
 * One entry for each way to break a schema at a single keyword; empty where nothing can be broken.
 *
 * ```ts
 * for (const { clause, arbitrary } of negatives({ type: 'string', maxLength: 3 })) {
 *   fc.assert(fc.property(arbitrary, (value) => rejects(value)), { verbose: clause === '#/maxLength' });
 * }
 * ```
 */
export function negatives(schema: JsonValue, options: JsonSchemaOptions = {}): Negative[] {
  return open(schema, options).negatives(options.pointer ?? '#', options.direction ?? 'any');
}

/**
 * The keywords that `negatives` has no entry for, since no value breaks them alone.
 *
 * ```ts
 * unbreakable({ enum: ['a', 'b'], maxLength: 3 });
 * // [{ keyword: 'maxLength', clause: '#/maxLength', reason: 'no value breaks it while its siblings hold' }]
 * ```
 */
export function unbreakable(schema: JsonValue, options: JsonSchemaOptions = {}): Unbreakable[] {
  return open(schema, options).unbreakable(options.pointer ?? '#', options.direction ?? 'any');
}

/**
 * What a value violates; empty where it is valid. `format` is asserted.
 *
 * ```ts
 * validate({ type: 'integer', minimum: 3 }, 2);
 * // [{ instancePath: '', clause: '#/minimum', keyword: 'minimum', message: 'must be at least 3' }]
 * ```
 */
export function validate(schema: JsonValue, value: JsonValue, options: JsonSchemaOptions = {}): ValidationError[] {
  return open(schema, options).validate(options.pointer ?? '#', value, options.direction ?? 'any');
}

function open(schema: JsonValue, { dialect, draft, documents, literals }: JsonSchemaOptions): Schemas {
  const named = draft === undefined ? undefined : dialectNamed(String(draft));
  if (draft !== undefined && named === undefined) {
    throw new SchemaRefused(new Refused('draft', '#', `unknown draft ${JSON.stringify(draft)}`).refusal);
  }
  return createSchemas(schema, {
    dialect: dialect ?? named ?? dialectFor(schema),
    ...(documents ? { documents } : {}),
    ...(literals ? { literals } : {}),
  });
}

export type {
  Dialect,
  Direction,
  Generator,
  JsonValue,
  Negative,
  SchemaRefusal,
  Unbreakable,
  Unsatisfiable,
  ValidationError,
};
