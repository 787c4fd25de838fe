/** Reads of something that a case has filled itself, so that they show more than an empty list, on a fresh subject too. */
import fc, { type Arbitrary } from 'fast-check';
import type { Operation } from '../../spec/model.ts';
import { type Call, scenarios, setupInput } from '../cases/cases.ts';
import { bindingsAt, type Episode } from '../cases/history.ts';
import { oneOf } from '../cases/one-of.ts';
import { emptyInput, type Input, type Scenario } from '../cases/scenario.ts';
import { type Engine, isolated } from '../run/engine.ts';

/** Things that are made before the call. */
const MADE = 4;
/** Such scenarios hold on to all that may happen before a call, so only those of so many properties are kept. */
export const RECENT = 16;

/** Scenarios of a call after things were made that it may show; after anything that may happen, where nothing makes any. */
export function afterMaking(engine: Engine, operation: Operation, call: Arbitrary<Call>): Arbitrary<Scenario> {
  const all = engine.episodesFor(operation);
  const making = all.filter(({ steps }) => steps.at(-1)?.operation.method === 'post');
  const plain = scenarios({
    plan: engine.planFor(operation),
    call,
    inputs: (one) => engine.inputsFor(one),
    accepts: (one, input) => engine.accepts(one, input),
    episodes: making.length > 0 ? [] : all,
  });
  if (making.length === 0) return plain;
  const rounds = (episode: Episode): Arbitrary<[Episode, Input[][]]> =>
    fc.tuple(
      fc.constant(episode),
      fc.array(fc.tuple(...episode.steps.map((step) => engine.inputsFor(step.operation).arbitrary)), {
        minLength: MADE,
        maxLength: MADE,
      }),
    );
  return fc.tuple(plain, oneOf(making, rounds)).map(([scenario, [episode, inputs]]) => {
    const at = scenario.findIndex((step) => step.role === 'call');
    const before = scenario.slice(0, at);
    for (const round of inputs) {
      const start = before.length;
      for (const [index, made] of episode.steps.entries())
        before.push({
          role: 'history',
          operation: made.operation,
          input: setupInput(made, round[index] ?? emptyInput()),
          bindings: bindingsAt(episode, made.bindings, start),
          valid: true,
        });
    }
    return [...before, ...scenario.slice(at)];
  });
}

/** True where a read shows nothing that other cases make or change: it is about a resource of the case's own. */
export function hasOwnView(engine: Engine, operation: Operation): boolean {
  const { bindings } = engine.planFor(operation);
  return isolated(engine, operation) && bindings.some(({ into }) => into.startsWith('/path/'));
}
