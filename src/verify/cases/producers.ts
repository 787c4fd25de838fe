/**
 * Who makes the resources that an operation needs: explicit links first, then `POST` on the collection before a path
 * parameter, `PUT` on the item itself, and `<thing>Id` fields of queries and bodies.
 */
import { at } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { jsonSchemaOf, successOf } from './media.ts';
import { normalised, parametersIn, segmentsOf } from './paths.ts';
import { refersTo, referredThing, thingOf } from './names.ts';
import { itemSchema, propertyNames, propertySchema, typesOf } from './schema-walk.ts';
import type { Binding, Source } from './scenario.ts';

export interface SetupStep {
  operation: Operation;
  bindings: Binding[];
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
}

interface Producer {
  operation: Operation;
  place: Source['place'];
  pointer: string;
  /** Path parameter that the client chooses, for a `PUT` on the item. */
  chosen?: string;
}

const MAX_STEPS = 8;

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

function makePlan(spec: Spec, operation: Operation): Plan {
  const plan: Plan = { operation, setup: [], bindings: [], free: [], resources: new Map(), kinds: new Map() };
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
      const key = normalised(segments.slice(0, index + 1)) + (parametersIn(segment).length > 1 ? `#${name}` : '');
      const from =
        plan.resources.get(key) ?? produce(spec, plan, producerOfPath(spec, operation, index, name, busy), key, busy);
      if (from === undefined) free.push(name);
      else {
        bindings.push(...sameParents(plan, segments.slice(0, index), free, from));
        bindings.push({ into: at('/path', name), from });
      }
    }
  });
  for (const field of referenceFields(spec, operation)) {
    const key = `${operation.id}${field.into}`;
    const from = produce(spec, plan, producerOfThing(spec, field.thing, busy), key, busy);
    if (from !== undefined) bindings.push({ into: field.into, from });
  }
  return { bindings, free };
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
  if (producer === undefined || plan.setup.length >= MAX_STEPS || busy.length > 5) return undefined;
  const { operation, place, pointer } = producer;
  const { bindings } = bind(spec, plan, operation, [...busy, operation.id], producer.chosen);
  const source: Source = { step: plan.setup.length, place, pointer };
  plan.setup.push({ operation, bindings });
  plan.resources.set(key, source);
  const made = normalised(segmentsOf(operation.path));
  plan.kinds.set(key, producer.chosen === undefined ? `${made}/{}` : made);
  return source;
}

function producerOfPath(
  spec: Spec,
  operation: Operation,
  index: number,
  name: string,
  busy: string[],
): Producer | undefined {
  const segments = segmentsOf(operation.path);
  const linked = producerByLink(spec, operation, name, busy);
  if (linked !== undefined) return linked;
  const collection = normalised(segments.slice(0, index));
  const item = normalised(segments.slice(0, index + 1));
  const thing = thingOf(segments[index - 1] ?? '');
  for (const candidate of spec.operations) {
    if (candidate.method !== 'post' || busy.includes(candidate.id)) continue;
    if (normalised(segmentsOf(candidate.path)) !== collection) continue;
    const source = idSource(spec, candidate, name, thing);
    if (source !== undefined) return source;
  }
  for (const candidate of spec.operations) {
    if (candidate.method !== 'put' || busy.includes(candidate.id)) continue;
    const own = segmentsOf(candidate.path);
    const chosen = parametersIn(own.at(-1) ?? '')[0];
    if (chosen === undefined || normalised(own) !== item) continue;
    return { operation: candidate, place: 'input', pointer: at('/path', chosen), chosen };
  }
  const referred = referredThing(name);
  return referred === undefined ? undefined : producerOfThing(spec, referred, busy);
}

function producerByLink(spec: Spec, operation: Operation, name: string, busy: string[]): Producer | undefined {
  for (const candidate of spec.operations) {
    if (busy.includes(candidate.id)) continue;
    for (const response of candidate.responses)
      for (const link of response.links) {
        if (link.operation !== operation.id || !response.status.startsWith('2')) continue;
        const expression = link.parameters[name] ?? link.parameters[`path.${name}`];
        if (typeof expression !== 'string') continue;
        const body = /^\$response\.body#(\/.*)$/.exec(expression)?.[1];
        if (body !== undefined) return { operation: candidate, place: 'body', pointer: body };
        const header = /^\$response\.header\.(.+)$/.exec(expression)?.[1];
        if (header !== undefined) return { operation: candidate, place: 'header', pointer: header.toLowerCase() };
        const sent = /^\$request\.(?:(path|query|header)\.(.+)|body#(\/.*))$/.exec(expression);
        if (sent?.[3] !== undefined) return { operation: candidate, place: 'input', pointer: `/body${sent[3]}` };
        if (sent?.[1] !== undefined && sent[2] !== undefined)
          return {
            operation: candidate,
            place: 'input',
            pointer: at(`/${sent[1] === 'header' ? 'headers' : sent[1]}`, sent[2]),
          };
      }
  }
  return undefined;
}

function producerOfThing(spec: Spec, reference: string, busy: string[]): Producer | undefined {
  for (const candidate of spec.operations) {
    if (candidate.method !== 'post' || busy.includes(candidate.id)) continue;
    const last = segmentsOf(candidate.path).at(-1) ?? '';
    if (parametersIn(last).length > 0 || last.includes(':')) continue;
    const thing = thingOf(last);
    if (!refersTo(reference, thing)) continue;
    const source = idSource(spec, candidate, 'id', thing);
    if (source !== undefined) return source;
  }
  return undefined;
}

/** Where the answer of a creating operation carries the id of what it made. */
function idSource(spec: Spec, operation: Operation, parameter: string, thing: string): Producer | undefined {
  const success = successOf(operation);
  if (success === undefined) return undefined;
  const camel = thing.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
  const names = [parameter, 'id', `${camel}Id`, `${thing.replaceAll(' ', '_')}_id`, '_id', 'uuid'];
  const schema = jsonSchemaOf(success.content);
  if (schema !== undefined) {
    for (const wrapper of ['', 'data', camel, 'result', 'item', 'resource']) {
      const inner = wrapper === '' ? schema : propertySchema(spec, schema, wrapper);
      if (inner === undefined) continue;
      for (const name of names) {
        const property = propertySchema(spec, inner, name);
        if (property !== undefined && isScalar(spec, property))
          return { operation, place: 'body', pointer: wrapper === '' ? at('', name) : at('', wrapper, name) };
      }
    }
  }
  const request = jsonSchemaOf(operation.requestBody?.content ?? []);
  if (request !== undefined && propertySchema(spec, request, parameter) !== undefined)
    return { operation, place: 'input', pointer: at('/body', parameter) };
  if (success.headers.some((header) => header.name === 'location'))
    return { operation, place: 'location', pointer: '' };
  return undefined;
}

function isScalar(spec: Spec, pointer: string): boolean {
  const types = typesOf(spec, pointer);
  return types.length === 0 || types.includes('string') || types.includes('integer') || types.includes('number');
}

/** Inputs of an operation that name another resource: query parameters and body fields such as `productId`. */
export function referenceFields(spec: Spec, operation: Operation): { into: string; thing: string }[] {
  const fields: { into: string; thing: string }[] = [];
  for (const parameter of operation.parameters) {
    const thing = parameter.in === 'query' ? referredThing(parameter.name) : undefined;
    if (thing !== undefined) fields.push({ into: at('/query', parameter.name), thing });
  }
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  if (body !== undefined) collectFields(spec, body, '/body', 0, fields);
  return fields.slice(0, 6);
}

function collectFields(
  spec: Spec,
  pointer: string,
  into: string,
  depth: number,
  fields: { into: string; thing: string }[],
): void {
  if (depth > 3) return;
  for (const name of propertyNames(spec, pointer)) {
    const property = propertySchema(spec, pointer, name);
    if (property === undefined) continue;
    const thing = referredThing(name);
    if (thing !== undefined && isScalar(spec, property)) fields.push({ into: at(into, name), thing });
    else if (thing !== undefined && itemSchema(spec, property) !== undefined)
      fields.push({ into: `${at(into, name)}/*`, thing });
    else collectFields(spec, property, at(into, name), depth + 1, fields);
  }
  const items = itemSchema(spec, pointer);
  if (items !== undefined) collectFields(spec, items, `${into}/*`, depth + 1, fields);
}
