/** What the properties of one run share: the contract, its schemas, what can be drawn, and how calls are made. */
import { getNullableType, isListType, isObjectType, parse, validate } from 'graphql';
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import type { GraphContract, RootField } from '../../spec/graphql/contract.ts';
import { readObjective } from '../../spec/graphql/graphql.ts';
import type { Objective, Spec } from '../../spec/model.ts';
import { literalsOf } from '../cases/literals.ts';
import type { CreateSchemas, Schemas } from '../schema-port.ts';
import { accepts } from './accepts.ts';
import { responseOf } from './answer.ts';
import type { Case, GraphAnswer, GraphRequest, Sent, Step } from './call.ts';
import { contractOf } from './contract-of.ts';
import { requestOf } from './document.ts';
import { type InputSchemas, inputSchemasOf } from './input-schemas.ts';
import { AWKWARD } from './literal-arguments.ts';
import { sizeArgument } from './page-arguments.ts';
import { type Producers, producersOf } from './producers.ts';
import { type GraphRules, graphRulesOf } from './rules.ts';
import type { ArgumentsOf } from './selections.ts';
import { type Inspection, type Shapes, shapesOf } from './shape.ts';
import { type Skeletons, skeletonsOf } from './skeleton.ts';

/** How far a case came. */
export type Ran = { kind: 'ran'; sent: Sent[] } | { kind: 'stuck'; sent: Sent[]; reason: string };

const NOTHING: Inspection = { departure: undefined, reordered: false, instances: [] };

export interface GraphEngine {
  spec: Spec;
  contract: GraphContract;
  inputs: InputSchemas;
  schemas: Schemas;
  shapes: Shapes;
  skeletons: Skeletons;
  producers: Producers;
  rules: GraphRules;
  seed: number;
  runs: number;
  /** Arbitrary arguments of a field by its clause; undefined where it takes none. */
  argumentsOf: ArgumentsOf;
  /** Why a root field cannot be called; undefined where it can. */
  obstacle(root: RootField): string | undefined;
  accepts(root: RootField, args: JsonObject): boolean;
  objective(root: RootField): Objective | undefined;
  /** Runs steps in order; stops where a value that a later step needs did not come. */
  run(steps: Case): Promise<Ran>;
  /** The arguments of a call with the values that earlier answers gave. */
  bind(step: Step, before: readonly Sent[]): { kind: 'bound'; args: JsonObject } | { kind: 'stuck'; reason: string };
  /** Makes one call after others. */
  call(step: Step, before: readonly Sent[], index: number): Promise<Sent | { kind: 'stuck'; reason: string }>;
  execute(request: GraphRequest): Promise<GraphAnswer>;
  /** Calls root fields again that did not answer in time before. */
  forgive(): void;
  /** What the shape of an answer is; looked at once for all who ask. */
  inspect(sent: Sent): Inspection;
  /** Why a document of ours is not valid; undefined where it is. */
  invalid(request: GraphRequest): string | undefined;
}

export interface EngineOptions {
  spec: Spec;
  createSchemas: CreateSchemas;
  seed: number;
  runs: number;
  /** `2026-11-23`; chooses among dated constants. */
  today: string;
  /** Values found in the code under test, mixed into the draws. */
  literals: readonly JsonValue[];
  execute: (request: GraphRequest) => Promise<GraphAnswer>;
}

const REMEMBERED = 20_000;
/** Times that a root field may fail to answer before it is called no more. */
const MAX_SILENCES = 2;

/** Binds a contract to a way of calling it. */
export function createGraphEngine(options: EngineOptions): GraphEngine {
  const { spec, execute } = options;
  const contract = contractOf(spec);
  const inputs = inputSchemasOf(contract);
  const schemas = options.createSchemas(inputs.document, {
    dialect: '2020-12',
    literals: [...literalsOf(spec), ...AWKWARD, ...options.literals],
  });
  const generators = new Map<string, Arbitrary<JsonObject> | string | undefined>();
  const drawn = (field: string): Arbitrary<JsonObject> | string | undefined => {
    if (generators.has(field)) return generators.get(field);
    const made = makeArguments(contract, inputs, schemas, field);
    generators.set(field, made);
    return made;
  };
  const argumentsOf: ArgumentsOf = (field) => {
    const made = drawn(field);
    return typeof made === 'string' ? undefined : made;
  };
  const obstacles = (field: string): string | undefined => {
    const made = drawn(field);
    return inputs.obstacleOf(field)?.reason ?? (typeof made === 'string' ? made : undefined);
  };
  const silences = new Map<string, number>();
  const verdicts = new Map<string, string | undefined>();
  const inspected = new WeakMap<Sent, Inspection>();
  const isRuled = ruledTypes(spec, contract);
  const engine: GraphEngine = {
    spec,
    contract,
    inputs,
    schemas,
    shapes: shapesOf(contract, schemas, inputs),
    skeletons: skeletonsOf(contract, (field) => obstacles(field) === undefined),
    producers: producersOf(contract),
    rules: graphRulesOf(spec, contract, options.today),
    seed: options.seed,
    runs: options.runs,
    argumentsOf,
    obstacle: (root) => obstacles(root.pointer),
    objective: (root) => readObjective(contract, root, () => {}),
    accepts: (root, args) => accepts(schemas, inputs, root, args),
    forgive: () => silences.clear(),
    async run(steps) {
      const sent: Sent[] = [];
      for (const [index, step] of steps.entries()) {
        const one = await engine.call(step, sent, index);
        if ('kind' in one) return { kind: 'stuck', sent, reason: one.reason };
        sent.push(one);
      }
      return { kind: 'ran', sent };
    },
    bind(step, before) {
      let { args } = step;
      for (const { into, step: from, pointer, plus } of step.bindings) {
        const source = before.find((one) => one.index === from);
        const value = source === undefined ? undefined : valueOf(source, pointer);
        if (value === undefined || value === null) {
          const errors = source === undefined ? [] : responseOf(source.answer).errors;
          const why = errors[0] === undefined ? '' : ` (${errors[0].message})`;
          const producer = source?.step.root.id ?? 'a producer';
          return { kind: 'stuck', reason: `${producer} gave no ${pointer.split('/').at(-1) ?? 'id'}${why}` };
        }
        args = withArgument(args, into, typeof value === 'number' ? value + (plus ?? 0) : value);
        if (plus !== undefined && !engine.accepts(step.root, args))
          return { kind: 'stuck', reason: `what ${into} would have met is not accepted` };
      }
      return { kind: 'bound', args };
    },
    async call(step, before, index) {
      const { id } = step.root;
      if ((silences.get(id) ?? 0) >= MAX_SILENCES)
        return { kind: 'stuck', reason: `${id} did not answer in time before, so it is called no more` };
      const bound = engine.bind(step, before);
      if (bound.kind === 'stuck') return bound;
      const request = requestOf(contract, step, bound.args);
      const answer = await execute(request);
      if (answer.kind === 'fault' && answer.silent === true) silences.set(id, (silences.get(id) ?? 0) + 1);
      return { step, args: bound.args, request, answer, role: step.role, index };
    },
    execute,
    inspect(sent) {
      let known = inspected.get(sent);
      if (known !== undefined) return known;
      const { data } = responseOf(sent.answer);
      known = NOTHING;
      if (isObject(data) && sent.step.raw === undefined)
        known = engine.shapes.inspect(rootedOf(contract, sent.step), data, isRuled);
      inspected.set(sent, known);
      return known;
    },
    invalid(request) {
      const { query } = request;
      if (verdicts.has(query)) return verdicts.get(query);
      if (verdicts.size > REMEMBERED) verdicts.clear();
      const verdict = problemOf(contract, query);
      verdicts.set(query, verdict);
      return verdict;
    },
  };
  return engine;
}

/** Whether some rule stands on a type, on an interface of it, or on a field of either. */
function ruledTypes({ invariants }: Spec, { schema }: GraphContract): (type: string) => boolean {
  const ruled = new Set(invariants.flatMap(({ scope, schema: on }) => (scope === 'schema' ? [on?.split('/')[1]] : [])));
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => ruled.has(type.name) || (isObjectType(type) && type.getInterfaces().some(({ name }) => ruled.has(name))),
  );
  const names = new Set(types.map(({ name }) => name));
  return (type) => names.has(type);
}

function problemOf({ schema }: GraphContract, query: string): string | undefined {
  try {
    return validate(schema, parse(query, { noLocation: true }))[0]?.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The arguments of a field: an arbitrary, a reason why there is none, or undefined where it takes none. */
function makeArguments(
  contract: GraphContract,
  inputs: InputSchemas,
  schemas: Schemas,
  field: string,
): Arbitrary<JsonObject> | string | undefined {
  const [typeName = '', name = ''] = tokensOf(field);
  const type = contract.schema.getType(typeName);
  const found = type !== undefined && 'getFields' in type ? type.getFields()[name] : undefined;
  if (found === undefined || !('args' in found) || found.args.length === 0) return undefined;
  const generator = schemas.generator(inputs.argumentsAt(field), 'request');
  if (generator.kind !== 'generator') return `${inputs.clauseOf(generator.pointer)}: ${generator.reason}`;
  const drawn = generator.arbitrary.map((value): JsonObject => (isObject(value) ? value : {}));
  const size = isListType(getNullableType(found.type)) ? sizeArgument(found.args.map((one) => one.name)) : undefined;
  if (size === undefined) return drawn;
  // A list of few items tells something of its length only where fewer are asked for.
  const short = fc.tuple(drawn, fc.integer({ min: 1, max: 3 })).map(([args, length]): JsonObject => {
    const cut = { ...args, [size]: length };
    return schemas.validate(inputs.argumentsAt(field), cut, 'request').length === 0 ? cut : args;
  });
  return fc.oneof(drawn, short);
}

/** The value at a pointer into the value of a call's root field. */
export function valueOf(sent: Sent, pointer: string): JsonValue | undefined {
  const { data } = responseOf(sent.answer);
  const value = isObject(data) ? data[sent.step.root.name] : undefined;
  return value === undefined ? undefined : valueAt(value, pointer);
}

/** Arguments with a value put at a place; parents that are missing or null are made, of a list one item is kept. */
export function withArgument(args: JsonObject, into: string, value: JsonValue): JsonObject {
  const put = (node: JsonValue | undefined, tokens: readonly string[]): JsonValue => {
    const [token, ...rest] = tokens;
    if (token === undefined) return value;
    if (/^\d+$/.test(token)) return [put(Array.isArray(node) ? node[0] : undefined, rest)];
    return { ...(isObject(node) ? node : {}), [token]: put(isObject(node) ? node[token] : undefined, rest) };
  };
  const made = put(args, tokensOf(into));
  return isObject(made) ? made : args;
}

/** Arguments without what stands at a place. */
export function withoutArgument(args: JsonObject, into: string): JsonObject {
  const cut = (node: JsonValue, tokens: readonly string[]): JsonValue => {
    const [token, ...rest] = tokens;
    if (token === undefined || !isObject(node) || !Object.hasOwn(node, token)) return node;
    const { [token]: old, ...others } = node;
    const next = rest[0];
    if (next === undefined || /^\d+$/.test(next)) return others;
    return old === undefined || old === null ? node : { ...node, [token]: cut(old, rest) };
  };
  const made = cut(args, tokensOf(into));
  return isObject(made) ? made : args;
}

/** The type that a call's root field stands on, with what is selected: the whole of the operation. */
function rootedOf({ schema }: GraphContract, { root, select }: Step): { type: string; select: Step['select'] } {
  const type = root.kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  return {
    type: type?.name ?? '',
    select: [
      { kind: 'field', on: type?.name ?? '', name: root.name, args: {}, ...(select.length === 0 ? {} : { select }) },
    ],
  };
}
