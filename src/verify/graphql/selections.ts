/** Selections drawn along a skeleton: each field may be left out, so that they shrink towards few fields. */
import fc, { type Arbitrary } from 'fast-check';
import { at, type JsonObject } from '../../events/index.ts';
import type { FieldSelection, Selection } from './call.ts';
import { needsArguments, type Shape } from './skeleton.ts';

/** Arguments of a field by its clause; undefined where it takes none. */
export type ArgumentsOf = (field: string) => Arbitrary<JsonObject> | undefined;

/** How much of a skeleton is drawn. */
export type Density = 'all' | 'most' | 'few';

/** One time in how many a field is left out. */
const ABSENT: Record<Density, number> = { all: 1_000_000, most: 4, few: 2 };

/** The arbitrary of selections of a skeleton; never empty. */
export function selectionsOf(
  shapes: readonly Shape[],
  argumentsOf: ArgumentsOf,
  density: Density,
): Arbitrary<Selection[]> {
  if (shapes.length === 0) return fc.constant([]);
  const freq = ABSENT[density];
  const parts = shapes.map((shape): Arbitrary<Selection[] | undefined> => {
    if (shape.kind === 'typename') return fc.constant<Selection[]>([typenameOn(shape.on)]);
    if (shape.kind === 'fragment') {
      const { on } = shape;
      const inner = selectionsOf(shape.parts, argumentsOf, density);
      return fc.option(
        inner.map((select): Selection[] => [{ kind: 'fragment', on, select }]),
        { freq, nil: undefined },
      );
    }
    const one = fieldOf(shape, argumentsOf, density);
    return shape.kept ? one : fc.option(one, { freq, nil: undefined });
  });
  const [first] = shapes;
  return fc.tuple(...parts).map((drawn) => {
    const selected = drawn.flatMap((one) => one ?? []);
    return selected.length > 0 ? selected : [typenameOn(first?.on ?? '')];
  });
}

/** `__typename` on a type. */
export function typenameOn(on: string): FieldSelection {
  return { kind: 'field', on, name: '__typename', args: {} };
}

function fieldOf(
  shape: Extract<Shape, { kind: 'field' }>,
  argumentsOf: ArgumentsOf,
  density: Density,
): Arbitrary<Selection[]> {
  const { on, field } = shape;
  const args = argumentsOf(at('#', on, field.name)) ?? fc.constant<JsonObject>({});
  const select: Arbitrary<Selection[] | undefined> =
    shape.parts === undefined ? fc.constant(undefined) : selectionsOf(shape.parts, argumentsOf, density);
  const plain = density === 'all';
  const condition = plain
    ? fc.constant(undefined)
    : fc.option(fc.record({ directive: fc.constantFrom('include' as const, 'skip' as const), value: fc.boolean() }), {
        freq: 12,
        nil: undefined,
      });
  // A second selection of the same field, under another name and with other arguments.
  const twin = plain || field.args.length === 0 ? fc.constant(undefined) : fc.option(args, { freq: 6, nil: undefined });
  const renamed = plain || shape.alias !== undefined ? fc.constant(false) : fc.nat(9).map((turn) => turn === 9);
  return fc.tuple(args, select, condition, twin, renamed).map(([own, inner, when, other, other_name]) => {
    const alias = shape.alias ?? (other_name ? `the_${field.name}` : undefined);
    const base: FieldSelection = {
      kind: 'field',
      on,
      name: field.name,
      args: own,
      ...(alias === undefined ? {} : { alias }),
      ...(inner === undefined ? {} : { select: inner }),
    };
    const whole: FieldSelection = when === undefined ? base : { ...base, condition: when };
    return other === undefined ? [whole] : [whole, { ...base, alias: `${alias ?? field.name}_again`, args: other }];
  });
}

/** All of a skeleton, without arguments where none are needed: for producers and checks. */
export function plainSelection(shapes: readonly Shape[]): Selection[] {
  const selected = shapes.flatMap((shape): Selection[] => {
    if (shape.kind === 'typename') return [typenameOn(shape.on)];
    if (shape.kind === 'fragment') return [{ kind: 'fragment', on: shape.on, select: plainSelection(shape.parts) }];
    const { on, field, alias, parts } = shape;
    if (needsArguments(field)) return [];
    return [
      {
        kind: 'field',
        on,
        name: field.name,
        args: {},
        ...(alias === undefined ? {} : { alias }),
        ...(parts === undefined ? {} : { select: plainSelection(parts) }),
      },
    ];
  });
  const [first] = shapes;
  return selected.length > 0 || first === undefined ? selected : [typenameOn(first.on)];
}
