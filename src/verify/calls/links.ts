/** What a link leads to can be called with what it gives. */
import fc from 'fast-check';
import type { Method } from '../../spec/model.ts';
import { needsOf, refusalOf } from './acceptance.ts';
import { callScenarios } from './cases.ts';
import type { CallEngine } from './engine.ts';
import type { CallJudgement, CallProperty } from './property.ts';
import { type CallScenario, describeOutcome, isExpression } from './scenario.ts';

/** The properties of the links of a method. */
export function linksOf(engine: CallEngine, method: Method): CallProperty[] {
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
