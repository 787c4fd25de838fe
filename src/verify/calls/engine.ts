/** What the properties of one run on methods share, and how their scenarios are run. */
import type { JsonObject, JsonValue } from '../../events/index.ts';
import type { Method, Spec } from '../../spec/model.ts';
import type { Schemas } from '../schema-port.ts';
import { paramsOf, type Params } from './inputs.ts';
import type { CallKeeper } from './keeper.ts';
import { met } from './meet.ts';
import { callPlans, type CallPlan } from './plan.ts';
import { type MethodRules, methodRules } from './rules.ts';
import { type CallScenario, type CallStep, describeOutcome, filled, type Made, wireOf } from './scenario.ts';

export interface CallEngine {
  spec: Spec;
  schemas: Schemas;
  rules: MethodRules;
  seed: number;
  /** Cases of a property that explores. */
  runs: number;
  /** True where the subject is asked over a wire, so that the rules of JSON-RPC hold for it. */
  wired: boolean;
  planFor(method: Method): CallPlan;
  paramsFor(method: Method): Params;
  /** Why no case of a method can be made; undefined where it can. */
  obstacle(method: Method): string | undefined;
  /** Notes that a method did not answer in time. */
  silent(method: string): void;
  /** Takes note of a method that there is no function for: what needs it is not called any more. */
  lacks(method: string): void;
  /** Why one of these methods is called no more: it did not answer in time before; undefined where all are. */
  muteReason(methods: readonly string[]): string | undefined;
  /** True for an error with which a method may answer. */
  declares(method: Method, outcome: Made['outcome']): boolean;
  call(step: Omit<CallStep, 'role' | 'bindings'> & { role: string }): Promise<Made>;
  /** Sends a line as it is; see {@link CallSubject.line}. */
  line(text: string, timeoutMs: number): Promise<JsonValue | undefined>;
  /**
   * The parameters of a step after the calls before it; undefined where one of them brought no value. A parameter that
   * is `fixed` meets nothing.
   */
  bound(step: CallStep, made: Made[], fixed?: (param: string) => boolean): JsonObject | undefined;
  /** Makes the calls of a scenario one after the other, up to the first whose bindings have no value. */
  run(scenario: CallScenario): Promise<RanCalls>;
}

export type RanCalls = { kind: 'ran'; made: Made[] } | { kind: 'unusable'; made: Made[]; reason: string };

export interface CallEngineOptions {
  spec: Spec;
  schemas: Schemas;
  keeper: () => CallKeeper;
  seed: number;
  runs: number;
  today: string;
  timeoutMs: number;
  wired: boolean;
}

/** Times that a method may fail to answer before it is called no more. */
const MAX_SILENCES = 2;

/** Binds a spec, its schemas and a subject together. */
export function createCallEngine(options: CallEngineOptions): CallEngine {
  const { spec, schemas, keeper, timeoutMs } = options;
  const rules = methodRules(spec, schemas, options.today);
  const params = new Map<string, Params>();
  const silences = new Map<string, number>();
  const absent = new Set<string>();
  const engine: CallEngine = {
    spec,
    schemas,
    rules,
    seed: options.seed,
    runs: options.runs,
    wired: options.wired,
    planFor: callPlans(spec),
    paramsFor(method) {
      let known = params.get(method.name);
      if (known === undefined) {
        known = paramsOf(method, schemas, (one) => rules.mayReturn(method, one));
        params.set(method.name, known);
      }
      return known;
    },
    obstacle(method) {
      for (const step of [...engine.planFor(method).setup, { method }]) {
        const { refusal } = engine.paramsFor(step.method);
        if (refusal !== undefined) return `${step.method.name}: ${refusal}`;
      }
      return undefined;
    },
    lacks: (method) => void absent.add(method),
    silent: (method) => void silences.set(method, (silences.get(method) ?? 0) + 1),
    muteReason(methods) {
      if (methods.some((name) => absent.has(name))) return 'it calls a function that the module does not export';
      const mute = methods.find((name) => (silences.get(name) ?? 0) >= MAX_SILENCES);
      return mute === undefined ? undefined : `${mute} did not answer in time before, so it is called no more`;
    },
    declares: (method, outcome) => outcome.kind === 'error' && declaredError(method, outcome) !== undefined,
    async call({ role, method, params: given, valid, byName }) {
      // A function takes its arguments by position wherever the contract lets it.
      const wire = wireOf(method, given, byName && options.wired);
      const outcome = await keeper().call(method.name, wire, timeoutMs);
      return { role, method, params: given, wire, valid, bindings: [], outcome };
    },
    line: async (text, limitMs) => keeper().subject.line?.(text, limitMs),
    bound(step, made, fixed) {
      const params = boundParams(step, made);
      if (params === undefined || !step.valid || (step.meet ?? 0) === 0) return params;
      const open = Object.keys(params).filter(
        (name) => fixed?.(name) !== true && !step.bindings.some(({ param }) => param === name),
      );
      return met(params, open, step.meet ?? 0, made, engine.paramsFor(step.method).valid);
    },
    async run(scenario) {
      const made: Made[] = [];
      const past = scenario.flatMap(({ role, method }) => (role === 'history' ? [method.name] : []));
      const mute = engine.muteReason(past);
      if (mute !== undefined) return { kind: 'unusable', made, reason: mute };
      const independent = scenario.every(
        ({ bindings, meet, role }) => bindings.length === 0 && !meet && role !== 'setup',
      );
      // A module is called in the order in which it is asked, so that nothing comes in between.
      if (independent && scenario.length > 1 && !options.wired)
        return upToFault(await Promise.all(scenario.map((step) => engine.call(step))));
      for (const step of scenario) {
        const bound = engine.bound(step, made);
        if (bound === undefined)
          return { kind: 'unusable', made, reason: `${step.method.name}: a call before it brought no value for it` };
        const one = await engine.call({ ...step, params: bound });
        made.push({ ...one, bindings: step.bindings });
        if (one.outcome.kind === 'fault' && one.outcome.reason !== 'malformed') return upToFault(made);
        const failed = step.role === 'setup' && one.outcome.kind !== 'result';
        if (failed) return { kind: 'unusable', made, reason: `${step.method.name} did not return a result` };
      }
      return { kind: 'ran', made };
    },
  };
  return engine;
}

/** What follows a call that broke says nothing: what went before it may be gone. */
function upToFault(made: Made[]): RanCalls {
  const broken = made.findIndex(({ outcome }) => outcome.kind === 'fault' && outcome.reason !== 'malformed');
  const call = made[broken];
  if (call === undefined) return { kind: 'ran', made };
  const seen = made.slice(0, broken + 1);
  if (call.role === 'call') return { kind: 'ran', made: seen };
  return { kind: 'unusable', made: seen, reason: `${call.method.name}: ${describeOutcome(call.outcome)}` };
}

function boundParams({ params, bindings, method }: CallStep, made: Made[]): JsonObject | undefined {
  if (bindings.length === 0) return params;
  const bound = { ...params };
  for (const { param, step, template } of bindings) {
    const from = made[step];
    const value = from === undefined ? undefined : filled(template, from);
    if (value === undefined) return undefined;
    bound[param] = value;
  }
  // Parameters keep the order of the contract, so that scripts read like it.
  return Object.fromEntries(
    method.parameters.flatMap(({ name }) => {
      const value = bound[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The declared error that an answer is: by its code, else by the name or the message that the contract gives. */
export function declaredError(
  method: Method,
  outcome: Extract<Made['outcome'], { kind: 'error' }>,
): Method['errors'][number] | undefined {
  if (outcome.code !== undefined) return method.errors.find(({ code }) => code === outcome.code);
  return method.errors.find(
    ({ message }) =>
      message !== '' &&
      (message === outcome.name || outcome.message === message || outcome.message.startsWith(`${message}:`)),
  );
}
