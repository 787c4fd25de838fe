import type { ValidateExample } from '../spec/lint.ts';
import type { Spec } from '../spec/model.ts';
import { createSchemas } from '../verify/schema/index.ts';

/** Checks examples with the validator of the verification engine. */
export function exampleValidator(spec: Spec): ValidateExample {
  const schemas = createSchemas(spec.document, { dialect: spec.dialect });
  return (schema, value, direction) =>
    schemas
      .validate(schema, value, direction)
      .map(({ instancePath, message }) => (instancePath === '' ? message : `${instancePath}: ${message}`));
}
