/** What properties about ids that nobody has made have in common: a few kinds of calls in turn, and one look at each. */
import fc, { type Arbitrary } from 'fast-check';
import { at } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Scenario } from '../cases/scenario.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Ran, type Sent } from '../wire/execute.ts';
import { judgeShared } from './pool.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';

export interface UnknownThings {
  engine: Engine;
  operation: Operation;
  /** `unknown id`: what stands in the name of the property. */
  title: string;
  /** Of the response that documents the refusal. */
  status: string;
  /** Taken in turn. */
  cases: readonly Arbitrary<Scenario>[];
  look: (call: Sent) => Look | Promise<Look>;
}

/** What an answer shows; a failed one says what was expected, a discarded one why it says nothing. */
export type Look = 'passed' | { expected: string } | { discarded: string };

/** The property. */
export function unknownThings({ engine, operation, title, status, cases, look }: UnknownThings): Property {
  const plan = engine.planFor(operation);
  return {
    ref: {
      id: `rejection ${operation.id} ${title}`,
      clause: at(operation.pointer, 'responses', status),
      kind: 'rejection',
      operation: operation.id,
    },
    runs: Math.max(cases.length * 2, Math.round(engine.runs / 10)),
    serial: !isolated(engine, operation),
    needs: [...plan.setup.map((step) => step.operation.id), operation.id],
    arbitrary: (index) => cases[index % cases.length] ?? fc.constant([]),
    judge: (scenario) => judgeShared(engine, scenario, (ran) => judge(ran, look)),
  };
}

async function judge(ran: Ran, look: UnknownThings['look']): Promise<Judgement> {
  const sent = sentOnly(ran.sent);
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (call === undefined) return { kind: 'discarded', sent, reason: ran.kind === 'ran' ? 'no call' : ran.reason };
  const seen = await look(call);
  if (seen === 'passed') return { kind: 'passed', sent };
  if ('discarded' in seen) return { kind: 'discarded', sent, reason: seen.discarded };
  return {
    kind: 'failed',
    sent,
    focus,
    statusOnly: true,
    actual: describeAnswer(call.answer),
    expected: seen.expected,
  };
}
