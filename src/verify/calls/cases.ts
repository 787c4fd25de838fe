/** Scenarios around one call: what it needs before it, and sometimes a history. */
import fc, { type Arbitrary } from 'fast-check';
import type { JsonObject } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import type { CallEngine } from './engine.ts';
import type { CallBinding, CallScenario, CallStep } from './scenario.ts';

const MAX_HISTORY = 4;

export interface CaseOptions {
  params: Arbitrary<JsonObject>;
  valid: boolean;
  /** Parameters that must keep what was drawn for them. */
  unbound?: string[];
  /** Whether other calls may come between what it needs and the call. */
  history: boolean;
  /** Steps after the call, which may be bound to it by its index. */
  after?: (callIndex: number) => CallStep[];
}

/** Scenarios of a method. */
export function callScenarios(engine: CallEngine, method: Method, options: CaseOptions): Arbitrary<CallScenario> {
  const plan = engine.planFor(method);
  const setup = plan.setup.map((step) => engine.paramsFor(step.method).arbitrary('wished'));
  const bindings = plan.bindings.filter(({ param }) => options.unbound?.includes(param) !== true);
  const others = options.history ? historyOf(engine, plan.setup) : [];
  const history =
    others.length === 0
      ? fc.constant([])
      : fc.oneof(
          { weight: 2, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(fc.oneof(...others), { minLength: 1, maxLength: MAX_HISTORY }) },
        );
  const meets = options.valid && options.unbound === undefined ? fc.oneof(fc.constant(0), fc.nat(511)) : fc.constant(0);
  return fc
    .tuple(fc.tuple(...setup), history, options.params, fc.boolean(), meets)
    .map(([before, past, params, byName, meet]): CallScenario => {
      const steps: CallStep[] = plan.setup.map((step, index) => ({
        role: 'setup',
        method: step.method,
        params: before[index] ?? {},
        bindings: step.bindings,
        valid: true,
        byName,
      }));
      for (const one of past) steps.push({ ...one, byName });
      const call: CallStep = { role: 'call', method, params, bindings, valid: options.valid, byName, meet };
      return [...steps, call, ...(options.after?.(steps.length) ?? [])];
    });
}

/** Calls of other methods on what the set-up made. */
function historyOf(engine: CallEngine, setup: { method: Method }[]): Arbitrary<Omit<CallStep, 'byName'>>[] {
  return engine.spec.methods
    .filter((method) => !method.pure && engine.paramsFor(method).refusal === undefined)
    .flatMap((method) => {
      const plan = engine.planFor(method);
      const bindings: CallBinding[] = [];
      for (const binding of plan.bindings) {
        const maker = plan.setup[binding.step]?.method;
        const step = setup.findIndex((one) => one.method === maker);
        if (step < 0) return [];
        bindings.push({ ...binding, step });
      }
      return [
        engine
          .paramsFor(method)
          .arbitrary('wished')
          .map((params) => ({ role: 'history' as const, method, params, bindings, valid: true })),
      ];
    });
}
