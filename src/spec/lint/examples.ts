/** Examples must satisfy the schema beside them: where they disagree, nobody can know which one is meant. */
import { at } from '../../events/index.ts';
import type { Spec } from '../model.ts';
import type { Report } from '../report.ts';
import type { ValidateExample } from '../lint.ts';

/** Reports examples of parameters and bodies that their schema refuses; each place once. */
export function lintExamples(spec: Spec, report: Report, validate: ValidateExample): void {
  const seen = new Set<string>();
  const check = (
    place: { pointer: string; schema?: string; examples: Parameters<ValidateExample>[1][] },
    direction: 'request' | 'response',
  ): void => {
    const { schema, pointer } = place;
    if (schema === undefined || seen.has(pointer)) return;
    seen.add(pointer);
    for (const example of place.examples) {
      const [problem] = validate(schema, example, direction);
      if (problem === undefined) continue;
      report(
        'warning',
        'example-invalid',
        pointer,
        `an example does not satisfy its schema: ${problem}`,
        'correct the example or the schema',
      );
    }
  };
  for (const operation of spec.operations) {
    for (const parameter of operation.parameters) check(parameter, 'request');
    for (const media of operation.requestBody?.content ?? []) check(media, 'request');
    for (const response of operation.responses) for (const media of response.content) check(media, 'response');
  }
  for (const method of spec.methods)
    for (const { pointer, params, result } of method.examples) {
      for (const { name, schema } of method.parameters) {
        const value = params[name];
        if (value !== undefined) check({ pointer: at(pointer, 'params', name), schema, examples: [value] }, 'request');
      }
      if (result !== undefined && method.result !== undefined)
        check({ pointer: at(pointer, 'result'), schema: method.result.schema, examples: [result] }, 'response');
    }
}
