/** JSON Schema to fast-check: the drawn values of `open.ts` as arbitraries, made once for each place and direction. */
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

function negativeOf({ source, counts, ...names }: BreakingSource): Negative {
  return { ...names, arbitrary: new JsonArbitrary(source, counts) };
}

function generatorOf({ source, counts, boundaries }: Drawable): Generator {
  return {
    kind: 'generator',
    arbitrary: new JsonArbitrary(source, counts),
    get boundaries() {
      return boundaries();
    },
    get drawn() {
      return counts.drawn;
    },
    get rejected() {
      return counts.rejected;
    },
  };
}
