/** Valid input is accepted: `acceptance`, one property per operation. Its cases also carry the passive checks. */
import type { Arbitrary } from 'fast-check';
import { at } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Answers } from '../measure/answers.ts';
import { type CaseOptions, scenarios } from '../cases/cases.ts';
import type { Inputs } from '../cases/inputs.ts';
import { openingsOf } from '../cases/openings.ts';
import { inUnits } from '../cases/text-units.ts';
import type { Document } from '../wire/hints.ts';
import { kindOfMedia, type MediaKind } from '../wire/media-kind.ts';
import { isStructured } from '../wire/read-body.ts';
import { documented, mainType } from './conformance.ts';
import { isGranting } from './granting.ts';
import { type Engine, fewer, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { meeting } from '../cases/meetings.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';
import { answerScope } from '../rules/rules.ts';
import type { RuleScope } from '../../spec/rule/rule.ts';
import type { Scenario } from '../cases/scenario.ts';
import { TOKEN } from '../state/walk.ts';

/** Refusals of malformed input; anything else that is documented may be due to the state. */
export const INPUT_REFUSALS = new Set([400, 406, 411, 413, 414, 415, 422, 431]);

/** The acceptance property of an operation. */
export function acceptanceOf(engine: Engine, operation: Operation): Property {
  const inputs = engine.inputsFor(operation);
  const plan = engine.planFor(operation);
  const openings = openingsOf(engine.spec, operation, inputs, {
    ways: engine.keyring.waysOf(operation).length,
    most: engine.runs,
  });
  const runs = engine.runsOf(operation);
  const asked = new Set<string>();
  // What happens to the last things of their kind may keep them from being taken away.
  const takes = engine.takes(operation);
  const base: Omit<CaseOptions, 'call' | 'episodes'> = {
    plan,
    inputs: (one) => engine.inputsFor(one),
    accepts: (one, input) => engine.accepts(one, input),
  };
  const calls = meeting(inputs.open, plan, engine.meetingsFor(operation));
  // Episodes are asked for anew with each case, so that no property holds on to them.
  const random = (): Arbitrary<Scenario> =>
    scenarios({ ...base, call: calls, episodes: takes ? [] : engine.episodesFor(operation) });
  return {
    ref: { id: `acceptance ${operation.id}`, clause: operation.pointer, kind: 'acceptance', operation: operation.id },
    // However many there are to open with, some calls come after a history.
    runs: takes ? 1 : Math.max(exploringOf(inputs, runs), openings.length + Math.ceil(runs / 8)),
    serial: !isolated(engine, operation),
    needs: [...plan.setup.map((step) => step.operation.id), operation.id],
    arbitrary(index) {
      const call = openings[index];
      return call === undefined ? random() : scenarios({ ...base, call, episodes: [] });
    },
    judge: (scenario) => judge(engine, scenario, asked),
    conclude: () => ({
      remarks: [...inputs.unserved, ...unreadOf(engine.spec, operation)]
        .map((one) => `${operation.id}: ${one}`)
        .concat(...asked),
    }),
  };
}

/** Cases of a call by how much it has to say of itself: where that is little, only what came before it differs. */
function exploringOf({ places }: Inputs, runs: number): number {
  return fewer(runs, places.some(({ media }) => media !== undefined) ? 1 : places.length > 0 ? 2 : 4);
}

async function judge(engine: Engine, scenario: Scenario, asked: Set<string>): Promise<Judgement> {
  const ran = await engine.runner.run(scenario);
  const sent = sentOnly(ran.sent);
  if (ran.kind === 'unusable') return { kind: 'discarded', sent, reason: ran.reason };
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (call === undefined) return { kind: 'discarded', sent, reason: ran.kind === 'fault' ? ran.reason : 'no call' };
  const refusal = await refusalOf(engine, call);
  const other = refusal === undefined ? otherThanAsked(call) : undefined;
  if (other !== undefined) asked.add(other);
  if (refusal === undefined) return { kind: 'passed', sent };
  if (isTooLongInUnits(engine, call)) {
    asked.add(
      `${call.operation.id} refuses texts that are short enough: it counts units of UTF-16, where JSON Schema counts characters`,
    );
    return { kind: 'passed', sent };
  }
  return { kind: 'failed', sent, focus, statusOnly: true, ...refusal };
}

/** True for a refusal that is right if a character outside the basic plane counts two. */
function isTooLongInUnits(engine: Engine, { operation, input, answer }: Sent): boolean {
  if (answer.kind !== 'answer' || answer.status >= 500 || documented(operation, answer.status) === undefined)
    return false;
  const units = inUnits(input);
  return units !== undefined && !engine.accepts(operation, units);
}

/** What documented answers hold that nobody reads, so that their schemas say nothing. */
function unreadOf(document: Document, operation: Operation): string[] {
  const opaque = operation.responses.flatMap(({ content }) =>
    content.filter(
      ({ type, schema }) =>
        schema !== undefined &&
        isUnread(kindOfMedia(type)) &&
        isStructured({ document }, schema) &&
        !type.includes('*'),
    ),
  );
  return [...new Set(opaque.map(({ name }) => name))].map(
    (name) => `answers of ${name} are not held against their schema: how they are read is not known`,
  );
}

function isUnread(kind: MediaKind): boolean {
  return kind === 'binary' || kind === 'multipart' || kind === 'text';
}

/** A success of another media type than the documented one that was asked for: allowed, and worth a look. */
function otherThanAsked({ operation, answer, manner }: Sent): string | undefined {
  if (manner?.accept === undefined || answer.kind !== 'answer' || answer.status >= 300) return undefined;
  const [wanted, type] = [mainType(manner.accept), mainType(answer.headers['content-type'])];
  if (type === '' || type === wanted) return undefined;
  return `${operation.id} was asked for ${wanted}, which is documented, and answered with ${type}`;
}

/** Why a valid call should not have been answered as it was; undefined where the answer is fine. */
async function refusalOf(engine: Engine, call: Sent): Promise<{ actual: string; expected: string } | undefined> {
  const { operation, answer } = call;
  const actual = describeAnswer(answer);
  const successes = operation.responses.map((one) => one.status).filter((status) => /^[23]/.test(status));
  const expected = `valid input is accepted with ${successes.join(' or ') || 'a 2xx status'}`;
  if (answer.kind === 'fault') return { actual, expected };
  const { status } = answer;
  if (status < 400) return undefined;
  if (status >= 500) return { actual, expected };
  const response = documented(operation, status);
  if (response === undefined) return { actual, expected };
  if (!INPUT_REFUSALS.has(status)) return undefined;
  // Credentials of the right form may be unknown, and then some services say 400.
  if (isGranting(operation)) return undefined;
  if (holdsToken(call)) return undefined;
  const both = ['400', '422'].every((one) => operation.responses.some((response) => response.status === one));
  if (status === 422 && both) return undefined;
  if (await excused(engine, call, status)) return undefined;
  return { actual, expected };
}

/** True where a text was sent in place of a token: that has the right form need not be one. */
function holdsToken({ input, bindings }: Sent): boolean {
  return Object.entries(input.query).some(
    ([name, value]) =>
      typeof value === 'string' && TOKEN.test(name) && !bindings.some((one) => one.into === at('/query', name)),
  );
}

/** Whether an invariant explains a refusal; its `given` probes are sent after it, as a refusal changes nothing. */
export async function excused(engine: Engine, call: Sent, status: number): Promise<boolean> {
  const scope: RuleScope = engine.rules.requestScope(call.operation, call.input);
  for (const { invariant } of engine.rules.of(call.operation))
    for (const probe of invariant.given) {
      const operation = engine.spec.operations.find((one) => one.id === probe.operation);
      if (operation === undefined || scope[probe.name] !== undefined) continue;
      const input = engine.rules.probeInput(probe, operation, scope);
      if (input.kind === 'error') continue;
      const step = { role: `given ${probe.name}`, operation, input: input.input, bindings: [], valid: false };
      const result = await engine.runner.send(step, []);
      if (result.kind === 'sent') scope[probe.name] = answerScope(result.sent.answer);
    }
  return engine.rules.excuses(call.operation, scope, status);
}

/** Why an acceptance without a failure still says nothing: no valid call ever succeeded. */
export function neverAccepted(engine: Engine, property: Property, answers: Answers): string | undefined {
  if (property.ref.kind !== 'acceptance') return undefined;
  const operation = engine.spec.operations.find((one) => one.id === property.ref.operation);
  const statuses = [...answers.of(operation?.id ?? '')].toSorted((a, b) => b[1] - a[1]);
  if (statuses.some(([status]) => status < 400)) {
    const [never] = answers.failing(operation?.id ?? '');
    if (never === undefined) return undefined;
    return `${operation?.id ?? ''} never answered a valid call with success when ${never.how}: last ${never.status}`;
  }
  const total = statuses.reduce((sum, [, count]) => sum + count, 0);
  const [most] = statuses;
  const seen = most === undefined ? 'it was never answered' : `most often ${most[0]} (${most[1]} of ${total})`;
  const way = operation === undefined ? undefined : engine.keyring.waysOf(operation)[0];
  const doubt =
    most?.[0] === 401 && way !== undefined
      ? `; are the credentials of ${way.map(({ name }) => name).join(' and ')} right?`
      : '';
  return `${operation?.id ?? ''} never answered a valid call with success: ${seen}${doubt}`;
}

/** Fewer successes than one valid call in so many deserve a look. */
const RARE = 10;
const FEWEST_CALLS = 20;

/** A warning where nearly all valid calls were refused: each refusal may be due to the state, hardly all of them. */
export function rarelyAccepted({ ref }: Property, answers: Answers): string[] {
  if (ref.kind !== 'acceptance') return [];
  const statuses = [...answers.of(ref.operation ?? '')];
  const total = statuses.reduce((sum, [, count]) => sum + count, 0);
  const good = statuses.reduce((sum, [status, count]) => sum + (status < 400 ? count : 0), 0);
  if (good === 0 || total < FEWEST_CALLS || good * RARE >= total) return [];
  return [`${ref.operation ?? ''} accepted only ${good} of ${total} valid calls`];
}
