/**
 * `If-Match` with a tag that the thing does not have keeps a change from being made (RFC 9110 §13.1.1): `rejection`, where
 * the contract documents 412.
 */
import { at } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Scenario } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer } from '../wire/execute.ts';
import { inTurn } from './in-turn.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';

/** Tags that no service gives out. */
const TAGS = ['"0-never-given-0"', 'W/"0-never-given-0"'];

/** The property of a change that takes the header and says what it answers. */
export function conditionsOf(engine: Engine, operation: Operation): Property[] {
  const header = operation.parameters.find((one) => one.in === 'header' && /^if-match$/i.test(one.name));
  const documents = operation.responses.some(({ status }) => status === '412');
  if (header === undefined || !documents || !['put', 'patch', 'delete'].includes(operation.method)) return [];
  const fits = (tag: string): boolean =>
    header.schema === undefined || engine.schemas.validate(header.schema, tag, 'request').length === 0;
  const tags = TAGS.filter(fits);
  const bindings = engine.planFor(operation).bindings.filter(({ into }) => into !== at('/headers', header.name));
  return inTurn(engine, operation, {
    title: 'stale If-Match',
    kind: 'rejection',
    clause: header.pointer,
    cases: tags.map((tag) => ({
      call: engine.inputsFor(operation).arbitrary.map((input) => ({
        input: { ...input, headers: { ...input.headers, [header.name]: tag } },
        valid: true,
        bindings,
      })),
    })),
    judge: (scenario) => judge(engine, scenario),
  });
}

async function judge(engine: Engine, scenario: Scenario): Promise<Judgement> {
  const ran = await engine.runner.run(scenario);
  const sent = sentOnly(ran.sent);
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (ran.kind !== 'ran' || call?.answer.kind !== 'answer')
    return { kind: 'discarded', sent, reason: ran.kind === 'ran' ? 'no call' : ran.reason };
  if (call.answer.status >= 300 && call.answer.status < 500) return { kind: 'passed', sent };
  return {
    kind: 'failed',
    sent,
    focus,
    statusOnly: true,
    actual: describeAnswer(call.answer),
    expected: 'status 412: the entity tag is none of the thing that is changed (RFC 9110 §13.1.1)',
  };
}
