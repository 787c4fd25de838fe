/** Takes a case to where its rule turns: by another value of the call, or of what came before it. */
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { RuleScope } from '../../spec/rule/rule.ts';
import { withValue } from '../cases/resolve.ts';
import type { Input, Scenario } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { type Brink, brinksOf } from '../rules/brink.ts';
import type { BookedRule } from '../rules/rules.ts';

/** Another input of one step of a scenario. */
export interface Moved {
  index: number;
  input: Input;
  /** True where the step has but the name of what is to change. */
  guessed?: true;
}

/** The step that takes the call to one of the rule's brinks; undefined where none can. `scope` is what was known before. */
export function movedToBrink(
  engine: Engine,
  { rule }: BookedRule,
  scenario: Scenario,
  scope: RuleScope,
  { turn, beside }: { turn: number; beside: number },
): Moved | undefined {
  const callIndex = scenario.findIndex(({ role }) => role === 'call');
  if (rule === undefined) return undefined;
  const found = brinksOf(rule, scope, beside).flatMap((one) =>
    one.chain[0] === 'request'
      ? (movedCall(engine, scenario, callIndex, one) ?? [])
      : (movedPast(engine, scenario, callIndex, one) ?? []),
  );
  const sure = found.filter(({ guessed }) => guessed !== true);
  const moves = sure.length > 0 ? sure : found;
  return moves[turn % moves.length];
}

function movedCall(engine: Engine, scenario: Scenario, index: number, { chain, wanted }: Brink): Moved | undefined {
  const [, place, ...members] = chain;
  const step = scenario[index];
  if (step === undefined || (place !== 'body' && place !== 'query') || members.length === 0) return undefined;
  const into = at('', place, ...members);
  if (step.bindings.some((binding) => binding.into === into)) return undefined;
  const changed = withValue(step.input, into, wanted);
  const { operation } = step;
  const fits = (input: Input): boolean => engine.accepts(operation, input) && engine.rules.mayAccept(operation, input);
  // Where a leave may not end before it starts, its other day goes along.
  const together = [changed, withOthers(changed, wanted)].find(fits);
  if (together !== undefined) return { index, input: together };
  return engine.accepts(operation, changed) ? { index, input: changed } : undefined;
}

/** All days of the body at once, where a day is moved. */
function withOthers(input: Input, wanted: JsonValue): Input {
  if (typeof wanted !== 'string' || !isObject(input.body)) return input;
  const isDay = (value: JsonValue): boolean => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  const members = Object.entries(input.body).map(([name, value]) => [name, isDay(value) ? wanted : value] as const);
  return { ...input, body: Object.fromEntries(members) };
}

/** What a look shows was often sent as it is, under the same name: that step is the one to change. */
function movedPast(
  engine: Engine,
  scenario: Scenario,
  callIndex: number,
  { chain, held, wanted }: Brink,
): Moved | undefined {
  const name = chain.at(-1) ?? '';
  if (typeof held !== 'number' || typeof wanted !== 'number') return undefined;
  const steps = scenario.slice(0, callIndex).flatMap((step, index) => {
    const sent = valueAt(step.input.body ?? null, at('', name));
    return typeof sent === 'number' ? [{ step, index, sent }] : [];
  });
  const same = steps.findLast(({ sent }) => sent === held);
  const own = same ?? steps.at(-1);
  if (own === undefined) return undefined;
  const input = withValue(own.step.input, at('/body', name), own.sent + wanted - held);
  if (!engine.accepts(own.step.operation, input)) return undefined;
  return { index: own.index, input, ...(same === undefined ? { guessed: true } : {}) };
}
