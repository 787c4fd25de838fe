import type { LintOptions } from '../spec/lint.ts';
import type { Spec } from '../spec/model.ts';
import { LIMITS } from '../verify/schema/limits.ts';
import { openSchemas } from '../verify/schema/open.ts';

/** What the verification engine knows of the schemas of a spec: its validator, and whether it can make values. */
export function schemaKnowledge(spec: Spec): Required<Pick<LintOptions, 'validate' | 'draws'>> {
  const schemas = openSchemas(spec.document, { dialect: spec.dialect });
  return {
    validate: (schema, value, direction) =>
      schemas
        .validate(schema, value, direction)
        .map(({ instancePath, message }) => (instancePath === '' ? message : `${instancePath}: ${message}`)),
    draws: {
      largest: LIMITS,
      undrawable(schema) {
        const found = schemas.drawable(schema, 'request');
        return found.kind === 'drawable' ? undefined : found;
      },
    },
  };
}
