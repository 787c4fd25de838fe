/** Properties that look at something after a call: how they are made, judged, and bound to what the call was about. */
import type { Arbitrary } from 'fast-check';
import { at } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { scenarios } from '../cases/cases.ts';
import type { Inputs } from '../cases/inputs.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import { preferring } from '../cases/prefer.ts';
import type { Plan } from '../cases/producers.ts';
import { type Binding, emptyInput, type Input, type Scenario, type Source, type Step } from '../cases/scenario.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { onPurpose, saysSomething } from './on-purpose.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';

/** What the looks after a call show. */
export type Verdict =
  | { actual: string; expected: string; shown: Sent[]; check?: string; checked?: Source }
  | 'passed'
  | { skipped: string };

/** How a thing is read. */
export interface Read {
  reader: Operation;
  plan: Plan;
  source: Source;
}

/** True where a GET needs more than its path. */
export function needsMore(reader: Operation): boolean {
  return reader.parameters.some((parameter) => parameter.required && parameter.in !== 'path');
}

/** The property of an operation: after each call with success, `after` is asked for and `verdict` says what it shows. */
export function afterwards(
  engine: Engine,
  name: string,
  operation: Operation,
  after: (plan: Plan) => Operation[],
  bindingsOf: (plan: Plan, call: number) => Binding[],
  verdict: (call: Sent, checks: Sent[], before: Sent[]) => Verdict,
  runs: number,
): Property {
  const plan = engine.planFor(operation);
  const checks = after(plan);
  const drawn = (setup: (one: Operation) => Inputs, call: Arbitrary<Input>): Arbitrary<Scenario> =>
    scenarios({
      plan,
      call: call.map((input) => ({ input, valid: true })),
      inputs: setup,
      accepts: (one, input) => engine.accepts(one, input),
      episodes: [],
      after: (_, index) =>
        checks.map((check): Step => ({
          role: 'check',
          operation: check,
          input: emptyInput(),
          bindings: bindingsOf(plan, index),
          valid: true,
        })),
    });
  const { arbitrary } = engine.inputsFor(operation);
  const random = drawn((one) => engine.inputsFor(one), preferring(arbitrary, saysSomething));
  const first = onPurpose(engine, operation);
  return {
    ref: {
      id: `stateful ${name} ${operation.id}`,
      clause: operation.pointer,
      kind: 'stateful',
      operation: operation.id,
    },
    runs,
    serial: !isolated(engine, operation),
    needs: [...plan.setup.map((step) => step.operation.id), operation.id, ...checks.map((check) => check.id)],
    arbitrary(index) {
      const purpose = first[index]?.();
      return purpose === undefined ? random : drawn(purpose.setup, purpose.call);
    },
    judge: (scenario) => judge(engine, scenario, verdict),
  };
}

async function judge(
  engine: Engine,
  scenario: Scenario,
  verdict: (call: Sent, checks: Sent[], before: Sent[]) => Verdict,
): Promise<Judgement> {
  const ran = await engine.runner.run(scenario);
  const sent = sentOnly(ran.sent);
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (call === undefined || call.answer.kind !== 'answer' || call.answer.status < 200 || call.answer.status > 299) {
    const said = call === undefined ? 'the call was not made' : describeAnswer(call.answer);
    return {
      kind: 'discarded',
      sent,
      reason: ran.kind === 'ran' ? `${call?.operation.id ?? ''} answered ${said}` : ran.reason,
    };
  }
  if (ran.kind !== 'ran') return { kind: 'discarded', sent, reason: ran.reason };
  if (call.answer.status === 202) return { kind: 'discarded', sent, reason: `${call.operation.id} was only accepted` };
  const outcome = verdict(call, sent.slice(focus + 1), sent.slice(0, focus));
  if (outcome === 'passed') return { kind: 'passed', sent };
  if ('skipped' in outcome) return { kind: 'discarded', sent, reason: outcome.skipped };
  return {
    kind: 'failed',
    sent,
    focus,
    shown: outcome.shown.map((one) => sent.indexOf(one)),
    actual: outcome.actual,
    expected: outcome.expected,
    ...(outcome.check === undefined ? {} : { check: outcome.check }),
    ...(outcome.checked === undefined ? {} : { checked: outcome.checked }),
  };
}

/** Bindings of a reader's path on a resource that the call itself makes. */
export function bindCreated(creator: Plan, read: Read, call: number): Binding[] {
  return read.plan.bindings.map((binding) => {
    if (binding.from.step === read.source.step) return { into: binding.into, from: { ...binding.from, step: call } };
    const key = [...read.plan.resources].find(([, source]) => source.step === binding.from.step)?.[0];
    return { into: binding.into, from: (key === undefined ? undefined : creator.resources.get(key)) ?? binding.from };
  });
}

/** Bindings of a reader's path on the resource that the plan of a changing operation already uses. */
export function bindShared(plan: Plan, changer: Operation, read: Read): Binding[] {
  const own = segmentsOf(changer.path);
  const bindings: Binding[] = [];
  segmentsOf(read.reader.path).forEach((segment, index) => {
    const mine = parametersIn(own[index] ?? '')[0];
    const theirs = parametersIn(segment)[0];
    const binding = plan.bindings.find((one) => mine !== undefined && one.into === at('/path', mine));
    if (theirs !== undefined && binding !== undefined) bindings.push({ into: at('/path', theirs), from: binding.from });
  });
  return bindings;
}
