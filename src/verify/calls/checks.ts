/** All properties of an OpenRPC contract, in the order in which they are run. */
import fc from 'fast-check';
import { at, type JsonValue, type PropertyRef, valueAt } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { namedPointer } from '../../spec/text/places.ts';
import { schemaInstances } from '../cases/schema-instances.ts';
import { confirmedEarly } from '../early.ts';
import { equalJson } from '../equal-json.ts';
import type { BookedRule } from '../rules/rules.ts';
import { callScenarios } from './cases.ts';
import { type CallEngine, declaredError } from './engine.ts';
import { ruleProperty, sharedRules } from './invariants.ts';
import { outputRider, protocolOf } from './protocol.ts';
import type { CallJudgement, CallProperty, CallRider } from './property.ts';
import { rejectionsOf } from './rejection.ts';
import { type CallScenario, describeOutcome, isExpression, type Made } from './scenario.ts';
import { asSeen, notRefusedAt, refusedAt, RESERVED } from './shown.ts';

export interface DerivedCalls {
  active: CallProperty[];
  riders: CallRider[];
  undecidable: { ref: PropertyRef; reason: string }[];
  /** Places of which not all keywords are broken: a limit was met. */
  cut: readonly string[];
}

const MAX_NOTABLE = 80;

/** Derives the properties. Methods that need nothing come first. */
export function callProperties(engine: CallEngine): DerivedCalls {
  const active: CallProperty[] = [];
  const undecidable: DerivedCalls['undecidable'] = [];
  const blocked = new Set<string>();
  const answering = engine.spec.methods.filter(({ result }) => result !== undefined);
  const methods = answering.toSorted((a, b) => engine.planFor(a).setup.length - engine.planFor(b).setup.length);
  for (const method of methods) {
    const reason = engine.obstacle(method);
    if (reason === undefined) active.push(acceptanceOf(engine, method));
    else {
      blocked.add(method.name);
      undecidable.push({ ref: refOf(method), reason });
    }
  }
  const open = methods.filter(({ name }) => !blocked.has(name));
  const early = confirmedEarly(methods.length);
  const cut: string[] = [];
  for (const method of open) {
    active.push(...linksOf(engine, method), ...purityOf(engine, method));
    active.push(...rejectionsOf(engine, method, early, (place) => cut.push(place)));
  }
  active.push(...protocolOf(engine, open));
  for (const booked of engine.rules.all) {
    if (booked.invariant.scope === 'schema') continue;
    const property = ruleProperty(engine, booked);
    if ('reason' in property) undecidable.push(property);
    else active.push(property);
  }
  return { active, riders: ridersOf(engine, answering), undecidable, cut };
}

function refOf(method: Method): PropertyRef {
  return { id: `acceptance ${method.name}`, clause: method.pointer, kind: 'acceptance', operation: method.name };
}

/** Valid parameters are accepted: a result, or an error that the contract declares. */
function acceptanceOf(engine: CallEngine, method: Method): CallProperty {
  const params = engine.paramsFor(method);
  const stride = Math.max(1, Math.ceil(params.notable.length / MAX_NOTABLE));
  const first = params.notable.filter(({ drawn }, index) => !drawn || index % stride === 0);
  const random = callScenarios(engine, method, { params: params.arbitrary('open'), valid: true, history: true });
  const fixed = first.map((one) =>
    callScenarios(engine, method, {
      params: one.drawn ? params.around(one.params) : fc.constant(one.params),
      valid: true,
      unbound: Object.keys(one.params),
      history: false,
    }),
  );
  const free = callScenarios(engine, method, {
    params: params.arbitrary('open'),
    valid: true,
    unbound: method.parameters.map(({ name }) => name),
    history: false,
  });
  let results = 0;
  return {
    ref: refOf(method),
    runs: Math.max(engine.runs, first.length),
    serial: !method.pure && engine.planFor(method).setup.length > 0,
    needs: needsOf(engine, method),
    // Now and then also with values that no other call has made.
    arbitrary: (index) => fixed[index] ?? (index % 8 === 7 ? free : random),
    async judge(scenario) {
      const ran = await engine.run(scenario);
      const focus = ran.made.findIndex(({ role }) => role === 'call');
      const call = ran.made[focus];
      if (call === undefined)
        return { kind: 'discarded', made: ran.made, reason: ran.kind === 'unusable' ? ran.reason : 'no call' };
      if (call.outcome.kind === 'result') results++;
      const refusal = refusalOf(engine, call);
      if (refusal === undefined) return { kind: 'passed', made: ran.made };
      return { kind: 'failed', made: ran.made, focus, ...refusal, test: refusedAt(focus) };
    },
    conclude: () =>
      results > 0 ? {} : { reason: `no call with valid parameters returned a result, so nothing of it was seen` },
  };
}

function needsOf(engine: CallEngine, method: Method): string[] {
  return [...engine.planFor(method).setup.map((step) => step.method.name), method.name];
}

/** Why a valid call was not accepted; undefined where it was. */
function refusalOf(
  engine: CallEngine,
  { method, outcome, params }: Made,
): { actual: string; expected: string } | undefined {
  const expected = 'valid parameters are accepted';
  const actual = describeOutcome(outcome);
  if (outcome.kind === 'result') return undefined;
  if (outcome.kind === 'fault') return outcome.reason === 'malformed' ? undefined : { actual, expected };
  const code = declaredError(method, outcome)?.code ?? outcome.code;
  if (code === undefined || !RESERVED.includes(code)) return undefined;
  if (code === -32602 && engine.rules.excuses(method, params)) return undefined;
  return { actual, expected };
}

/** What a link leads to can be called with what it gives. */
function linksOf(engine: CallEngine, method: Method): CallProperty[] {
  return method.links.flatMap((link): CallProperty[] => {
    const target = engine.spec.methods.find(({ name }) => name === link.method);
    if (target === undefined || target.result === undefined || engine.obstacle(target) !== undefined) return [];
    const given = Object.entries(link.params);
    const bound = given.filter(([, template]) => isExpression(template));
    const constant = Object.fromEntries(given.filter(([, template]) => !isExpression(template)));
    const whole = target.parameters.every(({ name }) => Object.hasOwn(link.params, name));
    const sources = callScenarios(engine, method, {
      params: engine.paramsFor(method).arbitrary('wished'),
      valid: true,
      history: false,
    });
    const targets = engine.paramsFor(target).around(constant);
    let results = 0;
    let errors = 0;
    return [
      {
        ref: {
          id: `link ${method.name} ${link.name}`,
          clause: link.pointer,
          kind: 'stateful',
          operation: method.name,
        },
        runs: Math.ceil(engine.runs / 2),
        serial: true,
        needs: [...needsOf(engine, method), target.name],
        arbitrary: () =>
          fc.tuple(sources, targets).map(([before, params]): CallScenario => {
            const steps = before.map((step) => (step.role === 'call' ? { ...step, role: 'setup' as const } : step));
            const bindings = bound.map(([param, template]) => ({ param, step: steps.length - 1, template }));
            const byName = steps.at(-1)?.byName === true;
            return [...steps, { role: 'call', method: target, params, bindings, valid: true, byName }];
          }),
        async judge(scenario): Promise<CallJudgement> {
          const ran = await engine.run(scenario);
          const { made } = ran;
          const focus = made.findIndex(({ role }) => role === 'call');
          const call = made[focus];
          if (call === undefined)
            return { kind: 'discarded', made, reason: ran.kind === 'unusable' ? ran.reason : 'no call' };
          if (call.outcome.kind === 'result') {
            results++;
            return { kind: 'passed', made };
          }
          const expected = `${target.name} can be called with what ${method.name} returned (link ${link.name})`;
          const refusal = refusalOf(engine, call);
          const test = `answers[${focus}].result === undefined`;
          if (refusal !== undefined) return { kind: 'failed', made, focus, actual: refusal.actual, expected, test };
          errors++;
          // Where the link gives all there is to give, no other parameter can be the reason.
          if (whole && call.outcome.kind === 'error' && !engine.rules.excuses(target, call.params))
            return { kind: 'failed', made, focus, actual: describeOutcome(call.outcome), expected, test };
          return { kind: 'passed', made };
        },
        conclude: () =>
          results > 0 || errors === 0
            ? {}
            : { reason: `the link never led to a result: ${errors} calls ended in errors` },
      },
    ];
  });
}

/** `x-pure`: the same arguments give the same result, whatever was called in between, and are left as they were. */
function purityOf(engine: CallEngine, method: Method): CallProperty[] {
  if (!method.pure) return [];
  const params = engine.paramsFor(method);
  const scenarios = callScenarios(engine, method, {
    params: params.arbitrary('open'),
    valid: true,
    history: false,
  }).map((scenario): CallScenario => {
    const call = scenario.at(-1);
    if (call === undefined) return scenario;
    const same = { ...call, meet: 0 };
    return [...scenario.slice(0, -1), same, { ...same, role: 'again' }];
  });
  return [
    {
      ref: {
        id: `pure ${method.name}`,
        clause: at(method.pointer, 'x-pure'),
        kind: 'stateful',
        operation: method.name,
      },
      runs: Math.ceil(engine.runs / 2),
      // Over a wire other calls would come in between.
      serial: engine.wired,
      needs: [method.name],
      arbitrary: () => scenarios,
      async judge(scenario) {
        const { made } = await engine.run(scenario);
        const [first, second] = [made.at(-2), made.at(-1)];
        if (first === undefined || second === undefined || second.role !== 'again')
          return { kind: 'discarded', made, reason: 'no call' };
        const focus = made.length - 1;
        const changed = [first, second].some(({ outcome }) => outcome.notes?.changedArguments === true);
        if (changed)
          return {
            kind: 'failed',
            made,
            focus,
            actual: 'it changed them',
            expected: 'its arguments stay as they were',
            test: `answers[${focus - 1}].changed || answers[${focus}].changed`,
          };
        if (equalJson(essence(first), essence(second))) return { kind: 'passed', made };
        const actual = `first ${describeOutcome(first.outcome)}, then ${describeOutcome(second.outcome)}`;
        const test = `!like(answers[${focus}], answers[${focus - 1}])`;
        return { kind: 'failed', made, focus, actual, expected: 'the same arguments give the same result', test };
      },
    },
  ];
}

function essence({ outcome }: Made): JsonValue {
  if (outcome.kind === 'result') return { result: outcome.value };
  return outcome.kind === 'error'
    ? { error: outcome.code ?? outcome.name ?? outcome.message }
    : { fault: outcome.reason };
}

function ridersOf(engine: CallEngine, methods: Method[]): CallRider[] {
  return [
    ...methods.map((method) => conformanceOf(engine, method)),
    ...schemaRules(engine),
    ...sharedRules(engine),
    ...(engine.wired && methods.length > 0 ? [outputRider(methods)] : []),
  ];
}

/** What a valid call brings is what the contract says: the result by its schema, an error that is declared. */
function conformanceOf(engine: CallEngine, method: Method): CallRider {
  const onlyNull = isOnlyNull(engine, method);
  const named = (clause: string): string => namedPointer(engine.spec.document, clause);
  return {
    ref: {
      id: `conformance ${method.name}`,
      clause: method.result?.pointer ?? method.pointer,
      kind: 'conformance',
      operation: method.name,
    },
    methods: [method.name],
    check({ outcome, params }) {
      const actual = describeOutcome(outcome);
      if (outcome.kind === 'fault')
        // Silence is the matter of acceptance; asking again would cost as long once more.
        return outcome.reason === 'silent' || outcome.shared === true
          ? { seen: 0 }
          : {
              seen: 1,
              finding: {
                actual,
                expected: 'a result or an error as the contract says',
                test: (index) => `answers[${index}].fault !== undefined`,
              },
            };
      if (outcome.kind === 'error') {
        const declared = declaredError(method, outcome);
        if (declared === undefined) {
          if (outcome.code !== undefined && RESERVED.includes(outcome.code)) return { seen: 0 };
          const known = method.errors.map(({ code, message }) => `${code} ${message}`.trim()).join(', ');
          return {
            seen: 1,
            finding: {
              actual,
              expected: known === '' ? 'no error, as none is declared' : `a declared error: ${known}`,
              test: (index) => `answers[${index}].error !== undefined && ${notRefusedAt(index, method, RESERVED)}`,
            },
          };
        }
        if (declared.data === undefined) return { seen: 1 };
        const [problem] = engine.schemas.validate(declared.data, outcome.data ?? null, 'response');
        if (problem === undefined) return { seen: 1 };
        if (problem.unchecked === true) return { seen: 0, doubt: `data of error ${declared.code} ${problem.message}` };
        const expected = `data of error ${declared.code}: ${problem.instancePath} ${problem.message} (${named(problem.clause)})`;
        return { seen: 1, finding: { actual, expected } };
      }
      if (method.result === undefined) return { seen: 1 };
      if (outcome.notes?.nothing === true && !onlyNull)
        return {
          seen: 1,
          finding: {
            actual: 'it returned nothing (undefined)',
            expected: 'a result as the contract says',
            test: (index) => `answers[${index}].nothing`,
          },
        };
      const [problem] = engine.schemas.validate(method.result.schema, outcome.value, 'response');
      if (problem?.unchecked === true) return { seen: 0, doubt: `the result ${problem.message}` };
      if (problem !== undefined) {
        const { instancePath, message, clause } = problem;
        const expected = `${instancePath} ${message} (${named(clause)})`.trim();
        return { seen: 1, finding: { actual, expected, test: (index) => asSeen(index, instancePath) } };
      }
      const example = method.pure ? method.examples.find((one) => equalJson(one.params, params)) : undefined;
      if (example?.result === undefined || equalJson(example.result, outcome.value)) return { seen: 1 };
      const expected = `${JSON.stringify(example.result)}, as the example ${example.name} says (${example.pointer})`;
      return { seen: 1, finding: { actual, expected } };
    },
  };
}

/** True for a method that answers without a value: its result is null and nothing else. */
function isOnlyNull(engine: CallEngine, { result }: Method): boolean {
  if (result === undefined) return true;
  const schema = valueAt(engine.spec.document, engine.spec.follow(result.schema) ?? result.schema);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false;
  return schema['type'] === 'null' || schema['const'] === null;
}

function schemaRules(engine: CallEngine): CallRider[] {
  return engine.rules.all.flatMap((booked: BookedRule): CallRider[] => {
    const { invariant } = booked;
    const { schema } = invariant;
    if (invariant.scope !== 'schema' || schema === undefined) return [];
    return [
      {
        ref: { id: `invariant ${invariant.id}`, clause: invariant.pointer, kind: 'invariant' },
        methods: invariant.operations,
        check({ method, outcome }) {
          if (outcome.kind !== 'result' || method.result === undefined) return { seen: 0 };
          if (booked.problem !== undefined) return { seen: 0, doubt: booked.problem };
          const parts = schemaInstances(
            engine.spec,
            engine.schemas,
            method.result.schema,
            outcome.value,
            schema,
            'response',
          );
          for (const self of parts) {
            const told = engine.rules.evaluate(booked, { self, constant: engine.rules.constants });
            if (told.kind === 'error') return { seen: 0, doubt: `the rule cannot be evaluated: ${told.message}` };
            if (told.value === true) continue;
            const expected = `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`;
            return {
              seen: parts.length,
              finding: { actual: `self is ${JSON.stringify(self)}`.slice(0, 1000), expected },
            };
          }
          return { seen: parts.length };
        },
      },
    ];
  });
}
