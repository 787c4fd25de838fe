/** Of several creations of the very same thing at once, where the subject takes each only once, exactly one succeeds. */
import fc from 'fast-check';
import type { Operation } from '../../spec/model.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import type { Input, Scenario, Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { IDEMPOTENCY_KEY } from '../cases/names.ts';

const RACERS = 3;
const ATTEMPTS = 12;

/**
 * The property of a `POST` on a collection that all cases share and that documents a conflict. A second thing, sent
 * twice in turn, and a third after it show that it is the sameness that is refused, not that something is used up;
 * below a resource, `racesOf` has a twin for that.
 */
export function uniqueOf(engine: Engine, operation: Operation): Property[] {
  const isShared = segmentsOf(operation.path).every((segment) => parametersIn(segment).length === 0);
  const conflicts = operation.responses.some(({ status }) => status === '409');
  if (operation.method !== 'post' || !isShared || !conflicts || operation.requestBody === undefined) return [];
  if (operation.parameters.some((one) => IDEMPOTENCY_KEY.test(one.name))) return [];
  const plan = engine.planFor(operation);
  // What refers to something made before may be refused because that is used up, after two of them too.
  if (plan.setup.length > 0) return [];
  const call = (input: Input, role: Step['role'], together: boolean): Step => ({
    role,
    operation,
    input,
    bindings: plan.bindings,
    valid: true,
    ...(together ? { together: true } : {}),
  });
  const inputs = engine.inputsFor(operation).arbitrary;
  const arbitrary = fc
    .tuple(inputs, inputs, inputs)
    .map(([one, other, third]): Scenario => [
      ...Array.from({ length: RACERS }, () => call(one, 'call', true)),
      call(one, 'check', false),
      call(other, 'check', false),
      call(other, 'check', false),
      call(third, 'check', false),
    ]);
  return [
    stateProperty(engine, {
      name: `race ${operation.id}`,
      operation,
      runs: Math.max(3, Math.round(engine.runs / 20)),
      needs: [operation],
      attempts: ATTEMPTS,
      arbitrary: () => arbitrary,
      look: (sent) => look(operation, sent),
    }),
  ];
}

function look(operation: Operation, sent: Sent[]): Shown {
  const racers = sent.filter((one) => one.together === true);
  const [again, other, otherAgain, third] = sent.filter((one) => one.role === 'check');
  const focus = sent.findIndex((one) => one.together === true);
  const won = racers.filter(isDone).length;
  const statuses = racers.map((one) => (one.answer.kind === 'answer' ? one.answer.status : 0)).join(', ');
  const isUnique = isRefused(again) && isDone(other) && isRefused(otherAgain) && isDone(third);
  if (!isUnique) return { kind: 'silent', reason: `${operation.id} does not refuse the same a second time` };
  if (won <= 1) return HELD;
  return {
    kind: 'failed',
    focus,
    actual: `${racers.length} at once were answered ${statuses}`,
    expected: 'one success: the same once more is refused, and so is another one that is sent twice',
    check: 'winners > 1',
  };
}

function isRefused(sent: Sent | undefined): boolean {
  return sent?.answer.kind === 'answer' && [400, 409, 422].includes(sent.answer.status);
}
