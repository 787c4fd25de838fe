/** A look at what a call could change, through another operation. */
import type { Operation } from '../../spec/model.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import { emptyInput, type Step } from '../cases/scenario.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import type { Engine } from '../run/engine.ts';
import { at } from '../../events/index.ts';

const CHANGING = new Set(['post', 'put', 'patch', 'delete']);

/** Makes the step that reads the resource of a call; undefined where no operation can show it. */
export function witnessOf(engine: Engine, operation: Operation): ((call: Step) => Step) | undefined {
  if (!CHANGING.has(operation.method)) return undefined;
  const own = segmentsOf(operation.path);
  const readers = engine.spec.operations.filter((one) => {
    const theirs = segmentsOf(one.path);
    return (
      one.method === 'get' &&
      theirs.length > 0 &&
      theirs.length <= own.length &&
      theirs.every((segment, index) => shape(segment) === shape(own[index] ?? '')) &&
      !one.parameters.some(
        (parameter) => parameter.required && parameter.in !== 'path' && !engine.keyring.carries(one, parameter),
      ) &&
      jsonSchemaOf(successOf(one)?.content ?? []) !== undefined &&
      engine.keyring.obstacle(one) === undefined
    );
  });
  const reader = readers.toSorted((a, b) => segmentsOf(b.path).length - segmentsOf(a.path).length)[0];
  if (reader === undefined) return undefined;
  // Parameter of the reader to the parameter of the call that stands in the same place.
  const names = segmentsOf(reader.path).flatMap((segment, index) => {
    const mine = parametersIn(own[index] ?? '');
    return parametersIn(segment).map((theirs, place): [string, string] => [theirs, mine[place] ?? '']);
  });
  return (call) => {
    const input = emptyInput();
    for (const [theirs, mine] of names) {
      const value = call.input.path[mine];
      if (value !== undefined) input.path[theirs] = value;
    }
    const bindings = names.flatMap(([theirs, mine]) =>
      call.bindings
        .filter((binding) => binding.into === at('/path', mine))
        .map((binding) => ({ ...binding, into: at('/path', theirs) })),
    );
    return { role: 'check', operation: reader, input, bindings, valid: false };
  };
}

function shape(segment: string): string {
  return segment.replace(/\{[^}]+\}/g, '{}');
}
