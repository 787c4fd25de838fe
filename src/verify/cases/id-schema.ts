/** Named schemas that stand for the ids of one kind of thing. */
import type { Spec } from '../../spec/model.ts';
import { isScalar } from './ids.ts';
import { keyedThing } from './names.ts';

/** A schema of the components that stands for the ids of one kind of thing, such as `CustomerId`. */
export function idSchema(spec: Spec, pointer: string): string | undefined {
  const final = spec.follow(pointer);
  if (final === undefined || final === pointer) return undefined;
  const name = final.split('/').at(-1) ?? '';
  return keyedThing(name) === undefined || !isScalar(spec, final) ? undefined : final;
}
