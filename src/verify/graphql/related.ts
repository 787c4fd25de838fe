/**
 * Cases in which an argument of a query meets a field of an object that was just made: exactly, or one beside it. What a
 * filter does at its edge only such cases show: `minPages` is about `pages`, and about a book with that many.
 */
import fc, { type Arbitrary } from 'fast-check';
import { getNamedType, getNullableType, isInputObjectType, isLeafType, isListType, isObjectType } from 'graphql';
import type { GraphQLInputType } from 'graphql';
import type { RootField } from '../../spec/graphql/contract.ts';
import { type Case, PLAIN, type Selection, type Step } from './call.ts';
import { argumentsArbitrary, planOf, pointerOf, selectAlong, setupSteps } from './cases.ts';
import { type GraphEngine, withArgument } from './engine.ts';
import { keyOf } from './producers.ts';

/** An argument, and the field of a made object that it is about. */
interface Meeting {
  into: string;
  field: string;
  isNumber: boolean;
}

const DEPTH = 3;
/** Shorter names say nothing. */
const LEAST_NAME = 3;
const NUMBERS = new Set(['Int', 'Float']);

/** The arbitrary of such cases; undefined where nothing that the query answers with can be made. */
export function relatedCases(
  engine: GraphEngine,
  root: RootField,
  select: Arbitrary<Selection[]>,
): Arbitrary<Case> | undefined {
  if (root.kind !== 'query') return undefined;
  const { schema } = engine.contract;
  const cases = Object.values(schema.getTypeMap()).flatMap((type): Arbitrary<Case>[] => {
    if (!isObjectType(type) || type.name.startsWith('__')) return [];
    if (engine.producers.pathTo(root, type.name) === undefined) return [];
    const maker = engine.producers.of(type.name).find((one) => one.root.kind === 'mutation');
    if (maker === undefined || engine.obstacle(maker.root) !== undefined) return [];
    const plan = planOf(engine, maker.root, false);
    const own = planOf(engine, root, false);
    const key = keyOf(type, 'id') ?? '__typename';
    const meetings = meetingsOf(root, (name, scalar) => {
      const fields = Object.values(type.getFields()).filter(
        (field) => field.args.length === 0 && isLeafType(getNullableType(field.type)),
      );
      return fields.find((field) => getNamedType(field.type).name === scalar && isAbout(name, field.name))?.name;
    });
    if (plan.free.length > 0 || own.setup.length > 0 || own.free.length > 0 || meetings.length === 0) return [];
    const made = selectAlong(engine, maker, type.name, key);
    const args = argumentsArbitrary(engine, root);
    const draw = fc.tuple(
      setupSteps(engine, [...plan.setup, { root: maker.root, select: made, ...plan }]),
      args,
      select,
      fc.constantFrom(...meetings),
      fc.constantFrom(0, 1, -1),
    );
    return [
      draw.map(([setup, drawn, selected, { into, field, isNumber }, plus]): Case => {
        const binding = { into, step: setup.length - 1, pointer: pointerOf(maker.path, field) };
        const call: Step = {
          role: 'call',
          root,
          // What is put in place of the null takes its parents with it.
          args: withArgument(drawn, into, null),
          bindings: [isNumber ? { ...binding, plus } : binding],
          select: selected,
          form: PLAIN,
          valid: true,
        };
        return [...setup, call];
      }),
    ];
  });
  return cases.length === 0 ? undefined : fc.oneof(...cases);
}

/** `minPages` is about `pages`, `genre` about `genre`. */
function isAbout(argument: string, field: string): boolean {
  return field.length >= LEAST_NAME && argument.toLowerCase().replaceAll('_', '').includes(field.toLowerCase());
}

function meetingsOf(root: RootField, fieldOf: (name: string, scalar: string) => string | undefined): Meeting[] {
  const within = (name: string, type: GraphQLInputType, into: string, depth: number): Meeting[] => {
    const bare = getNullableType(type);
    if (isListType(bare) || depth <= 0) return [];
    if (isInputObjectType(bare))
      return bare.isOneOf
        ? []
        : Object.values(bare.getFields()).flatMap((one) =>
            within(one.name, one.type, `${into}/${one.name}`, depth - 1),
          );
    const scalar = getNamedType(bare).name;
    const field = scalar === 'ID' ? undefined : fieldOf(name, scalar);
    return field === undefined ? [] : [{ into, field, isNumber: NUMBERS.has(scalar) }];
  };
  return root.field.args.flatMap((one) => within(one.name, one.type, `/${one.name}`, DEPTH));
}
