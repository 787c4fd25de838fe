/** The rules on root fields, one property each: probes, the call, probes, then the rule. */
import fc from 'fast-check';
import { isObject, type JsonObject } from '../../../events/index.ts';
import type { RootField } from '../../../spec/graphql/contract.ts';
import type { Probe } from '../../../spec/model.ts';
import type { RuleScope } from '../../../spec/rule/rule.ts';
import { type Reads, readsOf } from '../../../spec/rule/rule-ast.ts';
import { literalsOf } from '../../cases/literals.ts';
import { responseOf } from '../answer.ts';
import { type Case, PLAIN, type Selection, type Sent } from '../call.ts';
import { argumentsArbitrary, boundaryArguments, casesOf, planOf, smallSelection } from '../cases.ts';
import type { GraphEngine } from '../engine.ts';
import { withLiteral } from '../literal-arguments.ts';
import { relatedCases } from '../related.ts';
import type { GraphRule } from '../rules.ts';
import { plainSelection } from '../selections.ts';
import type { Shape } from '../skeleton.ts';
import type { Judgement, Property, Undecidable } from './property.ts';

/** How often a rule was looked at, and how often each of its guards settled it. */
interface Applications {
  evaluated: number;
  refused: number;
  /** By number of guards that were false before one was true; the last entry counts full applications. */
  depth: number[];
  lastRefusal: string;
}

/** The property of a rule on a root field. */
export function invariantOf(engine: GraphEngine, booked: GraphRule, root: RootField): Property | Undecidable {
  const { invariant } = booked;
  const ref = {
    id: `invariant ${invariant.id}`,
    clause: invariant.pointer,
    kind: 'invariant' as const,
    operation: root.id,
  };
  const problem = booked.problem ?? engine.obstacle(root);
  if (problem !== undefined) return { ref, reason: problem };
  const [skeleton = []] = engine.skeletons.of(root);
  const reads = booked.rule === undefined ? undefined : readsOf(booked.rule.ast).get('result');
  const select = fc.constant(selectionFor(engine, root, skeleton, reads));
  const plans = [planOf(engine, root, true), planOf(engine, root, false)];
  const literals = literalsOf({ invariants: [invariant], constants: engine.spec.constants });
  const drawn = argumentsArbitrary(engine, root);
  const boundaries = boundaryArguments(engine, root);
  const pointed = fc.tuple(drawn, fc.constantFrom(...(literals.length === 0 ? [null] : literals)), fc.nat(1000));
  const near = pointed.map(([args, literal, turn]) => withLiteral(engine, root, args, literal, turn));
  const edge = boundaries.length === 0 ? drawn : fc.constantFrom(...boundaries);
  const related = relatedCases(engine, root, select);
  const arbitraries = [
    ...plans.flatMap((plan) =>
      [drawn, near, edge].map((args) => casesOf(engine, root, { plan, args, select, form: fc.constant(PLAIN) })),
    ),
    ...(related === undefined ? [] : [related, related]),
  ];
  const applications: Applications = {
    evaluated: 0,
    refused: 0,
    depth: booked.guards.map(() => 0).concat(0),
    lastRefusal: '',
  };
  return {
    ref,
    runs: engine.runs,
    serial: root.kind === 'mutation' || invariant.given.length + invariant.then.length > 0,
    arbitrary(index) {
      const arbitrary = arbitraries[index % arbitraries.length];
      if (arbitrary === undefined) throw new Error('a rule always has cases');
      return arbitrary;
    },
    judge: (one) => judge(engine, booked, root, one, applications),
    conclude: () => conclude(booked, applications),
  };
}

/** Of a wide selection what the rule reads of the result; all of it where it reads the whole. */
function selectionFor(engine: GraphEngine, root: RootField, skeleton: Shape[], reads: Reads | undefined): Selection[] {
  if (reads === undefined) return smallSelection(engine, root);
  const part = (selections: Selection[], read: Reads): Selection[] => {
    if (read.whole) return selections;
    const kept = selections.flatMap((one): Selection[] => {
      if (one.kind === 'fragment') return [{ ...one, select: part(one.select, read) }];
      const inner = read.members.get(one.name);
      if (inner === undefined) return one.name === '__typename' ? [one] : [];
      return [one.select === undefined ? one : { ...one, select: part(one.select, inner) }];
    });
    return kept.length > 0 ? kept : selections;
  };
  return part(plainSelection(skeleton), reads);
}

function conclude(
  booked: GraphRule,
  { evaluated, refused, depth, lastRefusal }: Applications,
): { reason?: string; warnings?: string[] } {
  if (evaluated === 0) {
    const why = refused === 0 ? 'no call could be made' : `all ${refused} calls were refused: ${lastRefusal}`;
    return { reason: `the rule was never evaluated: ${why}` };
  }
  if ((depth.at(-1) ?? 0) > 0) return {};
  const reached = depth.findLastIndex((count) => count > 0);
  const text = `the rule was only ever true through its guard: ${booked.guards[reached]?.source ?? booked.invariant.rule}`;
  return { reason: `${text} (in all ${evaluated} cases)` };
}

async function judge(
  engine: GraphEngine,
  booked: GraphRule,
  root: RootField,
  drawn: Case,
  applications: Applications,
): Promise<Judgement> {
  const { invariant, rule, guards } = booked;
  if (rule === undefined) return { kind: 'undecided', sent: [], reason: booked.problem ?? '' };
  const call = drawn.at(-1);
  const before = await engine.run(drawn.slice(0, -1));
  if (before.kind === 'stuck' || call === undefined)
    return { kind: 'discarded', sent: before.sent, reason: before.kind === 'stuck' ? before.reason : 'no call' };
  const sent: Sent[] = [...before.sent];
  // Probes see the arguments as they will be sent, with the ids that were given out.
  const bound = engine.bind(call, before.sent);
  if (bound.kind === 'stuck') return { kind: 'discarded', sent, reason: bound.reason };
  const scope: RuleScope = { args: bound.args, constant: engine.rules.constants };
  const probe = async (one: Probe, when: string): Promise<string | undefined> => {
    const variables: JsonObject = {};
    for (const [name, source] of Object.entries(one.parameters)) {
      const outcome = engine.rules.value(source, scope);
      if (outcome.kind === 'error') return `${source}: ${outcome.message}`;
      variables[name] = outcome.value;
    }
    const request = { query: one.operation, variables };
    const answer = await engine.execute(request);
    sent.push({
      step: { ...call, raw: request },
      args: variables,
      request,
      answer,
      role: `${when} ${one.name}`,
      index: -1,
    });
    if (answer.kind === 'fault') return answer.message;
    scope[one.name] = responseOf(answer).data ?? null;
    return undefined;
  };
  for (const one of invariant.given) await probe(one, 'given');
  const made = await engine.call(call, before.sent, drawn.length - 1);
  if ('kind' in made) return { kind: 'discarded', sent, reason: made.reason };
  const focus = sent.push(made) - 1;
  if (made.answer.kind === 'fault') return { kind: 'undecided', sent, reason: made.answer.message };
  const { data, errors } = responseOf(made.answer);
  if (errors.length > 0 && !rule.references.includes('errors')) {
    applications.refused++;
    applications.lastRefusal = errors[0]?.message ?? '';
    return { kind: 'discarded', sent, reason: `the call was refused: ${applications.lastRefusal}` };
  }
  scope['result'] = isObject(data) ? (data[root.name] ?? null) : null;
  scope['errors'] = errors.map(({ message, path, code }): JsonObject => ({
    message,
    path: path ?? [],
    code: code ?? null,
  }));
  for (const one of invariant.then) await probe(one, 'then');
  const outcome = rule.evaluate(scope);
  if (outcome.kind === 'error' || typeof outcome.value !== 'boolean') {
    const why = outcome.kind === 'error' ? outcome.message : `its value is ${JSON.stringify(outcome.value)}`;
    return { kind: 'undecided', sent, reason: `the rule cannot be evaluated: ${why}` };
  }
  applications.evaluated++;
  const settled = guards.findIndex((guard) => {
    const truth = guard.evaluate(scope);
    return truth.kind === 'value' && truth.value === true;
  });
  const depth = settled < 0 ? guards.length : settled;
  applications.depth[depth] = (applications.depth[depth] ?? 0) + 1;
  if (outcome.value) return { kind: 'passed', sent };
  const shown = sent.flatMap((_, index) => (index >= before.sent.length ? [index] : []));
  return {
    kind: 'failed',
    sent,
    focus,
    actual: clipped(
      shown.map((index) => `${sent[index]?.role ?? ''}: ${clipped(answerText(sent[index]), 400)}`).join('; '),
      1500,
    ),
    expected: `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`,
    test: shown.map((index) => `like(answers[${index}].body, seen[${index}])`).join(' && '),
  };
}

function answerText(sent: Sent | undefined): string {
  if (sent === undefined || sent.answer.kind === 'fault') return 'no answer';
  return JSON.stringify(sent.answer.json ?? sent.answer.text);
}

function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
