/** The rules that the contract states on methods, one property each, on valid calls with their probes around them. */
import type { Arbitrary } from 'fast-check';
import type { JsonObject } from '../../events/index.ts';
import type { Method, Probe } from '../../spec/model.ts';
import type { RuleScope } from '../../spec/rule/rule.ts';
import { literalsOfRule } from '../cases/literals.ts';
import { createApplications } from '../rules/applications.ts';
import type { BookedRule } from '../rules/rules.ts';
import { callScenarios } from './cases.ts';
import type { CallEngine } from './engine.ts';
import type { CallJudgement, CallProperty, CallRider } from './property.ts';
import { outcomeScope } from './rules.ts';
import { type CallScenario, describeOutcome, type Made } from './scenario.ts';

/** The property of a rule on methods. */
export function ruleProperty(
  engine: CallEngine,
  booked: BookedRule,
): CallProperty | { ref: CallProperty['ref']; reason: string } {
  const { invariant } = booked;
  const methods = invariant.operations.flatMap((name) => engine.spec.methods.filter((one) => one.name === name));
  const [only] = methods;
  const ref: CallProperty['ref'] = {
    id: `invariant ${invariant.id}`,
    clause: invariant.pointer,
    kind: 'invariant',
    ...(methods.length === 1 && only !== undefined ? { operation: only.name } : {}),
  };
  if (booked.problem !== undefined) return { ref, reason: booked.problem };
  if (only === undefined) return { ref, reason: 'the rule names no method' };
  const obstacle = methods.map((one) => engine.obstacle(one)).find((one) => one !== undefined);
  if (obstacle !== undefined) return { ref, reason: obstacle };
  const probes = [...invariant.given, ...invariant.then];
  const touched = [...methods, ...probes.flatMap((probe) => methodOf(engine, probe) ?? [])];
  const arbitraries = (['wished', 'open'] as const).flatMap((wish) =>
    methods.map((method) => {
      const params = engine.paramsFor(method).arbitrary(wish);
      return callScenarios(engine, method, { params, valid: true, history: probes.length > 0 });
    }),
  );
  const runs = engine.runs * Math.min(3, methods.length);
  const notable = methods.flatMap((method) => notableOf(engine, booked, method)).slice(0, Math.ceil(runs / 2));
  const applications = createApplications(booked);
  return {
    ref,
    runs: runs + notable.length,
    serial:
      (probes.length > 0 || methods.some((one) => engine.planFor(one).setup.length > 0)) &&
      !touched.every(({ pure }) => pure),
    needs: methods.flatMap((one) => [...engine.planFor(one).setup.map((step) => step.method.name), one.name]),
    arbitrary(index) {
      const special = index < runs ? undefined : notable[index - runs];
      if (special !== undefined) return special();
      const arbitrary = arbitraries[index % arbitraries.length];
      if (arbitrary === undefined) throw new Error('a rule without methods has no cases');
      return arbitrary;
    },
    judge: (scenario) => judge(engine, booked, scenario, applications),
    conclude: () => applications.conclude(),
  };
}

const MOST_NOTABLE = 60;

/** Cases in which one parameter has a value that the rule names, one beside it, or one at an end of its schema. */
function notableOf(engine: CallEngine, { invariant }: BookedRule, method: Method): (() => Arbitrary<CallScenario>)[] {
  const params = engine.paramsFor(method);
  const bound = new Set(engine.planFor(method).bindings.map(({ param }) => param));
  const named = literalsOfRule(engine.spec, invariant).flatMap((value) =>
    method.parameters
      .filter(({ schema }) => engine.schemas.validate(schema, value, 'request').length === 0)
      .map(({ name }): JsonObject => ({ [name]: value })),
  );
  const given = [...named, ...params.notable.map((one) => one.params)].filter(
    (one) => !Object.keys(one).some((name) => bound.has(name)),
  );
  return given.slice(0, MOST_NOTABLE).map((one) => () => {
    const options = { params: params.around(one), valid: true, unbound: Object.keys(one), history: false };
    return callScenarios(engine, method, options);
  });
}

async function judge(
  engine: CallEngine,
  booked: BookedRule,
  scenario: CallScenario,
  applications: ReturnType<typeof createApplications>,
): Promise<CallJudgement> {
  const { invariant } = booked;
  const callIndex = scenario.findIndex(({ role }) => role === 'call');
  const call = scenario[callIndex];
  const past = await engine.run(scenario.slice(0, callIndex));
  if (past.kind === 'unusable' || call === undefined)
    return { kind: 'discarded', made: past.made, reason: past.kind === 'unusable' ? past.reason : 'no call' };
  // The probes before the call are given its parameters; only those that they do not read may still change.
  const first = engine.bound({ ...call, meet: 0 }, past.made);
  if (first === undefined)
    return { kind: 'discarded', made: past.made, reason: `${call.method.name}: nothing to bind` };
  const scope: RuleScope = engine.rules.scope(first);
  const made = [...past.made];
  const look = async (probe: Probe, role: string): Promise<string | undefined> => {
    const method = methodOf(engine, probe);
    if (method === undefined) return `no method is called ${probe.operation}`;
    const params = engine.rules.probeParams(probe, scope);
    if (params.kind === 'error') return undefined;
    const valid = engine.paramsFor(method).valid(params.params);
    const one = await engine.call({ role, method, params: params.params, valid, byName: call.byName });
    made.push(one);
    scope[probe.name] = outcomeScope(one.outcome);
    return undefined;
  };
  for (const probe of invariant.given) await look(probe, `given ${probe.name}`);
  const focus = made.length;
  const read = JSON.stringify(invariant.given.map(({ body }) => body ?? null));
  const isRead = (param: string): boolean => read.includes(`params.${param}`) || /\bparams\b(?!\.)/.test(read);
  const params = engine.bound(call, made, isRead) ?? first;
  scope['params'] = params;
  const own = await engine.call({ ...call, params });
  made.push({ ...own, bindings: call.bindings });
  const { outcome } = own;
  if (outcome.kind === 'fault')
    return outcome.reason === 'malformed'
      ? { kind: 'discarded', made, reason: outcome.message }
      : { kind: 'undecided', made, reason: `${call.method.name}: ${outcome.message}` };
  // A rule that does not speak of errors is about calls that return.
  if (outcome.kind === 'error' && booked.rule?.references.includes('error') === false)
    return { kind: 'discarded', made, reason: `${call.method.name} ended in ${describeOutcome(outcome)}` };
  Object.assign(scope, outcomeScope(outcome));
  for (const probe of invariant.then) await look(probe, `then ${probe.name}`);
  const broken = made.slice(past.made.length).find((one) => one.outcome.kind === 'fault');
  if (broken !== undefined)
    return { kind: 'undecided', made, reason: `${broken.method.name}: ${describeOutcome(broken.outcome)}` };
  const told = engine.rules.evaluate(booked, scope);
  if (told.kind === 'error' || typeof told.value !== 'boolean') {
    const why = told.kind === 'error' ? told.message : `its value is ${JSON.stringify(told.value)}, not a truth value`;
    return { kind: 'undecided', made, reason: `the rule cannot be evaluated: ${why}` };
  }
  applications.note(scope);
  if (told.value) return { kind: 'passed', made };
  return {
    kind: 'failed',
    made,
    focus,
    actual: whatWasSeen(made.slice(past.made.length)),
    expected: `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`,
  };
}

/** Rules without probes are also looked at on the calls of all other properties. */
export function sharedRules(engine: CallEngine): CallRider[] {
  return engine.rules.all.flatMap((booked): CallRider[] => {
    const { invariant, rule, problem } = booked;
    const probes = invariant.given.length + invariant.then.length;
    if (invariant.scope !== 'method' || probes > 0 || rule === undefined || problem !== undefined) return [];
    const [only, ...more] = invariant.operations;
    if (only === undefined) return [];
    const aboutErrors = rule.references.includes('error');
    return [
      {
        ref: {
          id: `invariant ${invariant.id}`,
          clause: invariant.pointer,
          kind: 'invariant',
          ...(more.length > 0 ? {} : { operation: only }),
        },
        shared: true,
        methods: invariant.operations,
        check({ params, outcome }) {
          if (outcome.kind === 'fault' || (outcome.kind === 'error' && !aboutErrors)) return { seen: 0 };
          const told = engine.rules.evaluate(booked, { ...engine.rules.scope(params), ...outcomeScope(outcome) });
          if (told.kind === 'error' || told.value !== false) return { seen: 1 };
          const expected = `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`;
          return { seen: 1, finding: { actual: describeOutcome(outcome), expected } };
        },
      },
    ];
  });
}

function methodOf(engine: CallEngine, probe: Probe): Method | undefined {
  return engine.spec.methods.find(({ name }) => name === probe.operation);
}

function whatWasSeen(made: Made[]): string {
  const [only] = made;
  if (only !== undefined && made.length === 1) return describeOutcome(only.outcome);
  const text = made
    .map(({ role, method, outcome }) => `${role}: ${method.name} gave ${describeOutcome(outcome)}`)
    .join('; ');
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
