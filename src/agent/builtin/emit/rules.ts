/** Emits `rules.js`: the rules of the contract as functions, and what they define. */
import type { Spec } from '../../../spec/model.ts';
import type { Design } from '../design.ts';

/** The text of `rules.js`. */
export function emitRules(_spec: Spec, _design: Design): string {
  return `'use strict';
// No rule is held yet.
module.exports = { rules: {} };
`;
}
