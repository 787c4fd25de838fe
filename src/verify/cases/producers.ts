/** What must be done before an operation can be called: steps that make what its path, query and body ask for. */
import { at } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import type { Producer } from './ids.ts';
import { spelled, thingOf } from './names.ts';
import { normalised, parametersIn, resourceKey, segmentsOf, templateOf } from './paths.ts';
import { producerOfPath, producerOfReference } from './producer-search.ts';
import { type Reference, referenceFields } from './references.ts';
import type { Binding, Source } from './scenario.ts';

export interface SetupStep {
  operation: Operation;
  bindings: Binding[];
  /** Set where it shows what was there before, and is asked for all of it. */
  shows?: true;
}

/** What must be done before an operation can be called on resources of its own. */
export interface Plan {
  operation: Operation;
  setup: SetupStep[];
  /** For the call itself. */
  bindings: Binding[];
  /** Path parameters that nothing produces; they are generated. */
  free: string[];
  /** By resource, such as `/todos/{}`, or by the field that refers to one: where its id comes from. */
  resources: Map<string, Source>;
  /** Of each key of `resources`, the kind that it is one of: the template of the item, `/todos/{}`. */
  kinds: Map<string, string>;
  /** Steps whose resources were there before, so that other cases meet them too. */
  found: Set<number>;
}

const MAX_STEPS = 8;
const MAX_DEPTH = 5;

/** Finds the producers of a spec once; `planFor` is cheap after that. */
export function createPlanner(spec: Spec): { planFor(operation: Operation): Plan } {
  const plans = new Map<string, Plan>();
  return {
    planFor(operation) {
      let plan = plans.get(operation.id);
      if (plan === undefined) {
        plan = makePlan(spec, operation);
        plans.set(operation.id, plan);
      }
      return plan;
    },
  };
}

/** True where a binding may find nothing, so that the place it is for is generated as well. */
export function isSoft(binding: Binding): boolean {
  return binding.fits !== undefined;
}

function makePlan(spec: Spec, operation: Operation): Plan {
  const plan: Plan = {
    operation,
    setup: [],
    bindings: [],
    free: [],
    resources: new Map(),
    kinds: new Map(),
    found: new Set(),
  };
  const { bindings, free } = bind(spec, plan, operation, [operation.id], undefined);
  plan.bindings = bindings;
  plan.free = free;
  return plan;
}

/** Binds one operation's inputs, adding setup steps to the plan; `chosen` is a path parameter left to the client. */
function bind(
  spec: Spec,
  plan: Plan,
  operation: Operation,
  busy: string[],
  chosen: string | undefined,
): { bindings: Binding[]; free: string[] } {
  const bindings: Binding[] = [];
  const free: string[] = [];
  const segments = segmentsOf(operation.path);
  segments.forEach((segment, index) => {
    for (const name of parametersIn(segment)) {
      if (name === chosen) continue;
      const key = resourceKey(segments, index) + (parametersIn(segment).length > 1 ? `#${name}` : '');
      const from =
        plan.resources.get(key) ?? produce(spec, plan, producerOfPath(spec, operation, index, name, busy), key, busy);
      if (from === undefined) free.push(name);
      else {
        bindings.push(...sameParents(plan, segments.slice(0, index), free, from));
        bindings.push(bindingOf(plan, at('/path', name), from));
      }
    }
  });
  for (const reference of referenceFields(spec, operation)) {
    const own = sameAsPath(operation, reference, bindings);
    const key = `${operation.id}${reference.into}`;
    const from = own ?? produce(spec, plan, producerOfReference(spec, reference, busy), key, busy);
    if (from !== undefined) bindings.push(bindingOf(plan, reference.into, from));
  }
  bindings.push(...conditions(spec, plan, operation, busy, bindings));
  return { bindings, free };
}

const ANY = (): boolean => true;

function bindingOf(plan: Plan, into: string, from: Source): Binding {
  return plan.found.has(from.step) ? { into, from, fits: ANY } : { into, from };
}

/** A field that repeats the id of the path is that id. */
function sameAsPath(operation: Operation, { name, thing }: Reference, bindings: Binding[]): Source | undefined {
  const segments = segmentsOf(operation.path);
  const [own] = parametersIn(segments.at(-1) ?? '');
  const isSelf =
    own !== undefined && /^(put|patch)$/.test(operation.method) && thing === thingOf(segments.at(-2) ?? '');
  const twin =
    segments.flatMap(parametersIn).find((one) => spelled(one) === spelled(name)) ?? (isSelf ? own : undefined);
  return twin === undefined ? undefined : bindings.find((one) => one.into === at('/path', twin))?.from;
}

/** The current entity tag for `If-Match` (RFC 9110 §13.1.1), read just before. */
function conditions(spec: Spec, plan: Plan, operation: Operation, busy: string[], known: Binding[]): Binding[] {
  const header = operation.parameters.find((one) => one.in === 'header' && /^if-match$/i.test(one.name));
  if (header === undefined) return [];
  const path = templateOf(operation.path);
  const reader = spec.operations.find(
    (one) => one.method === 'get' && templateOf(one.path) === path && !busy.includes(one.id),
  );
  if (reader === undefined || plan.setup.length >= MAX_STEPS) return [];
  const names = segmentsOf(operation.path).flatMap(parametersIn);
  const bindings = segmentsOf(reader.path)
    .flatMap(parametersIn)
    .flatMap((name, index) => {
      const from = known.find((one) => one.into === at('/path', names[index] ?? ''))?.from;
      return from === undefined ? [] : [bindingOf(plan, at('/path', name), from)];
    });
  if (bindings.length < names.length) return [];
  const from: Source = { step: plan.setup.length, place: 'header', pointer: 'etag' };
  plan.setup.push({ operation: reader, bindings });
  return [{ into: at('/headers', header.name), from, fits: ANY }];
}

/** Parents that nobody makes are named freely by the step that makes the child; who asks for the child names the same. */
function sameParents(plan: Plan, segments: string[], free: string[], from: Source): Binding[] {
  const maker = plan.setup[from.step];
  if (maker === undefined) return [];
  const own = segmentsOf(maker.operation.path);
  return segments.flatMap((segment, index) => {
    const [name] = parametersIn(segment);
    const [theirs] = parametersIn(own[index] ?? '');
    if (name === undefined || theirs === undefined || !free.includes(name)) return [];
    if (normalised(segments.slice(0, index + 1)) !== normalised(own.slice(0, index + 1))) return [];
    const bound = maker.bindings.find((binding) => binding.into === at('/path', theirs));
    const source: Source = bound?.from ?? { step: from.step, place: 'input', pointer: at('/path', theirs) };
    free.splice(free.indexOf(name), 1);
    return [{ into: at('/path', name), from: source }];
  });
}

function produce(
  spec: Spec,
  plan: Plan,
  producer: Producer | undefined,
  key: string,
  busy: string[],
): Source | undefined {
  if (producer === undefined || plan.setup.length >= MAX_STEPS || busy.length > MAX_DEPTH) return undefined;
  const { operation, place, pointer } = producer;
  const [steps, known] = [plan.setup.length, new Set(plan.resources.keys())];
  const { bindings, free } = bind(spec, plan, operation, [...busy, operation.id], producer.chosen);
  const isAskedForNothing = producer.found === true && free.length > 0;
  if (isAskedForNothing || plan.setup.length >= MAX_STEPS) {
    plan.setup.splice(steps);
    for (const made of plan.resources.keys()) if (!known.has(made)) plan.resources.delete(made);
    return undefined;
  }
  const source: Source = { step: plan.setup.length, place, pointer };
  plan.setup.push({ operation, bindings, ...(producer.found === true ? { shows: true } : {}) });
  if (producer.found === true) plan.found.add(source.step);
  plan.resources.set(key, source);
  const made = templateOf(operation.path);
  plan.kinds.set(key, producer.chosen === undefined ? `${made}/{}` : made);
  return source;
}
