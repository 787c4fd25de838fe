/**
 * What calls must have to do with one another, as far as the contract's names and types tell: what was created can be
 * read and is listed, what was deleted is gone, what was updated stays so, a query changes nothing, pages are the whole.
 */
import fc, { type Arbitrary } from 'fast-check';
import { getNamedType, isObjectType } from 'graphql';
import type { PropertyRef } from '../../../events/index.ts';
import type { RootField } from '../../../spec/graphql/contract.ts';
import { type Case, PLAIN, type Selection, type Step } from '../call.ts';
import { argumentsArbitrary, casesOf, type Plan, planOf, pointerOf, selectAlong } from '../cases.ts';
import type { GraphEngine } from '../engine.ts';
import { isCreating, isDeleting } from '../producers.ts';
import { plainSelection } from '../selections.ts';
import { gone, listed, same } from './agreement.ts';
import { harmless } from './harmless.ts';
import { pagingOf } from './paging.ts';
import type { Property } from './property.ts';
import { isReachable, listersOf, type Lister, readersOf, readStep } from './readers.ts';

/** All stateful properties that a contract's names and types give reason for. */
export function statefulOf(engine: GraphEngine): Property[] {
  const share = Math.max(5, Math.ceil(engine.runs / 4));
  const properties: Property[] = [];
  for (const root of engine.contract.roots) {
    if (!isReachable(engine, root)) continue;
    if (root.kind === 'query') {
      properties.push(...harmless(engine, root, share), ...pagingOf(engine, root, share));
      continue;
    }
    for (const type of objectTypes(engine)) {
      if (isCreating(root)) properties.push(...created(engine, root, type, share));
      else if (isDeletingType(root, type)) properties.push(...deleted(engine, root, type, share));
      else if (!isDeleting(root)) properties.push(...updated(engine, root, type, share));
    }
  }
  return properties;
}

function objectTypes({ contract }: GraphEngine): string[] {
  return Object.values(contract.schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .map(({ name }) => name);
}

/** `deleteBook`, `book_delete`, `removeBook`: the object itself goes, not its part in something else. */
function isDeletingType(root: RootField, type: string): boolean {
  const name = root.name.toLowerCase().replaceAll('_', '');
  const low = type.toLowerCase();
  return ['delete', 'remove', 'destroy'].some(
    (verb) => name === `${verb}${low}` || name === `${low}${verb}` || name === `${verb}${low}byid`,
  );
}

function leavesOf(engine: GraphEngine, type: string): Selection[] {
  const found = engine.contract.schema.getType(type);
  return isObjectType(found) ? plainSelection(engine.skeletons.leaves(found)) : [];
}

function refOf(what: string, root: RootField): PropertyRef {
  return { id: `stateful ${what} ${root.id}`, clause: root.pointer, kind: 'stateful', operation: root.id };
}

/** The key by which objects of a type are known, where the type has one. */
function keyOf(engine: GraphEngine, type: string): string | undefined {
  const found = engine.contract.schema.getType(type);
  return isObjectType(found) && found.getFields()['id']?.args.length === 0 ? 'id' : undefined;
}

function created(engine: GraphEngine, root: RootField, type: string, share: number): Property[] {
  const path = engine.producers.pathTo(root, type);
  const key = keyOf(engine, type);
  if (path === undefined || key === undefined || path.includes('0')) return [];
  const plan = planOf(engine, root, true);
  const select = selectAlong(engine, { root, path }, type, key);
  const leaves = leavesOf(engine, type);
  const properties: Property[] = [];
  for (const reader of readersOf(engine, type)) {
    const isNode = getNamedType(reader.root.field.type).name !== type;
    const after = (step: number): Step[] => {
      const from = { step, pointer: pointerOf(path, reader.key) };
      return [readStep(engine, reader, type, leaves, from), readStep(engine, reader, type, leaves, from)];
    };
    properties.push({
      ref: refOf(isNode ? `node-is-readable by ${reader.root.id}` : `created-is-readable by ${reader.root.id}`, root),
      runs: share,
      serial: 'to fail',
      arbitrary: () => cases(engine, root, plan, select, after),
      judge: (drawn) => same(engine, drawn, path, 'the created object'),
    });
  }
  for (const lister of listersOf(engine, type).slice(0, 2))
    properties.push({
      ref: refOf(`created-is-listed by ${lister.root.id}`, root),
      runs: share,
      serial: 'to fail',
      fresh: true,
      arbitrary: () => cases(engine, root, plan, select, () => [listStep(engine, lister, type, key)]),
      judge: (drawn) => listed(engine, drawn, { path, key, lister, wanted: true }),
    });
  return properties;
}

function updated(engine: GraphEngine, root: RootField, type: string, share: number): Property[] {
  const path = engine.producers.pathTo(root, type);
  const key = keyOf(engine, type);
  const takesId = engine.producers.places(root).some((place) => place.required && place.type === type);
  if (path === undefined || key === undefined || !takesId || path.includes('0')) return [];
  const plan = planOf(engine, root, true);
  const select = selectAlong(engine, { root, path }, type, key);
  const leaves = leavesOf(engine, type);
  return readersOf(engine, type)
    .slice(0, 1)
    .map((reader) => ({
      ref: refOf('updated-is-readable', root),
      runs: share,
      serial: 'to fail',
      arbitrary: () =>
        cases(engine, root, plan, select, (step) => {
          const from = { step, pointer: pointerOf(path, reader.key) };
          return [readStep(engine, reader, type, leaves, from), readStep(engine, reader, type, leaves, from)];
        }),
      judge: (drawn) => same(engine, drawn, path, 'the updated object'),
    }));
}

function deleted(engine: GraphEngine, root: RootField, type: string, share: number): Property[] {
  const plan = planOf(engine, root, false);
  const binding = plan.bindings.find(({ step }) => plan.setup[step]?.type === type);
  const maker = binding === undefined ? undefined : plan.setup[binding.step];
  const key = keyOf(engine, type);
  if (binding === undefined || maker === undefined || key === undefined || maker.root.kind !== 'mutation') return [];
  const isObject = isObjectType(getNamedType(root.field.type));
  const select = isObject ? plainSelection(engine.skeletons.leaves(root.field.type)) : [];
  const leaves = leavesOf(engine, type);
  const from = { step: binding.step, pointer: binding.pointer };
  const properties: Property[] = readersOf(engine, type).map((reader) => ({
    ref: refOf(`deleted-is-gone by ${reader.root.id}`, root),
    runs: share,
    serial: 'to fail',
    arbitrary: () => cases(engine, root, plan, select, () => [readStep(engine, reader, type, leaves, from)]),
    judge: (drawn) => gone(engine, drawn),
  }));
  for (const lister of listersOf(engine, type).slice(0, 1))
    properties.push({
      ref: refOf(`deleted-is-not-listed by ${lister.root.id}`, root),
      runs: share,
      serial: 'to fail',
      fresh: true,
      arbitrary: () => cases(engine, root, plan, select, () => [listStep(engine, lister, type, key)]),
      judge: (drawn) => listed(engine, drawn, { path: maker.path, key, lister, wanted: false, maker: binding.step }),
    });
  return properties;
}

function cases(
  engine: GraphEngine,
  root: RootField,
  plan: Plan,
  select: Selection[],
  after: (step: number) => Step[],
): Arbitrary<Case> {
  return casesOf(engine, root, { plan, args: argumentsArbitrary(engine, root), select: fc.constant(select), after });
}

function listStep(engine: GraphEngine, { root, path }: Lister, type: string, key: string): Step {
  const inner: Selection[] = [{ kind: 'field', on: type, name: key, args: {} }];
  const select = selectAlong(engine, { root, path }, type, key);
  return {
    role: 'check',
    root,
    args: {},
    bindings: [],
    select: select.length > 0 ? select : inner,
    form: PLAIN,
    valid: true,
  };
}
