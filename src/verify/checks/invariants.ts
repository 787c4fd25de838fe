/** The rules that the spec states, one property each, on valid calls with their probes around them. */
import fc, { type Arbitrary } from 'fast-check';
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation, Probe } from '../../spec/model.ts';
import type { RuleScope } from '../../spec/rule/rule.ts';
import { scenarios } from '../cases/cases.ts';
import type { Episode } from '../cases/history.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { propertyNames } from '../cases/schema-walk.ts';
import { preferring } from '../cases/prefer.ts';
import { hasBrinks } from '../rules/brink.ts';
import { membersIn } from '../rules/rule-node.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { meeting } from '../cases/meetings.ts';
import { type Judgement, type Property, sentOnly, type Undecidable } from './property.ts';
import { literalsOfRule } from '../cases/literals.ts';
import { type Moved, movedToBrink } from './on-the-brink.ts';
import { resolve, sourceValue, withValue } from '../cases/resolve.ts';
import { type Applications, createApplications } from '../rules/applications.ts';
import { answerScope, type BookedRule } from '../rules/rules.ts';
import { equalJson } from '../equal-json.ts';
import type { Binding, Input, Scenario, Step } from '../cases/scenario.ts';

/** The property of a rule on operations; schema rules are checked on every body instead. */
export function invariantOf(engine: Engine, booked: BookedRule): Property | Undecidable {
  const { invariant } = booked;
  const operations = invariant.operations.flatMap((id) => engine.spec.operations.filter((one) => one.id === id));
  const ref = {
    id: `invariant ${invariant.id}`,
    clause: invariant.pointer,
    kind: 'invariant' as const,
    ...(operations.length === 1 && operations[0] !== undefined ? { operation: operations[0].id } : {}),
  };
  if (booked.problem !== undefined) return { ref, reason: booked.problem };
  if (operations.length === 0) return { ref, reason: 'the rule names no operation' };
  for (const one of operations) {
    const obstacle = engine.obstacle(one);
    if (obstacle !== undefined) return { ref, reason: operations.length === 1 ? obstacle : `${one.id}: ${obstacle}` };
  }
  const probes = [...invariant.given, ...invariant.then];
  const probed = probes.flatMap((probe) => engine.spec.operations.filter((one) => one.id === probe.operation));
  const literals = literalsOfRule(engine.spec, invariant);
  const weigh = weighing(engine, booked);
  const arbitraries = [0, 1].flatMap((turn) =>
    operations.map((operation) => {
      const { open } = engine.inputsFor(operation);
      const plan = engine.planFor(operation);
      const meetings = engine.meetingsFor(operation);
      return (round: number, easy: boolean): Arbitrary<Scenario> => {
        const literal = literals[Math.floor(round / 2) % literals.length];
        const inputs = turn === 0 || literal === undefined ? open : pointed(engine, operation, open, literal);
        const call = meeting(inputs, plan, meetings);
        return scenarios({
          plan,
          call: turn === 0 && !easy ? call : preferring(call, ({ input }) => speaks(engine, booked, operation, input)),
          inputs: (one) => engine.inputsFor(one),
          accepts: (one, input) => engine.accepts(one, input),
          episodes: engine.episodesFor(operation),
          large: true,
          easy,
          weigh,
        });
      };
    }),
  );
  const hasTurns = operations.some((operation) => engine.rules.of(operation).some(isSolvable));
  const applications = createApplications(booked);
  return {
    ref,
    runs: engine.runs * Math.min(3, operations.length),
    serial:
      operations.some((one) => !isolated(engine, one)) ||
      probed.some((one) => !one.parameters.some((parameter) => parameter.in === 'path')),
    needs: operations.flatMap((one) => [...engine.planFor(one).setup.map((step) => step.operation.id), one.id]),
    arbitrary(index) {
      const arbitrary = arbitraries[index % arbitraries.length];
      if (arbitrary === undefined) throw new Error('a rule without operations has no cases');
      const round = Math.floor(index / arbitraries.length);
      const brink = hasTurns ? brinkAt(index, arbitraries.length) : undefined;
      const drawn = arbitrary(round, brink !== undefined);
      return brink === undefined ? drawn : drawn.map((scenario) => onBrink(scenario, brink));
    },
    judge: (scenario) => judge(engine, booked, scenario, applications),
    conclude: () => applications.conclude(),
  };
}

/** One case in so many is taken to where the rule turns, each place as it is and then one beside it. */
const BRINK_EVERY = 2;
const BESIDE = [0, 1, -1];

function brinkAt(index: number, ways: number): Step['brink'] {
  const round = Math.floor(index / ways);
  if (round % BRINK_EVERY !== 1) return undefined;
  const turn = Math.floor(round / BRINK_EVERY) * ways + (index % ways);
  return { turn: Math.floor(turn / BESIDE.length), beside: BESIDE[turn % BESIDE.length] ?? 0 };
}

function onBrink(scenario: Scenario, brink: Step['brink']): Scenario {
  return scenario.map((step) => (step.role === 'call' && brink !== undefined ? { ...step, brink } : step));
}

/** How much more a change has to do with a rule that names what it sends. */
const ABOUT = 3;

function weighing(engine: Engine, { rule }: BookedRule): (episode: Episode) => number {
  const names = new Set(rule === undefined ? [] : membersIn(rule.ast));
  const isAbout = ({ requestBody }: Operation): boolean => {
    const schema = jsonSchemaOf(requestBody?.content ?? []);
    return schema !== undefined && propertyNames(engine.spec, schema).some((name) => names.has(name));
  };
  const known = new WeakMap<Episode, number>();
  return (episode) => {
    const weight = known.get(episode) ?? (episode.steps.some(({ operation }) => isAbout(operation)) ? ABOUT : 1);
    known.set(episode, weight);
    return weight;
  };
}

/** False where the request alone settles a rule: "no key was sent" says nothing of what a key does. */
function speaks({ rules }: Engine, { guards }: BookedRule, operation: Operation, input: Input): boolean {
  const scope = rules.requestScope(operation, input);
  return !guards.some((guard) => {
    const outcome = guard.evaluate(scope);
    return outcome.kind === 'value' && outcome.value === true;
  });
}

/** Inputs in which a value that the rule names stands in some field that can hold it. */
function pointed(engine: Engine, operation: Operation, inputs: Arbitrary<Input>, literal: JsonValue): Arbitrary<Input> {
  return fc.tuple(inputs, fc.nat(1000)).map(([input, turn]) => {
    const fields = [
      ...Object.keys(input.query).map((name) => at('/query', name)),
      ...(isObject(input.body) ? Object.keys(input.body).map((name) => at('/body', name)) : []),
    ];
    for (let index = 0; index < fields.length; index++) {
      const field = fields[(index + turn) % fields.length] ?? '';
      const old = valueAt({ ...input }, field);
      const changed = typeof old === typeof literal ? withValue(input, field, literal) : input;
      if (changed !== input && engine.accepts(operation, changed)) return changed;
    }
    return input;
  });
}

async function judge(
  engine: Engine,
  booked: BookedRule,
  scenario: Scenario,
  applications: Applications,
): Promise<Judgement> {
  const { rules, runner } = engine;
  const { invariant } = booked;
  const callIndex = scenario.findIndex((step) => step.role === 'call');
  let call = scenario[callIndex];
  const ran = await runner.run(scenario.slice(0, callIndex));
  const before = ran.sent;
  if (ran.kind !== 'ran') return { kind: 'discarded', sent: sentOnly(before), reason: ran.reason };
  if (call === undefined) return { kind: 'discarded', sent: sentOnly(before), reason: 'no call' };
  const resolved = resolve(call.input, call.bindings, (index) => before[index]);
  if (resolved.kind === 'missing')
    return { kind: 'discarded', sent: sentOnly(before), reason: `no value for ${resolved.binding.into}` };
  const moved = await brinkOf(engine, scenario, resolved.input);
  if (moved !== undefined && moved.index !== callIndex)
    return judge(engine, booked, withoutBrink(scenario, moved), applications);
  if (moved !== undefined) call = { ...call, input: moved.input };
  const settled = moved === undefined ? resolved : resolve(moved.input, call.bindings, (index) => before[index]);
  const called = settled.kind === 'resolved' ? settled.input : resolved.input;
  const scope: RuleScope = rules.requestScope(call.operation, called);
  const looks: Sent[] = [];
  const known = knownValues(scenario, callIndex, before);
  const probe = async (one: Probe, role: string): Promise<void> => {
    const sent = await look(engine, one, role, scope, known, call, called);
    if (sent === undefined) return;
    looks.push(sent);
    scope[one.name] = answerScope(sent.answer);
  };
  for (const one of invariant.given) await probe(one, `given ${one.name}`);
  const givenCount = looks.length;
  const result = await runner.send(call, before);
  if (result.kind === 'unusable') return { kind: 'discarded', sent: sentOnly(before), reason: result.reason };
  scope['response'] = answerScope(result.sent.answer);
  for (const one of invariant.then) await probe(one, `then ${one.name}`);
  const past = sentOnly(before);
  const sent = [...past, ...looks.slice(0, givenCount), result.sent, ...looks.slice(givenCount)];
  if (result.sent.answer.kind === 'fault')
    return { kind: 'undecided', sent, reason: `${call.operation.id}: ${result.sent.answer.message}` };
  if (wasRemoved(past) && [404, 410].includes(result.sent.answer.status))
    return { kind: 'discarded', sent, reason: 'the resource was removed before' };
  const outcome = rules.evaluate(booked, scope);
  if (outcome.kind === 'error' || typeof outcome.value !== 'boolean') {
    const why =
      outcome.kind === 'error' ? outcome.message : `its value is ${JSON.stringify(outcome.value)}, not a truth value`;
    return { kind: 'undecided', sent, reason: `the rule cannot be evaluated: ${why}` };
  }
  applications.note(scope);
  if (outcome.value) return { kind: 'passed', sent };
  const focus = past.length + givenCount;
  return {
    kind: 'failed',
    sent,
    focus,
    shown: sent.flatMap((_, index) => (index >= past.length ? [index] : [])),
    actual: whatWasSeen(sent.slice(past.length)),
    expected: `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`,
  };
}

/** The move of a case to where one of the rules on its call turns, all of which are taken in turn. */
async function brinkOf(engine: Engine, scenario: Scenario, called: Input): Promise<Moved | undefined> {
  const call = scenario.find(({ role }) => role === 'call');
  if (call?.brink === undefined) return undefined;
  const solvable = engine.rules.of(call.operation).filter(isSolvable);
  const { turn, beside } = call.brink;
  const chosen = solvable[turn % solvable.length];
  if (chosen === undefined) return undefined;
  const scope: RuleScope = engine.rules.requestScope(call.operation, called);
  for (const given of chosen.invariant.given) {
    const seen = await look(engine, given, 'given', scope, [], call, called);
    if (seen !== undefined) scope[given.name] = answerScope(seen.answer);
  }
  return movedToBrink(engine, chosen, scenario, scope, { turn: Math.floor(turn / solvable.length), beside });
}

/** What no look can tell before the call has no brink that could be found. */
function isSolvable({ rule, invariant }: BookedRule): boolean {
  return rule !== undefined && hasBrinks(rule, new Set(invariant.given.map(({ name }) => name)));
}

function withoutBrink(scenario: Scenario, { index: moved, input }: Moved): Scenario {
  return scenario.map((step, index) => ({ ...step, brink: undefined, ...(index === moved ? { input } : {}) }));
}

/** True where the history took something away: rules speak of resources that exist. */
function wasRemoved(past: Sent[]): boolean {
  return past.some(
    ({ role, operation, answer }) =>
      role === 'history' && operation.method === 'delete' && answer.kind === 'answer' && answer.status < 300,
  );
}

function whatWasSeen(sent: Sent[]): string {
  const text = sent.map((one) => `${one.role}: ${one.operation.id} answered ${describeAnswer(one.answer)}`).join('; ');
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}

async function look(
  engine: Engine,
  probe: Probe,
  role: string,
  scope: RuleScope,
  known: { value: JsonValue; binding: Binding }[],
  call: Step,
  called: Input,
): Promise<Sent | undefined> {
  const operation: Operation | undefined = engine.spec.operations.find((one) => one.id === probe.operation);
  if (operation === undefined) return undefined;
  const made = engine.rules.probeInput(probe, operation, scope);
  if (made.kind === 'error') return undefined;
  const bindings = bindingsOf(made.input, known, call, called);
  const step = { role, operation, input: made.input, bindings: [], valid: engine.accepts(operation, made.input) };
  const result = await engine.runner.send(step, []);
  return result.kind === 'sent' ? { ...result.sent, bindings, index: -1 } : undefined;
}

/** Values that earlier answers gave, so that a script can take them from there instead of from this run. */
function knownValues(
  scenario: Scenario,
  callIndex: number,
  before: (Sent | undefined)[],
): { value: JsonValue; binding: Binding }[] {
  return scenario.slice(0, callIndex + 1).flatMap((step) =>
    step.bindings.flatMap((binding) => {
      const value = sourceValue(binding.from, before[binding.from.step]);
      return value === undefined ? [] : [{ value, binding }];
    }),
  );
}

function bindingsOf(
  input: Input,
  known: { value: JsonValue; binding: Binding }[],
  call: Step,
  called: Input,
): Binding[] {
  const bindings: Binding[] = [];
  const match = (into: string, members: JsonObject): void => {
    for (const [name, value] of Object.entries(members)) {
      const found = known.find((one) => equalJson(one.value, value));
      if (found !== undefined) bindings.push({ into: `${into}/${name}`, from: found.binding.from });
    }
  };
  match('/path', input.path);
  match('/query', input.query);
  if (input.body !== undefined && called.body !== undefined && equalJson(input.body, called.body))
    bindings.push(...call.bindings.filter((binding) => binding.into.startsWith('/body')));
  else if (isObject(input.body)) match('/body', input.body);
  return bindings;
}
