/**
 * The same request several times at once on one resource: what comes of it is what comes of them one after the other.
 * The subject is its own model: a twin of the resource is sent the same requests in turn, and read after each.
 */
import fc from 'fast-check';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { listIn } from '../cases/ids.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import { emptyInput, type Input, type Scenario, type Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import { sentOnly } from '../checks/property.ts';
import { drawValue, hash32 } from '../draw.ts';
import { answerScope } from '../rules/rules.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import type { Kind } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';
import { IDEMPOTENCY_KEY } from '../cases/names.ts';

/** Requests that are sent at once. */
const RACERS = 3;
const ATTEMPTS = 12;
const MAX_TWINS = 1000;

/** Changes of one resource: its updates, its removal, and what posts to it or below it. */
export function racesOf(engine: Engine, kind: Kind): Property[] {
  const below = kind.below.filter((one) => one.method === 'post' && neededBy(engine, kind, one).length === 1);
  const removers = kind.remover === undefined ? [] : [kind.remover];
  return [...kind.updaters, ...removers, ...below].filter(canRepeat).map((one) => race(engine, kind, one));
}

/** A key that is required makes the requests one request. */
function canRepeat(operation: Operation): boolean {
  return !operation.parameters.some((one) => one.required && IDEMPOTENCY_KEY.test(one.name));
}

function race(engine: Engine, kind: Kind, operation: Operation): Property {
  const needed = neededBy(engine, kind, operation);
  const arbitrary = fc
    .tuple(drawn(engine, parentsOf(kind)), engine.inputsFor(kind.creator).arbitrary, drawn(engine, needed))
    .map(([parents, first, inputs]) => {
      const draft = draftOf(engine, kind, parents);
      const made = draft.create(first, 'setup');
      draft.call(operation, made, inputs, 'call');
      const call = draft.steps.pop();
      if (call !== undefined) draft.steps.push(...Array<Step>(RACERS).fill(racing(call)));
      draft.call(kind.reader, made, [], 'check');
      const list = listBeside(engine, operation);
      if (list !== undefined) draft.look(list.operation, made, emptyInput());
      return draft.steps;
    });
  return stateProperty(engine, {
    name: `race ${operation.id} ${kind.thing}`,
    operation,
    runs: Math.max(3, Math.round(engine.runs / 20)),
    serial: !isolated(engine, kind.reader),
    needs: [...parentsOf(kind), kind.creator, kind.reader, ...needed],
    attempts: ATTEMPTS,
    arbitrary: () => arbitrary,
    look: (sent, scenario) => look(engine, kind, operation, sent, scenario, twinsOf),
  });
  /** The same, then among other parents, then with other values: where a subject takes some values only once. */
  function twinsOf(scenario: Scenario): Scenario[] {
    const name = JSON.stringify(scenario.map(({ input }) => input));
    const other = drawValue(arbitrary, engine.seed, `twin ${operation.id}`, hash32(name) % MAX_TWINS).value;
    const like = (step: Step, isAlike: (one: Step) => boolean): Step => {
      const own = isAlike(step) ? scenario.find(isAlike) : undefined;
      return own === undefined ? step : { ...step, input: own.input };
    };
    const called = other.map((step) => like(step, ({ together }) => together === true));
    return [scenario, called.map((step) => like(step, (one) => one.operation === kind.creator)), called];
  }
}

function racing(call: Step): Step {
  const headers = Object.fromEntries(
    Object.entries(call.input.headers).filter(([name]) => !IDEMPOTENCY_KEY.test(name)),
  );
  const input: Input = { ...call.input, headers };
  return { ...call, input, together: true };
}

/** The list that a `POST` adds to. */
function listBeside(
  engine: Engine,
  { method, path }: Operation,
): { operation: Operation; pointer: string } | undefined {
  if (method !== 'post') return undefined;
  const operation = engine.spec.operations.find((one) => one.method === 'get' && one.path === path);
  const last = segmentsOf(path).at(-1) ?? '';
  if (operation === undefined || parametersIn(last).length > 0) return undefined;
  if (operation.parameters.some((one) => one.required && one.in !== 'path')) return undefined;
  const list = listIn(engine.spec, operation, '');
  return list === undefined ? undefined : { operation, pointer: list.pointer };
}

/** What the resource shows that is the same for its twin: numbers, truth values, and how long its lists are. */
function stateOf(engine: Engine, kind: Kind, operation: Operation, reads: Sent[]): Map<string, JsonValue> | undefined {
  const state = new Map<string, JsonValue>();
  for (const read of reads) {
    const { answer } = read;
    if (answer.kind !== 'answer') return undefined;
    state.set('status', answer.status);
    const own = read.operation === kind.reader;
    const list = own ? undefined : listBeside(engine, operation);
    const shown =
      answer.json === undefined
        ? undefined
        : valueAt(answer.json, own ? kind.shownAt(read.operation) : (list?.pointer ?? ''));
    if (Array.isArray(shown)) state.set('items', shown.length);
    if (!isObject(shown)) continue;
    for (const [name, value] of Object.entries(shown)) {
      if (OWN.test(name)) continue;
      if (typeof value === 'number' || typeof value === 'boolean') state.set(name, value);
      if (Array.isArray(value)) state.set(`${name} (items)`, value.length);
    }
  }
  return state;
}

/** Names of what differs between twins: ids, times, and what counts over all resources. */
const OWN =
  /(^|_)(id|seq|sequence|number|no|version|revision|rev|position|index|order|rank)$|Id$|Seq|Number$|[Vv]ersion|[Rr]evision|(time|date|stamp|[aA]t|_at|On|_on)$/;

async function look(
  engine: Engine,
  kind: Kind,
  operation: Operation,
  sent: Sent[],
  scenario: Scenario,
  twinsOf: (scenario: Scenario) => Scenario[],
): Promise<Shown> {
  const racers = sent.filter((one) => one.together === true);
  const focus = sent.findIndex((one) => one.together === true);
  const reads = sent.filter((one) => one.role === 'check');
  const statuses = racers.map(statusOf);
  if (racers.length < RACERS || reads.length === 0) return { kind: 'silent', reason: `${operation.id} was not sent` };
  if (statuses.some((status) => status === 429 || status === 503))
    return { kind: 'silent', reason: 'too many at once' };
  let twin: Turns | undefined;
  let isAlike = true;
  for (const [index, steps] of twinsOf(scenario).entries()) {
    twin = await inTurn(engine, kind, operation, steps);
    isAlike = index < 2;
    if (twin !== undefined) break;
  }
  if (twin === undefined) return { kind: 'silent', reason: 'no twin of the resource could be made' };
  // Such as for a value that one of all may have, and the first one has.
  if (twin.done[0] !== true) return { kind: 'silent', reason: `the twin was refused: ${twin.statuses.join(', ')}` };
  const most = twin.done.filter(Boolean).length;
  const won = racers.filter(isDone).length;
  const said = `${RACERS} at once were answered ${statuses.join(', ')}`;
  const inTurnSaid = `one after the other they are answered ${twin.statuses.join(', ')}`;
  const unruly = brokenRule(engine, reads);
  if (unruly !== undefined) {
    const at = sent.indexOf(unruly.read);
    const read = `${unruly.read.operation.id} then answers ${describeAnswer(unruly.read.answer)}`;
    return { kind: 'failed', focus, shown: [at], actual: `${said}, and ${read}`, expected: unruly.expected };
  }
  const broken = racers.findIndex((one) => statusOf(one) >= 500);
  if (broken >= 0 && !twin.statuses.some((status) => status >= 500))
    return { kind: 'failed', focus: focus + broken, statusOnly: true, actual: said, expected: inTurnSaid };
  if (won > most) return { kind: 'failed', focus, actual: said, expected: inTurnSaid, check: `winners > ${most}` };
  if (!isAlike) return HELD;
  const serial = twin.states[lastDone(twin.done, won)];
  const state = stateOf(engine, kind, operation, reads);
  if (serial === undefined || state === undefined) return { kind: 'silent', reason: 'it was not read' };
  for (const [name, value] of serial) {
    const now = state.get(name);
    if (now === value || now === undefined) continue;
    const [read] = name === 'items' ? reads.slice(-1) : reads;
    const at = read === undefined ? -1 : sent.indexOf(read);
    return {
      kind: 'failed',
      focus,
      shown: [at],
      actual: `${said}, and then ${name} is ${JSON.stringify(now)}: ${read === undefined ? '' : describeAnswer(read.answer)}`,
      expected: `${name} ${JSON.stringify(value)}: ${inTurnSaid}`,
      ...(read === undefined || name === 'status'
        ? {}
        : { check: `${expressionOf(engine, kind, operation, read, name)} !== ${JSON.stringify(value)}` }),
    };
  }
  return HELD;
}

/** A rule of an operation that reads, which what was read after the race does not keep. */
function brokenRule({ rules }: Engine, reads: Sent[]): { read: Sent; expected: string } | undefined {
  for (const read of reads) {
    if (!isDone(read)) continue;
    for (const booked of rules.of(read.operation)) {
      const { invariant } = booked;
      if (invariant.scope !== 'operation' || invariant.given.length + invariant.then.length > 0) continue;
      const scope = { ...rules.requestScope(read.operation, read.input), response: answerScope(read.answer) };
      const outcome = rules.evaluate(booked, scope);
      if (outcome.kind !== 'value' || outcome.value === true) continue;
      const said = invariant.message === undefined ? '' : ` (${invariant.message})`;
      return { read, expected: `${invariant.rule.trim()}${said}, as the rule ${invariant.id} says` };
    }
  }
  return undefined;
}

/** A JavaScript expression for a part of the state. */
function expressionOf(engine: Engine, kind: Kind, operation: Operation, read: Sent, name: string): string {
  const own = read.operation === kind.reader;
  const pointer = own ? kind.shownAt(kind.reader) : (listBeside(engine, operation)?.pointer ?? '');
  const where = `body${pointer
    .split('/')
    .slice(1)
    .map((token) => `[${JSON.stringify(token)}]`)
    .join('')}`;
  if (name === 'items') return `${where}.length`;
  const counted = name.endsWith(' (items)');
  return `${where}[${JSON.stringify(name.replace(/ \(items\)$/, ''))}]${counted ? '.length' : ''}`;
}

function statusOf(sent: Sent): number {
  return sent.answer.kind === 'answer' ? sent.answer.status : 0;
}

interface Turns {
  statuses: number[];
  done: boolean[];
  /** Before the first, and after each. */
  states: (Map<string, JsonValue> | undefined)[];
}

/** The same on a resource of its own, one request after the other, with a look after each. */
async function inTurn(
  engine: Engine,
  kind: Kind,
  operation: Operation,
  scenario: Scenario,
): Promise<Turns | undefined> {
  const checks = scenario.filter((step) => step.role === 'check');
  const steps: Scenario = [];
  for (const step of scenario) {
    if (step.role === 'check') continue;
    if (step.together === true && !steps.some((one) => one.role === 'call')) steps.push(...checks);
    const { together: _, ...alone } = step;
    steps.push(alone);
    if (step.together === true) steps.push(...checks);
  }
  const ran = await engine.runner.run(steps);
  if (ran.kind !== 'ran') return undefined;
  const sent = sentOnly(ran.sent);
  const calls = sent.filter((one) => one.role === 'call');
  const reads = sent.filter((one) => one.role === 'check');
  if (calls.length < RACERS || reads.length < checks.length * (RACERS + 1)) return undefined;
  return {
    statuses: calls.map(statusOf),
    done: calls.map((one) => isDone(one)),
    states: Array.from({ length: RACERS + 1 }, (_, turn) =>
      stateOf(engine, kind, operation, reads.slice(turn * checks.length, (turn + 1) * checks.length)),
    ),
  };
}

/** After how many turns the so-manieth success was reached. */
function lastDone(done: boolean[], count: number): number {
  let left = count;
  for (const [turn, success] of done.entries()) {
    if (left === 0) return turn;
    if (success) left--;
  }
  return done.length;
}
