/** Readiness of methods: what a contract on functions leaves open. */
import type { Spec } from '../model.ts';
import type { Report } from '../report.ts';

/** Reports what a method leaves open. */
export function lintMethods(spec: Spec, report: Report): void {
  for (const method of spec.methods) {
    if (method.result === undefined)
      report(
        'note',
        'not-covered',
        method.pointer,
        `${method.name} has no result, so it is a notification`,
        'give it a result of `type: "null"` where it answers without one',
      );
    if (method.parameters.length > 0 && method.errors.length === 0)
      report(
        'note',
        'no-error',
        method.pointer,
        'it takes parameters, and no error says how invalid ones are refused',
        'add `{ code: -32602, message: Invalid params }` where it refuses them',
      );
  }
}
