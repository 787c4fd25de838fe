/**
 * What the engine asks of JSON Schema. `schema/` implements it by construction from a canonical form; nobody outside
 * `schema/` knows how.
 */
import type { Arbitrary } from 'fast-check';
import type { JsonValue } from '../events/index.ts';
import type { Dialect } from '../spec/model.ts';

/** Whether a value travels to the service (readOnly left out) or from it (writeOnly left out). */
export type Direction = 'request' | 'response' | 'any';

export interface SchemaRefusal {
  kind: 'refused';
  keyword: string;
  pointer: string;
  reason: string;
}

/** No value satisfies the schema. */
export interface Unsatisfiable {
  kind: 'unsatisfiable';
  pointer: string;
  reason: string;
}

export interface Generator {
  kind: 'generator';
  arbitrary: Arbitrary<JsonValue>;
  /** Boundary values read off the schema, each valid, smallest first; bounded in number. */
  boundaries: JsonValue[];
  /** Far fewer values that hold all edges of all members, several at a time. */
  edges: JsonValue[];
  /** Values drawn so far and those the validator guard threw away. */
  readonly drawn: number;
  readonly rejected: number;
}

/** One way to break a schema: exactly one keyword of one place. */
export interface Negative {
  keyword: string;
  /** Clause that is violated, as a pointer into the document. */
  clause: string;
  /** Where in the value the violation sits, as a pointer. */
  instancePath: string;
  /** Values that violate it; each confirmed by the validator. */
  arbitrary: Arbitrary<JsonValue>;
  /**
   * The most telling ways to violate it, such as one beyond a bound. Each turns a value that violates it into one that
   * does so in that way; undefined where that one would violate something else, too, or nothing.
   */
  faces: readonly ((value: JsonValue) => JsonValue | undefined)[];
}

/** A clause that no value breaks alone, and why. */
export interface Unbreakable {
  keyword: string;
  /** As a pointer into the document. */
  clause: string;
  reason: string;
}

/** A keyword of one place that can perhaps be broken. */
export interface Breakable extends Omit<Negative, 'arbitrary' | 'faces'> {
  /** Places of the schema known when it was named; what confirming takes grows with it. */
  width: number;
  /** Set where only so many values are tried at the place. */
  few?: number;
  /** Builds what breaks it and lets the validator confirm that, or says why nothing does; not cheap, and not kept long. */
  confirm(): Negative | Unbreakable;
}

export interface ValidationError {
  /** Where in the value. */
  instancePath: string;
  /** Clause that it violates, as a pointer into the document. */
  clause: string;
  keyword: string;
  message: string;
  /** Set where the value could not be checked at all, so that nothing can be said of it. */
  unchecked?: true;
}

/** JSON Schemas of one document, addressed by pointer, compiled when first asked for and cached. */
export interface Schemas {
  generator(pointer: string, direction: Direction): Generator | SchemaRefusal | Unsatisfiable;
  negatives(pointer: string, direction: Direction): Negative[];
  /** Names what `negatives` would confirm, and builds nothing; `more` where there are more than are named. */
  breakables(pointer: string, direction: Direction): { named: Breakable[]; more: boolean };
  /** The clauses within reach that `negatives` has no entry for. */
  unbreakable(pointer: string, direction: Direction): Unbreakable[];
  /** Empty when valid. Formats are asserted. */
  validate(pointer: string, value: JsonValue, direction: Direction): ValidationError[];
}

export interface SchemasOptions {
  dialect: Dialect;
  /** Other documents by absolute URI, for `$ref`s that leave this one; nothing is ever fetched. */
  documents?: Record<string, JsonValue>;
  /** Strings and numbers found in code or spec, mixed into the draws. */
  literals?: JsonValue[];
}

/** Makes the schemas of a document. */
export type CreateSchemas = (document: JsonValue, options: SchemasOptions) => Schemas;
