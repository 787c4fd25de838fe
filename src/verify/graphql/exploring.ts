/** The cases of acceptance by index: every field and every boundary first, then whatever is drawn. */
import fc, { type Arbitrary } from 'fast-check';
import { getNamedType, isAbstractType } from 'graphql';
import type { JsonObject } from '../../events/index.ts';
import type { RootField } from '../../spec/graphql/contract.ts';
import { type Case, type Form, PLAIN, SHARED } from './call.ts';
import { argumentsArbitrary, boundaryArguments, casesOf, planOf } from './cases.ts';
import type { GraphEngine } from './engine.ts';
import { historyOf } from './histories.ts';
import { AWKWARD, withLiteral } from './literal-arguments.ts';
import { type Density, selectionsOf } from './selections.ts';

/** Calls of one text; what fails is shown in the plain form, where it fails in that too. */
const COMMON: Arbitrary<Form> = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant(PLAIN), weight: 1 },
  { arbitrary: fc.constant(SHARED), weight: 50 },
);

const FORMS: Arbitrary<Form> = fc.record({
  values: fc.constantFrom('variables' as const, 'variables' as const, 'literals' as const),
  fragments: fc.constantFrom('inline' as const, 'named' as const),
  operationName: fc.boolean(),
});

/** The arbitrary of each case. */
export function exploring(engine: GraphEngine, root: RootField): (index: number) => Arbitrary<Case> {
  const skeletons = engine.skeletons.of(root);
  const boundaries = boundaryArguments(engine, root);
  const answered = getNamedType(root.field.type);
  const types = isAbstractType(answered) ? engine.contract.schema.getPossibleTypes(answered).length : 1;
  const plans = Array.from({ length: 2 * types }, (_, turn) =>
    planOf(engine, root, turn % 2 === 1, () => false, Math.floor(turn / 2)),
  );
  const drawn = argumentsArbitrary(engine, root);
  const withText = (text: string): Arbitrary<JsonObject> =>
    fc.tuple(drawn, fc.nat(1000)).map(([args, turn]) => withLiteral(engine, root, args, text, turn));
  const made = new Map<string, Arbitrary<Case>>();
  return (index) => {
    const which = index % skeletons.length;
    // A text of its own is what a call costs most, so that only each fourth has one.
    const isOwn = index >= skeletons.length && index % 4 === 3;
    const density: Density = !isOwn ? 'all' : index % 8 === 3 ? 'few' : 'most';
    const boundary = index % 3 === 1 && boundaries.length > 0 ? Math.floor(index / 3) % boundaries.length : -1;
    const optional = (index + Math.floor(index / plans.length)) % plans.length;
    const isRead = index % 4 >= 2;
    const awkward = boundary < 0 && index % 6 === 2 ? AWKWARD[Math.floor(index / 6) % AWKWARD.length] : undefined;
    const key = `${awkward ?? ''} ${which} ${density} ${boundary} ${optional} ${isRead}`;
    let arbitrary = made.get(key);
    if (arbitrary === undefined) {
      const fixed = boundaries[boundary];
      const plan = plans[optional] ?? planOf(engine, root, false);
      const history = isRead ? historyOf(engine, root, plan) : undefined;
      arbitrary = casesOf(engine, root, {
        plan,
        ...(history === undefined ? {} : { history }),
        args: fixed === undefined ? (awkward === undefined ? drawn : withText(awkward)) : fc.constant(fixed),
        select: selectionsOf(skeletons[which] ?? [], engine.argumentsOf, density),
        form: isOwn ? FORMS : COMMON,
      });
      made.set(key, arbitrary);
    }
    return arbitrary;
  };
}
