/** JSON Schema to fast-check: the drawn values of `open.ts` as arbitraries, made once for each place and direction. */
import { isObject, tokensOf, valueAt } from '../../events/json.ts';
import type { JsonValue } from '../../events/json.ts';
import type { Breakable, CreateSchemas, Generator, Negative, SchemaRefusal, Unsatisfiable } from '../schema-port.ts';
import { JsonArbitrary } from './generator.ts';
import type { BreakingSource, NamedBreak } from './negative/negatives.ts';
import { openSchemas } from './open.ts';
import type { Drawable } from './open.ts';

/** Makes the schemas of a document. */
export const createSchemas: CreateSchemas = (document, options) => {
  const schemas = openSchemas(document, options);
  const generators = new Map<string, Generator | SchemaRefusal | Unsatisfiable>();
  const negatives = new Map<string, Negative[]>();
  return {
    generator(pointer, direction) {
      const key = `${direction} ${pointer}`;
      let made = generators.get(key);
      if (made === undefined) {
        const drawable = schemas.drawable(pointer, direction);
        made = drawable.kind === 'drawable' ? generatorOf(drawable) : drawable;
        generators.set(key, made);
      }
      return made;
    },
    negatives(pointer, direction) {
      const key = `${direction} ${pointer}`;
      let made = negatives.get(key);
      if (made === undefined) {
        made = schemas.broken(pointer, direction).negatives.map(negativeOf);
        negatives.set(key, made);
      }
      return made;
    },
    breakables(pointer, direction) {
      const { named, more } = schemas.naming(pointer, direction);
      const breakable = ({ confirm, ...names }: NamedBreak): Breakable => ({
        ...names,
        confirm() {
          const made = confirm();
          return 'source' in made ? negativeOf(made) : made;
        },
      });
      return { named: named.map(breakable), more };
    },
    unbreakable: (pointer, direction) => schemas.broken(pointer, direction).unbreakable,
    validate: (pointer, value, direction) => schemas.validate(pointer, value, direction),
  };
};

function negativeOf({ source, counts, faces, ...names }: BreakingSource): Negative {
  const arbitrary = new JsonArbitrary(source, counts);
  const { instancePath } = names;
  return {
    ...names,
    arbitrary,
    faces: faces.map((face) => (value) => {
      const held = valueAt(value, instancePath);
      if (held === undefined) return undefined;
      const put = face(held).map((one) => withValueAt(value, instancePath, one));
      return put.find((one) => arbitrary.canShrinkWithoutContext(one));
    }),
  };
}

/** A copy with another value at a place that is there. */
function withValueAt(tree: JsonValue, pointer: string, value: JsonValue): JsonValue {
  const place = (held: JsonValue, [token, ...rest]: string[]): JsonValue => {
    if (token === undefined) return value;
    if (Array.isArray(held)) return held.map((item, index) => (String(index) === token ? place(item, rest) : item));
    if (!isObject(held)) return held;
    return Object.fromEntries(
      Object.entries(held).map(([name, member]) => [name, name === token ? place(member, rest) : member]),
    );
  };
  return place(tree, tokensOf(pointer));
}

function generatorOf({ source, counts, boundaries, edges }: Drawable): Generator {
  return {
    kind: 'generator',
    arbitrary: new JsonArbitrary(source, counts),
    get boundaries() {
      return boundaries();
    },
    get edges() {
      return edges();
    },
    get drawn() {
      return counts.drawn;
    },
    get rejected() {
      return counts.rejected;
    },
  };
}
