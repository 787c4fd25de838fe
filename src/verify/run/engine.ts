/** What the properties of one run share. Built once from a spec; holds no state of the subject. */
import type { Operation, Parameter, Spec } from '../../spec/model.ts';
import type { Runner } from '../wire/execute.ts';
import { createKeyring, type Keyring } from '../wire/keyring.ts';
import { type Episode, episodesFor } from '../cases/history.ts';
import { type Inputs, inputsOf } from '../cases/inputs.ts';
import { createPlanner, isSoft, type Plan } from '../cases/producers.ts';
import { mendingOf } from '../cases/mend.ts';
import { meetingsOf } from '../cases/meetings.ts';
import { takersOf } from '../cases/scarce.ts';
import { createRuleBook, type RuleBook } from '../rules/rules.ts';
import { createRecent } from '../recent.ts';
import type { Schemas } from '../schema-port.ts';
import type { Binding, Input } from '../cases/scenario.ts';
import { mediaOf, placeOf } from '../wire/serialise.ts';

export interface Engine {
  spec: Spec;
  schemas: Schemas;
  rules: RuleBook;
  runner: Runner;
  keyring: Keyring;
  seed: number;
  /** Cases of a property that explores; others take a share of it. */
  runs: number;
  /** Cases of a property that explores an operation: fewer where no rule says how what a call holds hangs together. */
  runsOf(operation: Operation): number;
  planFor(operation: Operation): Plan;
  inputsFor(operation: Operation): Inputs;
  episodesFor(operation: Operation): Episode[];
  /** True where it takes away what was there before and nobody can make anew. */
  takes(operation: Operation): boolean;
  /** Bindings that let what is sent meet what the set-up made; none has to be used. */
  meetingsFor(operation: Operation): Binding[];
  /** True where an input satisfies the schemas of its operation. */
  accepts(operation: Operation, input: Input): boolean;
  /** Why no case of the operation can be made; undefined where it can. */
  obstacle(operation: Operation): string | undefined;
}

export interface EngineOptions {
  spec: Spec;
  schemas: Schemas;
  runner: Runner;
  /** Without one, what needs credentials has an obstacle. */
  keyring?: Keyring;
  seed: number;
  runs: number;
  /** Day on which the dated constants are read, `2026-11-23`. */
  today: string;
  /** True once no further operation is to be looked at: the time for it is over. */
  isLate?: () => boolean;
}

/** Of so many cases what has little to show takes fewer; whoever asks for more gets them. */
const ORDINARY = 200;

/** So many times fewer cases of an ordinary number of them. */
export function fewer(runs: number, times: number): number {
  const ordinary = Math.min(runs, ORDINARY);
  return Math.ceil(ordinary / times) + runs - ordinary;
}

/** Operations whose episodes are kept: more than have cases in flight at once. */
const RECENT = 32;

/** The obstacle of what there was no time for. */
export const NOT_LOOKED_AT = 'not looked at: the time given is over';

/** Binds a spec, its schemas and a runner together. */
export function createEngine(options: EngineOptions): Engine {
  const { spec, schemas } = options;
  const keyring = options.keyring ?? createKeyring(spec, {}, options.seed);
  const { planFor } = createPlanner(spec);
  const rules = createRuleBook(spec, schemas, options.today);
  const inputs = new Map<string, Inputs>();
  const obstacles = new Map<string, string | undefined>();
  let takers: Set<string> | undefined;
  // Their number grows with the square of the operations.
  const episodes = createRecent<Episode[]>(RECENT);
  const engine: Engine = {
    ...options,
    keyring,
    rules,
    planFor,
    runsOf: (operation) => fewer(options.runs, rules.of(operation).length > 0 ? 1 : 2),
    inputsFor(operation) {
      let known = inputs.get(operation.id);
      if (known === undefined) {
        const bound = new Set(
          planFor(operation)
            .bindings.filter((binding) => binding.into.startsWith('/path/') && !isSoft(binding))
            .map((binding) => binding.into.slice('/path/'.length)),
        );
        const wished = (input: Input): boolean => rules.mayAccept(operation, input);
        const mend = mendingOf(operation, rules, (input) => engine.accepts(operation, input));
        const carried = (parameter: Parameter): boolean => keyring.carries(operation, parameter);
        known = inputsOf(operation, {
          schemas,
          wire: spec,
          bound,
          carried,
          wished,
          ...(mend === undefined ? {} : { mend }),
        });
        inputs.set(operation.id, known);
      }
      return known;
    },
    episodesFor(operation) {
      return episodes(operation.id, () =>
        episodesFor(spec, planFor(operation), planFor).filter((episode) =>
          episode.steps.every(
            ({ operation: one }) =>
              !engine.takes(one) && engine.inputsFor(one).refusal === undefined && keyring.obstacle(one) === undefined,
          ),
        ),
      );
    },
    takes: ({ id }) => (takers ??= takersOf(spec, planFor)).has(id),
    meetingsFor: (operation) => meetingsOf(spec, schemas, planFor(operation), rules.of(operation)),
    accepts(operation, input) {
      for (const parameter of operation.parameters) {
        const value = input[placeOf(parameter)][parameter.name];
        if (keyring.carries(operation, parameter)) continue;
        if (value === undefined ? parameter.required && parameter.in !== 'path' : !valid(parameter.schema, value))
          return false;
      }
      if (input.body === undefined) return operation.requestBody?.required !== true;
      const media = mediaOf(operation, input);
      if (media?.schema !== undefined || !Array.isArray(input.body)) return valid(media?.schema, input.body);
      return input.body.every((item) => valid(media?.itemSchema, item));
    },
    obstacle(operation) {
      if (!obstacles.has(operation.id))
        obstacles.set(operation.id, options.isLate?.() === true ? NOT_LOOKED_AT : obstacleOf(operation));
      return obstacles.get(operation.id);
    },
  };
  const obstacleOf = (operation: Operation): string | undefined => {
    for (const { operation: one } of [...planFor(operation).setup, { operation }]) {
      const refusal = keyring.obstacle(one) ?? engine.inputsFor(one).refusal;
      // What all operations lack is one reason, not one for each.
      if (refusal !== undefined) return one === operation ? refusal : `${one.id}: ${refusal}`;
    }
    return undefined;
  };
  const valid = (schema: string | undefined, value: Input['path'][string]): boolean =>
    schema === undefined || schemas.validate(schema, value, 'request').length === 0;
  return engine;
}

/** True where cases on an operation have resources of their own, so that they may run side by side. */
export function isolated(engine: Engine, operation: Operation): boolean {
  const plan = engine.planFor(operation);
  const sources = [...plan.resources.values(), ...plan.bindings.map((binding) => binding.from)];
  const clientChosen = sources.some((source) => source.place === 'input');
  // The innermost resource that the path names was there before: other cases change it too.
  const last = plan.bindings.findLast((binding) => binding.into.startsWith('/path/'));
  const shared = last !== undefined && plan.found.has(last.from.step);
  return !clientChosen && !shared && plan.free.length === 0;
}
