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
 * characters, 200 levels), is refused with the keyword, its pointer and the reason.
 *
 * `jsonSchema` throws on a refusal, `tryJsonSchema` returns it, `negatives` gives values that break exactly one
 * keyword each.
 */
import type { Arbitrary } from 'fast-check';
import type { JsonValue } from '../events/index.ts';
import type { Dialect } from '../spec/model.ts';
import type { Direction, Generator, Negative, SchemaRefusal, Schemas, Unsatisfiable } from './schema-port.ts';
import { dialectFor } from './schema/dialect.ts';
import { createSchemas } from './schema/index.ts';

export interface JsonSchemaOptions {
  /** Default: what `$schema` names, else 2020-12. */
  dialect?: Dialect;
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

/** An arbitrary of values that satisfy a schema. Throws {@link SchemaRefused}. */
export function jsonSchema(schema: JsonValue, options: JsonSchemaOptions = {}): Arbitrary<JsonValue> {
  const made = tryJsonSchema(schema, options);
  if (made.kind !== 'generator') throw new SchemaRefused(made);
  return made.arbitrary;
}

/** The generator of a schema (its arbitrary, boundary values and counts), or why there is none. */
export function tryJsonSchema(
  schema: JsonValue,
  options: JsonSchemaOptions = {},
): Generator | SchemaRefusal | Unsatisfiable {
  return open(schema, options).generator(options.pointer ?? '#', options.direction ?? 'any');
}

/** One entry for each way to break a schema at a single keyword; empty where nothing can be broken. */
export function negatives(schema: JsonValue, options: JsonSchemaOptions = {}): Negative[] {
  return open(schema, options).negatives(options.pointer ?? '#', options.direction ?? 'any');
}

function open(schema: JsonValue, { dialect, documents, literals }: JsonSchemaOptions): Schemas {
  return createSchemas(schema, {
    dialect: dialect ?? dialectFor(schema),
    ...(documents ? { documents } : {}),
    ...(literals ? { literals } : {}),
  });
}

export type { Dialect, Direction, Generator, JsonValue, Negative, SchemaRefusal, Unsatisfiable };
