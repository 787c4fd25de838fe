/** Cases on a root field: the producers of the ids that it asks for, then the call itself. */
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { RootField } from '../../spec/graphql/contract.ts';
import { type Binding, type Case, type Form, PLAIN, type Selection, type Step } from './call.ts';
import { type GraphEngine, withoutArgument } from './engine.ts';
import type { IdPlace, Producer } from './producers.ts';
import { plainSelection, typenameOn } from './selections.ts';

/** What has to be there before a call, and what of it the call takes. */
export interface Plan {
  setup: SetupStep[];
  bindings: Binding[];
  /** Ids that nothing gives out; a call with one of them may be refused. */
  free: IdPlace[];
  /** Optional ids that are left out, as nothing was made for them. */
  omitted: IdPlace[];
}

interface SetupStep {
  root: RootField;
  select: Selection[];
  bindings: Binding[];
  omitted: IdPlace[];
  /** Type that it makes, and the way to it. */
  type: string;
  path: string[];
}

const MAX_SETUP = 8;

/** Plans a call; `optional` says whether ids that need not be given are given. `except` is left to the caller. */
export function planOf(
  engine: GraphEngine,
  root: RootField,
  optional: boolean,
  except: (into: string) => boolean = () => false,
  turn = 0,
): Plan {
  const setup: SetupStep[] = [];
  const bind = (of: RootField, withOptional: boolean, above: readonly string[]): Omit<Plan, 'setup'> => {
    const bindings: Binding[] = [];
    const free: IdPlace[] = [];
    const omitted: IdPlace[] = [];
    for (const place of engine.producers.places(of)) {
      if (of === root && except(place.into)) continue;
      if (!place.required && !withOptional) {
        if (!place.oneOf) omitted.push(place);
        continue;
      }
      const step = place.type === undefined ? undefined : produce(place.type, place.key, above);
      if (step !== undefined)
        bindings.push({ into: place.into, step, pointer: pointerOf(setup[step]?.path ?? [], place.key) });
      else if (place.required) free.push(place);
      else if (!place.oneOf) omitted.push(place);
    }
    return { bindings, free, omitted };
  };
  const produce = (type: string, key: string, above: readonly string[]): number | undefined => {
    if (above.includes(type) || setup.length >= MAX_SETUP) return undefined;
    const all = engine.producers.of(type);
    // Of an interface the objects of each of its types are asked for in turn.
    const from = above.length === 0 && all.length > 0 ? turn % all.length : 0;
    for (const producer of [...all.slice(from), ...all.slice(0, from)]) {
      if (producer.root === root && root.kind === 'mutation') continue;
      if (engine.obstacle(producer.root) !== undefined) continue;
      const length = setup.length;
      const { bindings, free, omitted } = bind(producer.root, false, [...above, type]);
      if (free.length > 0) {
        setup.length = length;
        continue;
      }
      const select = selectAlong(engine, producer, producer.type, key);
      return (
        setup.push({ root: producer.root, select, bindings, omitted, type: producer.type, path: producer.path }) - 1
      );
    }
    return undefined;
  };
  const own = bind(root, optional, []);
  return { setup, ...own };
}

/** `/book/id` for a path and a key. */
export function pointerOf(path: readonly string[], key: string): string {
  return [...path, key].map((token) => `/${token}`).join('');
}

/** A selection that leads to an object and takes its leaves. */
export function selectAlong(
  engine: GraphEngine,
  { root, path }: Pick<Producer, 'root' | 'path'>,
  type: string,
  key: string,
): Selection[] {
  const target = engine.contract.schema.getType(type);
  const leaves = target !== undefined && 'getFields' in target ? plainSelection(leavesOf(engine, type)) : [];
  const hasKey = leaves.some((one) => one.kind === 'field' && one.name === key && one.alias === undefined);
  const inner: Selection[] = hasKey ? leaves : [{ kind: 'field', on: type, name: key, args: {} }, ...leaves];
  return along(engine, String(root.field.type), path, inner);
}

function along(engine: GraphEngine, type: string, path: readonly string[], inner: Selection[]): Selection[] {
  const [token, ...rest] = path;
  if (token === undefined) return inner;
  if (/^\d+$/.test(token)) return along(engine, type, rest, inner);
  const name = type.replaceAll(/[[\]!]/g, '');
  const owner = engine.contract.schema.getType(name);
  const field = owner !== undefined && 'getFields' in owner ? owner.getFields()[token] : undefined;
  return [{ kind: 'field', on: name, name: token, args: {}, select: along(engine, String(field?.type), rest, inner) }];
}

function leavesOf(engine: GraphEngine, type: string): ReturnType<GraphEngine['skeletons']['leaves']> {
  const found = engine.contract.schema.getType(type);
  // A lone object or interface is an output type.
  return found === undefined || !('getFields' in found) || 'isOneOf' in found ? [] : engine.skeletons.leaves(found);
}

/** What a case is drawn with besides its plan. */
export interface CaseOptions {
  plan: Plan;
  args: Arbitrary<JsonObject>;
  select: Arbitrary<Selection[]>;
  form?: Arbitrary<Form>;
  valid?: boolean;
  /** Steps between the setup and the call. */
  history?: Arbitrary<Step[]>;
  /** Steps after the call. */
  after?: (call: number) => Step[];
}

/** The arbitrary of cases: arguments for each producer, then those of the call. */
export function casesOf(engine: GraphEngine, root: RootField, options: CaseOptions): Arbitrary<Case> {
  const { plan, args, select, form = fc.constant(PLAIN), valid = true, history = fc.constant([]), after } = options;
  return fc
    .tuple(setupSteps(engine, plan.setup), args, select, form, history)
    .map(([steps, own, selected, written, past]) => {
      const call: Step = {
        role: 'call',
        root,
        args: without(own, plan.omitted),
        bindings: plan.bindings.filter(({ into }) => isDrawn(own, into)),
        select: selected,
        form: written,
        valid,
      };
      const before = [...steps, ...past];
      return [...before, call, ...(after?.(before.length) ?? [])];
    });
}

/** What is made before a call; mostly much is said of it, as what is left out limits what can be done with it. */
export function setupSteps(
  engine: GraphEngine,
  setup: readonly Pick<SetupStep, 'root' | 'select' | 'bindings' | 'omitted'>[],
): Arbitrary<Step[]> {
  const drawn = setup.map(({ root }) => {
    const any = argumentsArbitrary(engine, root);
    const rich = fc.tuple(any, any, any).map((all) => all.reduce((a, b) => (saidIn(b) > saidIn(a) ? b : a)));
    return fc.oneof(any, rich, rich);
  });
  return fc.tuple(...drawn).map((made) =>
    setup.map(({ root, select, bindings, omitted }, index): Step => ({
      role: 'setup',
      root,
      args: without(made[index] ?? {}, omitted),
      bindings,
      select,
      form: PLAIN,
      valid: true,
    })),
  );
}

/** How many values arguments say, nulls and noughts aside. */
function saidIn(value: JsonValue): number {
  if (Array.isArray(value)) return value.length > 0 ? 1 : 0;
  if (isObject(value)) return Object.values(value).reduce<number>((sum, one) => sum + saidIn(one), 0);
  return value === null || value === 0 ? 0 : 1;
}

/** An id is bound only where one was drawn. */
function isDrawn(args: JsonObject, into: string): boolean {
  let node: JsonValue | undefined = args;
  for (const token of into.split('/').slice(1))
    node = Array.isArray(node) ? node[Number(token)] : isObject(node) ? node[token] : undefined;
  return node !== undefined && node !== null;
}

function without(args: JsonObject, places: readonly IdPlace[]): JsonObject {
  return places.reduce((all, { into }) => withoutArgument(all, into), args);
}

/** All arguments of a root field. */
export function argumentsArbitrary(engine: GraphEngine, root: RootField): Arbitrary<JsonObject> {
  return engine.argumentsOf(root.pointer) ?? fc.constant({});
}

/** Boundary arguments of a root field, smallest first. */
export function boundaryArguments(engine: GraphEngine, root: RootField): JsonObject[] {
  if (root.field.args.length === 0) return [];
  const generator = engine.schemas.generator(engine.inputs.argumentsAt(root.pointer), 'request');
  return generator.kind === 'generator' ? generator.boundaries.filter((one) => isObject(one)) : [];
}

/** The plainest selection of a root field that an object type needs. */
export function smallSelection(engine: GraphEngine, root: RootField): Selection[] {
  const shapes = engine.skeletons.leaves(root.field.type);
  if (shapes.length === 0) return [];
  const type = String(root.field.type).replaceAll(/[[\]!]/g, '');
  const [first] = plainSelection(shapes);
  return [first ?? typenameOn(type)];
}
