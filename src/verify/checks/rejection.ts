/**
 * Invalid input is refused as declared: one property per (place, keyword). Each violation sits alone in an otherwise
 * valid request on existing resources, and is confirmed on what is really sent.
 */
import fc, { type Arbitrary } from 'fast-check';
import { at, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { type Call, scenarios } from '../cases/cases.ts';
import { distinct } from '../cases/distinct.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import type { Scenario } from '../cases/scenario.ts';
import { inUnits } from '../cases/text-units.ts';
import { drawValue } from '../draw.ts';
import { confirmedEarly } from '../early.ts';
import { createRecent, type Recent } from '../recent.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Ran, type Sent } from '../wire/execute.ts';
import { documentsRefusal } from './conformance.ts';
import { judgeShared } from './pool.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';
import { type Violation, violationsOf } from './violations.ts';

/** Steps towards the simplest violation. */
const MAX_SIMPLER = 400;
/** Simpler ones that are looked at for one that no rule refuses. */
const MAX_LOOKS = 12;
/** Of a large input a step costs the square of its characters: it has fewer, but for the first, which is the boldest. */
const MOST_WORK = 1e8;

/** By keyword: the share of the runs that its property takes. */
const FACES = new Map([
  ['type', 10],
  ['pattern', 10],
  ['malformed', 10],
  ['format', 2],
  ['enum', 12],
]);

/** Properties whose scenarios are kept at hand: more than have cases in flight at once. */
const RECENT = 64;

/** Derives the rejection properties, operation by operation. */
export interface Rejections {
  of(operation: Operation): Property[];
  /** Places of which not all keywords are broken, so far. */
  readonly cut: readonly string[];
}

/** Starts with the first operation; those that come after many others are confirmed at their turn. */
export function createRejections(engine: Engine): Rejections {
  const places = new Map<string, number>();
  const early = confirmedEarly(engine.spec.operations.length);
  const cut: string[] = [];
  const recent = createRecent<Drawing>(RECENT);
  return {
    cut,
    of(operation) {
      const seen = new Map<string, number>();
      const properties: Property[] = [];
      for (const violation of violationsOf(engine, operation, (place) => cut.push(place))) {
        const isOpen = !violation.sure && !early.takes(violation.width ?? 0);
        if (!violation.sure && !isOpen && 'moot' in violation.calls()) continue;
        const count = (seen.get(violation.title) ?? 0) + 1;
        seen.set(violation.title, count);
        const id = `rejection ${operation.id} ${violation.title}${count > 1 ? ` ${count}` : ''}`;
        const place = places.get(violation.clause) ?? 0;
        places.set(violation.clause, place + 1);
        properties.push(propertyOf(engine, operation, violation, { id, isOpen, recent, place }));
      }
      return properties;
    },
  };
}

/** What the scenarios of one property are drawn from. */
interface Drawing {
  arbitrary: Arbitrary<Scenario>;
  /** The most telling ones. */
  telling: Arbitrary<Scenario>[];
  /** Of an index: one that no smaller index has, where there is any. */
  drawn: (index: number) => Arbitrary<Scenario>;
}

interface Naming {
  id: string;
  /** True where only its turn shows whether anything violates it. */
  isOpen: boolean;
  recent: Recent<Drawing>;
  /** How many places before it violate the same clause. */
  place: number;
}

function propertyOf(
  engine: Engine,
  operation: Operation,
  violation: Violation,
  { id, isOpen, recent, place }: Naming,
): Property {
  const plan = engine.planFor(operation);
  const remarks = new Set<string>();
  const { where } = violation;
  const drawing = (): Drawing =>
    recent(id, () => {
      const call = violation.calls();
      if ('moot' in call) throw new Error(`${id} has no case, and was begun: ${call.moot}`);
      const around = (one: Arbitrary<Call>): Arbitrary<Scenario> =>
        scenarios({
          plan,
          call: one,
          inputs: (other) => engine.inputsFor(other),
          accepts: (other, input) => engine.accepts(other, input),
          episodes: [],
        });
      const arbitrary = around(call);
      const telling = (violation.telling?.() ?? []).map(around);
      if (where === undefined) return { arbitrary, telling, drawn: () => arbitrary };
      const keyOf = (scenario: Scenario): string => violatingAt(scenario, where);
      return { arbitrary, telling, drawn: distinct(arbitrary, { seed: engine.seed, name: id, keyOf }) };
    });
  // A wrong type or form has many faces; the others are at their most telling next to the bound.
  const share = Math.max(2, Math.round(engine.runs / (FACES.get(violation.title.split(' ').at(-1) ?? '') ?? 25)));
  const runs = Math.min(share, violation.few ?? Infinity);
  const moot = (): string | undefined => {
    const calls = violation.calls();
    return 'moot' in calls ? calls.moot : undefined;
  };
  return {
    ref: { id, clause: violation.clause, kind: 'rejection', operation: operation.id },
    runs,
    serial: !isolated(engine, operation),
    needs: [...plan.setup.map((step) => step.operation.id), operation.id],
    ...(isOpen ? { moot } : {}),
    arbitrary(index) {
      const { arbitrary, telling, drawn } = drawing();
      // Places of one clause take turns with what there is, so that together they try it all.
      const told = Math.min(telling.length, violation.few === undefined ? runs - 1 : runs);
      const next = telling[(place * told + index) % telling.length];
      if (index < told && next !== undefined) return next;
      return telling.length === 0 && index === 0 ? nearest(engine, arbitrary, id) : drawn(index);
    },
    judge: (scenario) => judgeShared(engine, scenario, (ran) => judge(engine, violation, ran, remarks)),
    conclude: () => ({ remarks: [...remarks] }),
  };
}

function violatingAt(scenario: Scenario, where: string): string {
  const { input } = scenario.find((step) => step.role === 'call') ?? {};
  return JSON.stringify(input === undefined ? undefined : valueAt({ ...input }, where)) ?? '';
}

/** The simplest case that still violates, and that no rule has refused for another reason. Nothing is sent to find it. */
function nearest({ seed, rules }: Engine, arbitrary: Arbitrary<Scenario>, id: string): Arbitrary<Scenario> {
  const isRuled = (scenario: Scenario): boolean =>
    scenario.some(({ role, operation, input }) => role === 'call' && !rules.mayAccept(operation, input));
  let { value, context } = drawValue(arbitrary, seed, id, 0);
  const wasRuled = isRuled(value);
  let work = 0;
  for (let step = 0; step < MAX_SIMPLER && (step === 0 || work < MOST_WORK); step++) {
    work += JSON.stringify(value.map(({ input }) => input)).length ** 2;
    const simpler = arbitrary
      .shrink(value, context)
      .take(MAX_LOOKS)
      .filter((one) => wasRuled || !isRuled(one.value))
      .getNthOrLast(0);
    if (simpler === null) break;
    ({ value, context } = simpler);
  }
  return fc.constant(value);
}

function judge(engine: Engine, violation: Violation, ran: Ran, remarks: Set<string>): Judgement {
  const sent = sentOnly(ran.sent);
  if (ran.kind === 'unusable') return { kind: 'discarded', sent, reason: ran.reason };
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (call === undefined) return { kind: 'discarded', sent, reason: ran.kind === 'fault' ? ran.reason : 'no call' };
  if (!violation.confirmed(call)) return { kind: 'discarded', sent, reason: 'what was sent is valid after all' };
  const isKnown = namesKnown(call);
  const allowed = refusalsOf(call.operation, isKnown ? violation : { ...violation, notFoundFits: true });
  if (!isKnown && call.answer.kind === 'answer' && call.answer.status === 404)
    remarks.add(
      `${call.operation.id} finds nothing under ids that nobody gives out: ${violation.title} is not looked at`,
    );
  if (call.answer.kind === 'answer' && allowed.fits(call.answer.status)) return { kind: 'passed', sent };
  const lenient = violation.lenient ?? violation.isLenient?.(call) ?? isLongInUnits(engine, call);
  if (lenient !== undefined && call.answer.kind === 'answer' && call.answer.status < 300) {
    remarks.add(lenient);
    return { kind: 'passed', sent };
  }
  return {
    kind: 'failed',
    sent,
    focus,
    statusOnly: true,
    actual: describeAnswer(call.answer),
    expected: `${allowed.title}, because of ${violation.title} (${violation.clause})`,
  };
}

/** What to say of a text that is too short, and long enough in units of UTF-16; undefined where it is not that. */
function isLongInUnits(engine: Engine, { operation, input, rawBody }: Sent): string | undefined {
  const units = rawBody === undefined ? inUnits(input) : undefined;
  if (units === undefined || !engine.accepts(operation, units)) return undefined;
  return `${operation.id} takes texts that are too short: it counts units of UTF-16, where JSON Schema counts characters`;
}

/** True where all that the path names is known to be there; what is made up may not be. */
function namesKnown({ operation, bindings }: Sent): boolean {
  return segmentsOf(operation.path)
    .flatMap(parametersIn)
    .every((name) => bindings.some(({ into }) => into === at('/path', name)));
}

/** The statuses with which an operation may refuse malformed input. */
function refusalsOf(
  operation: Operation,
  { notFoundFits, also = [] }: Violation,
): { title: string; fits: (status: number) => boolean } {
  const statuses = [...operation.responses.map((response) => response.status), ...also.map(String)];
  if (!documentsRefusal(operation)) return { title: 'a 4xx status', fits: (status) => status >= 400 && status < 500 };
  const listed = statuses.filter((status) => /^4\d\d$/.test(status) && (notFoundFits || status !== '404'));
  const wide = statuses.includes('4XX') || statuses.includes('default');
  return {
    title: wide ? 'a 4xx status' : `status ${listed.join(' or ')}`,
    fits: (status) => (wide ? status >= 400 && status < 500 : listed.includes(String(status))),
  };
}
