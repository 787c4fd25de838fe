/** Bounds that keep hostile schemas cheap. Reaching one is a refusal with the keyword's name, never a crash. */
export const LIMITS = {
  /** Items of one array, properties of one object. */
  items: 10_000,
  /** Code points of one string. */
  characters: 200_000,
  /** JSON values inside one drawn value. */
  nodes: 100_000,
  /** Levels that a value must have at least. */
  depth: 200,
  /** Alternatives kept of one goal's disjunctive form. */
  shapes: 48,
  /** Branches tried while a disjunctive form is looked for. */
  branches: 1_500,
  /** Branches tried once a shape was found. */
  enough: 400,
  /** Subschema visits of one expansion without a choice. */
  tasks: 200_000,
  /** Subschema visits of one expansion with all that it looks ahead; beyond them it looks ahead no more. */
  lookahead: 20_000,
  /** Keywords of one schema that are named as breakable. */
  breaks: 600,
  /** The sum of the places that each of them may have around it: of a very wide schema fewer are named. */
  breakWork: 1_000_000,
  /** Members of shapes copied while the negatives of one schema are confirmed, when all are asked for at once. */
  negatives: 8_000_000,
  /** The same, while one of them is. */
  confirming: 40_000_000,
  /** The same, of negatives that are kept at hand. */
  keptSources: 2_000_000,
  /** Keyword checks of one validation. */
  checks: 5_000_000,
  /** Levels of schema nesting walked in one validation. */
  checkDepth: 1_000,
  /** Milliseconds that one match of a suspicious pattern may take. */
  matchMs: 100,
} as const;
