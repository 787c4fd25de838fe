/** Scenarios on resources of one kind, step by step; ids are bound to the steps that make them. */
import fc, { type Arbitrary } from 'fast-check';
import { at, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { setupInput } from '../cases/cases.ts';
import { type Episode, episodeOn } from '../cases/history.ts';
import { normalised, parametersIn, segmentsOf } from '../cases/paths.ts';
import { type Binding, emptyInput, type Input, type Role, type Scenario, type Source } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import type { Kind } from './kinds.ts';

/** Grows a scenario. Steps numbered here are indexes into it. */
export interface Draft {
  steps: Scenario;
  /** Makes one resource; answers the step that does. */
  create(input: Input, role?: Role): number;
  /** Calls an operation on the resource that a step made, after whatever it needs besides; answers its step. */
  call(operation: Operation, made: number | undefined, inputs: Input[], role?: Role): number;
  /** Looks at a list of such resources, with this very query. */
  look(operation: Operation, made: number | undefined, input: Input): number;
}

/** Operations whose inputs `call` needs, in order; the last one is the operation itself. */
export function neededBy(engine: Engine, kind: Kind, operation: Operation): Operation[] {
  return episodeFor(engine, kind, operation).steps.map((step) => step.operation);
}

/** Operations whose inputs a draft begins with: the parents, and what the creator refers to. */
export function parentsOf(kind: Kind): Operation[] {
  return kind.plan.setup.flatMap((step, index) => (index === kind.source.step ? [] : [step.operation]));
}

/** Valid inputs of operations, in order. */
export function drawn(engine: Engine, operations: Operation[]): Arbitrary<Input[]> {
  return fc.tuple(...operations.map((one) => engine.inputsFor(one).arbitrary));
}

/** Begins a scenario with what the creator needs. */
export function draftOf(engine: Engine, kind: Kind, parents: Input[]): Draft {
  const { plan, source } = kind;
  const own = source.step;
  const moved = (step: number): number => (step > own ? step - 1 : step);
  const rebind = (binding: Binding, made: number | undefined, base: number, offset: number): Binding => {
    const { step } = binding.from;
    const to = step >= base ? step - base + offset : step === own ? (made ?? own) : moved(step);
    return { ...binding, from: { ...binding.from, step: to } };
  };
  const base = plan.setup.length;
  const steps: Scenario = plan.setup.flatMap((step, index) =>
    index === own
      ? []
      : [
          {
            role: 'setup' as const,
            operation: step.operation,
            input: setupInput(step, parents[moved(index)] ?? emptyInput()),
            bindings: step.bindings.map((one) => rebind(one, undefined, base, 0)),
            valid: true,
          },
        ],
  );
  const creation = plan.setup[own];
  // Where nothing makes what the path names above the thing, the client chooses it: once for all that happens to the thing.
  const above = segmentsOf(kind.item).slice(0, -1);
  const chosen = new Map<number, JsonValue>();
  const placed = (operation: Operation, input: Input, bindings: Binding[]): Input => {
    const segments = segmentsOf(operation.path);
    const path = { ...input.path };
    for (const [index, segment] of above.entries()) {
      const mine = segments[index];
      if (mine === undefined || normalised([mine]) !== normalised([segment])) break;
      const [name] = parametersIn(mine);
      if (name === undefined || bindings.some(({ into }) => into === at('/path', name))) continue;
      const value = chosen.get(index) ?? path[name];
      if (value === undefined) continue;
      chosen.set(index, value);
      path[name] = value;
    }
    return { ...input, path };
  };
  return {
    steps,
    create(input, role = 'history') {
      if (creation === undefined) throw new Error(`the plan of ${kind.item} has no creator`);
      const bindings = creation.bindings.map((one) => rebind(one, undefined, base, 0));
      const { operation } = creation;
      return steps.push({ role, operation, input: placed(operation, input, bindings), bindings, valid: true }) - 1;
    },
    call(operation, made, inputs, role = 'history') {
      const offset = steps.length;
      const episode = episodeFor(engine, kind, operation);
      episode.steps.forEach((step, index) => {
        const isLast = index === episode.steps.length - 1;
        const bindings = step.bindings.map((one) => rebind(one, made, base, offset));
        const input = setupInput(step, inputs[index] ?? emptyInput());
        steps.push({
          role: isLast ? role : 'history',
          operation: step.operation,
          input: placed(step.operation, input, bindings),
          bindings,
          valid: true,
        });
      });
      return steps.length - 1;
    },
    look(operation, made, input) {
      const bindings = episodeFor(engine, kind, operation)
        .steps.at(-1)
        ?.bindings.filter(({ into, from }) => into.startsWith('/path/') && from.step < base)
        .map((one) => rebind(one, made, base, 0));
      const bound = bindings ?? [];
      return (
        steps.push({ role: 'check', operation, input: placed(operation, input, bound), bindings: bound, valid: true }) -
        1
      );
    },
  };
}

const episodes = new WeakMap<Kind, Map<string, Episode>>();

function episodeFor(engine: Engine, kind: Kind, operation: Operation): Episode {
  const known = episodes.get(kind) ?? new Map<string, Episode>();
  episodes.set(kind, known);
  let episode = known.get(operation.id);
  if (episode === undefined) {
    episode = withItem(kind, operation, episodeOn(kind.plan, engine.planFor(operation)));
    known.set(operation.id, episode);
  }
  return episode;
}

/** An operation that chooses the id of an item itself, a `PUT`, is given the one of the resource. */
function withItem(kind: Kind, operation: Operation, episode: Episode): Episode {
  const item = kind.item.split('/').length - 2;
  const parameter = parametersIn(segmentsOf(operation.path)[item] ?? '')[0];
  const into = parameter === undefined ? undefined : at('/path', parameter);
  const step = episode.steps.at(-1);
  if (into === undefined || step === undefined || step.bindings.some((one) => one.into === into)) return episode;
  const bindings = [...step.bindings, { into, from: kind.source }];
  return { ...episode, steps: [...episode.steps.slice(0, -1), { ...step, bindings }] };
}

/** The step that made the resource that a step is about; undefined where it is about none, or about all. */
export function madeBy(kind: Kind, scenario: Scenario, index: number): { step: number; source: Source } | undefined {
  const step = scenario[index];
  if (step === undefined) return undefined;
  for (const { into, from } of step.bindings) {
    const maker = scenario[from.step];
    if (!into.startsWith('/path/') || maker?.operation !== kind.creator || from.pointer !== kind.source.pointer)
      continue;
    if (from.place === kind.source.place && maker.role !== 'setup') return { step: from.step, source: from };
  }
  return undefined;
}
