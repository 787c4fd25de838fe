/**
 * What was there before the run and nobody can make anew: who takes it away leaves nothing for others to be called on.
 * Such operations are called last and seldom, and never just so, as a part of something else's past.
 */
import { at } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { isItem, parametersIn, segmentsOf, templateOf } from './paths.ts';
import type { Plan } from './producers.ts';

/** The ids of the operations that take away what only a list of the subject shows. */
export function takersOf(spec: Spec, planFor: (operation: Operation) => Plan): Set<string> {
  const removers = spec.operations.filter(({ method }) => method === 'delete');
  if (removers.length === 0) return new Set();
  // The collections whose items are found, not made.
  const collections = new Set(
    spec.operations.flatMap((one) => {
      const { setup, found } = planFor(one);
      return [...found].flatMap((step) => {
        const operation = setup[step]?.operation;
        return operation === undefined ? [] : templateOf(operation.path);
      });
    }),
  );
  const putBack = (path: string): boolean =>
    spec.operations.some((one) => ['put', 'post'].includes(one.method) && templateOf(one.path) === path);
  return new Set(
    removers
      .filter((one) => {
        const path = templateOf(one.path);
        if (collections.has(path)) return true;
        return takenFrom(planFor(one)) !== undefined && (isItem(one) || !putBack(path));
      })
      .map(({ id }) => id),
  );
}

/** The step that finds the innermost thing that the path of a removal names; undefined where a case makes its own. */
export function takenFrom({ operation, bindings, found }: Plan): number | undefined {
  const name = segmentsOf(operation.path).flatMap(parametersIn).at(-1);
  if (operation.method !== 'delete' || name === undefined) return undefined;
  const step = bindings.find(({ into }) => into === at('/path', name))?.from.step;
  return step !== undefined && found.has(step) ? step : undefined;
}
