/**
 * What is put below an object before a query reads it: a few children, made by mutations that take its id. A list in
 * it that is always empty would say nothing about its length, its order or its arguments.
 */
import fc, { type Arbitrary } from 'fast-check';
import { getNamedType, getNullableType, isAbstractType, isListType, isObjectType } from 'graphql';
import type { JsonObject } from '../../events/index.ts';
import type { RootField } from '../../spec/graphql/contract.ts';
import { type Binding, PLAIN, type Step } from './call.ts';
import { argumentsArbitrary, type Plan, pointerOf, smallSelection } from './cases.ts';
import { type GraphEngine, withoutArgument } from './engine.ts';
import { type IdPlace, isCreating } from './producers.ts';

const MOST = 3;
const MAX_MAKERS = 4;

/** A mutation that makes a child of what an earlier step made. */
interface Maker {
  root: RootField;
  parent: Binding;
  omitted: IdPlace[];
}

/** The arbitrary of the steps between the setup of a plan and its call; undefined where nothing has children. */
export function historyOf(engine: GraphEngine, root: RootField, { setup }: Plan): Arbitrary<Step[]> | undefined {
  if (root.kind !== 'query') return undefined;
  const { schema } = engine.contract;
  const answered = getNamedType(root.field.type);
  const makers = setup.flatMap(({ type, path }, step): Maker[] => {
    const made = schema.getType(type);
    if (!isObjectType(made)) return [];
    if (answered !== made && !(isAbstractType(answered) && schema.isSubType(answered, made))) return [];
    const children = new Set(
      Object.values(made.getFields())
        .filter((field) => isListType(getNullableType(field.type)))
        .map((field) => getNamedType(field.type).name),
    );
    return engine.contract.roots.flatMap((one): Maker[] => {
      if (!isCreating(one) || engine.obstacle(one) !== undefined) return [];
      if (![...children].some((child) => engine.producers.pathTo(one, child) !== undefined)) return [];
      const places = engine.producers.places(one);
      const [place, ...others] = places.filter(({ required }) => required);
      if (place?.type !== type || others.length > 0) return [];
      const parent = { into: place.into, step, pointer: pointerOf(path, place.key) };
      return [{ root: one, parent, omitted: places.filter(({ required, oneOf }) => !required && !oneOf) }];
    });
  });
  if (makers.length === 0) return undefined;
  const made = fc.oneof(...makers.slice(0, MAX_MAKERS).map((maker) => stepOf(engine, maker)));
  return fc.array(made, { maxLength: MOST });
}

function stepOf(engine: GraphEngine, { root, parent, omitted }: Maker): Arbitrary<Step> {
  const select = smallSelection(engine, root);
  return argumentsArbitrary(engine, root).map((drawn): Step => {
    const args = omitted.reduce<JsonObject>((all, { into }) => withoutArgument(all, into), drawn);
    return { role: 'setup', root, args, bindings: [parent], select, form: PLAIN, valid: true };
  });
}
