/** Invariant rules on recorded requests and answers: scopes, constants in force, guards, and what a rule excuses. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Invariant, Operation, Probe, Spec } from '../../spec/model.ts';
import { constantTruth } from '../../spec/rule/rule-constant.ts';
import { compileRule, type Rule, type RuleOutcome, type RuleScope } from '../../spec/rule/rule.ts';
import type { SubjectAnswer } from '../model.ts';
import { canBeKept } from './fulfilment.ts';
import { guardsOf } from './guards.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import type { Schemas } from '../schema-port.ts';
import { type Input, emptyInput } from '../cases/scenario.ts';
import { schemaInstances } from '../cases/schema-instances.ts';
import { placeOf } from '../wire/serialise.ts';

/** A compiled rule of the spec, and why it decides nothing where that is so. */
export interface BookedRule {
  invariant: Invariant;
  rule: Rule | undefined;
  problem: string | undefined;
  /** True where it reads the body or the headers of the answer. */
  aboutAnswer: boolean;
  /** What makes the rule true without saying anything, outermost first. */
  guards: Rule[];
}

export type ProbeInput = { kind: 'input'; input: Input } | { kind: 'error'; message: string };

export interface RuleBook {
  all: BookedRule[];
  /** Rules on calls of the operation. */
  of(operation: Operation): BookedRule[];
  constants: JsonObject;
  /** Scope of a rule before the call. */
  requestScope(operation: Operation, input: Input): RuleScope;
  evaluate(booked: BookedRule, scope: RuleScope): RuleOutcome;
  /** The request of a probe, its CEL sources evaluated over what is known so far. */
  probeInput(probe: Probe, operation: Operation, scope: RuleScope): ProbeInput;
  /** False where a rule forbids success for an input whatever the state is. */
  mayAccept(operation: Operation, input: Input): boolean;
  /** True where some rule may be the reason why a valid input was refused with a status. */
  excuses(operation: Operation, scope: RuleScope, status: number): boolean;
}

/** Compiles the rules of a spec; `today` chooses among dated constants. */
export function createRuleBook(spec: Spec, schemas: Schemas, today: string): RuleBook {
  const all = spec.invariants.map(book);
  const constants = constantsAt(spec, today);
  const compiled = new Map<string, ReturnType<typeof compileRule>>();
  const expression = (source: string, scope: RuleScope): RuleOutcome => {
    let known = compiled.get(source);
    if (known === undefined) compiled.set(source, (known = compileRule(source)));
    return known.kind === 'rule' ? known.rule.evaluate(scope) : { kind: 'error', message: known.message };
  };
  const byOperation = new Map<string, BookedRule[]>();
  for (const booked of all)
    if (booked.invariant.scope === 'operation')
      for (const id of booked.invariant.operations) byOperation.set(id, [...(byOperation.get(id) ?? []), booked]);
  const requestSelf = all.filter((booked) => booked.invariant.scope === 'schema');

  const ruleBook: RuleBook = {
    all,
    constants,
    of: (operation) => byOperation.get(operation.id) ?? [],
    requestScope: (operation, input) => ({ request: requestOf(operation, input), constant: constants }),
    evaluate: (booked, scope) => booked.rule?.evaluate(scope) ?? { kind: 'error', message: booked.problem ?? '' },
    probeInput(probe, operation, scope) {
      const input = emptyInput();
      for (const [name, source] of Object.entries(probe.parameters)) {
        const outcome = expression(source, scope);
        if (outcome.kind === 'error') return { kind: 'error', message: `${source}: ${outcome.message}` };
        const parameter = operation.parameters.find((one) => one.name === name || `${one.in}.${one.name}` === name);
        if (parameter === undefined) return { kind: 'error', message: `${operation.id} has no parameter ${name}` };
        if (outcome.value !== null) input[placeOf(parameter)][parameter.name] = outcome.value;
      }
      if (probe.body === undefined) return { kind: 'input', input };
      const body = evaluateTree(probe.body, (source) => expression(source, scope));
      if (body.kind === 'error') return body;
      input.body = body.value;
      return { kind: 'input', input };
    },
    mayAccept(operation, input) {
      for (const booked of byOperation.get(operation.id) ?? []) {
        const foreign = booked.rule?.references.some((name) => !['request', 'response', 'constant'].includes(name));
        if (booked.rule === undefined || foreign !== false || booked.aboutAnswer) continue;
        const outcome = booked.rule.evaluate(hypothetical(operation, ruleBook.requestScope(operation, input)));
        if (outcome.kind === 'value' && outcome.value === false) return false;
      }
      return !selfBroken(operation, input.body);
    },
    excuses(operation, scope, status) {
      const request = scope['request'];
      const body = isObject(request) ? request['body'] : undefined;
      if (selfBroken(operation, body)) return true;
      const supposed = hypothetical(operation, scope);
      return (byOperation.get(operation.id) ?? []).some((booked) => {
        if (booked.rule === undefined || new RegExp(`\\b${status}\\b`).test(booked.invariant.rule)) return true;
        const outcome = booked.rule.evaluate(supposed);
        if (outcome.kind === 'value') return outcome.value !== true;
        // A read is not malformed for want of an answer that keeps the rule: some answer would do.
        if (operation.method === 'get' && status === 400 && booked.invariant.then.length === 0) return false;
        return (
          constrainsRequest(booked) &&
          !isMetByNothing(operation, booked, supposed) &&
          !(operation.method !== 'get' && isKnown(booked.invariant, supposed) && canBeKept(booked.rule, supposed))
        );
      });
    },
  };
  /** A list that may hold nothing satisfies some rules whatever was asked: those are no reason to refuse the question. */
  const isMetByNothing = (operation: Operation, { rule }: BookedRule, supposed: RuleScope): boolean => {
    const schema = operation.method === 'get' ? jsonSchemaOf(successOf(operation)?.content ?? []) : undefined;
    if (schema === undefined || schemas.validate(schema, [], 'response').length > 0) return false;
    const { response } = supposed;
    const outcome = rule?.evaluate({ ...supposed, response: { ...(isObject(response) ? response : {}), body: [] } });
    return outcome?.kind === 'value' && outcome.value === true;
  };
  const selfBroken = (operation: Operation, body: JsonValue | undefined): boolean => {
    const schema = jsonSchemaOf(operation.requestBody?.content ?? []);
    if (schema === undefined || body === undefined) return false;
    return requestSelf.some((booked) =>
      schemaInstances(spec, schemas, schema, body, booked.invariant.schema ?? '', 'request').some((self) => {
        const outcome = ruleBook.evaluate(booked, { self, constant: constants });
        return outcome.kind === 'error' || outcome.value !== true;
      }),
    );
  };
  return ruleBook;
}

function book(invariant: Invariant): BookedRule {
  const compiled = compileRule(invariant.rule);
  const aboutAnswer = /\bresponse\s*\.\s*(body|headers)\b/.test(invariant.rule);
  if (compiled.kind === 'invalid') {
    const problem = `the rule cannot be compiled: ${compiled.message}`;
    return { invariant, rule: undefined, problem, aboutAnswer, guards: [] };
  }
  const { rule } = compiled;
  return { invariant, rule, problem: vacuityOf(rule), aboutAnswer, guards: guardsOf(rule) };
}

/** Why no call could ever break a rule; undefined where one might. */
function vacuityOf({ ast, references }: Rule): string | undefined {
  if (constantTruth(ast) === true) return 'the rule is true whatever a call does, so it checks nothing';
  return references.every((name) => name === 'constant') ? 'the rule mentions nothing that a call changes' : undefined;
}

/** True where all that was looked at beforehand could be read. */
function isKnown({ given }: Invariant, scope: RuleScope): boolean {
  return given.every(({ name }) => {
    const seen = scope[name];
    return isObject(seen) && typeof seen['status'] === 'number' && seen['status'] < 300;
  });
}

/** The scope as if the call had succeeded; the body of the answer stays unknown. */
function hypothetical(operation: Operation, scope: RuleScope): RuleScope {
  const status = Number((successOf(operation)?.status ?? '200').replace('XX', '00'));
  return { ...scope, response: { status, headers: {} } };
}

/**
 * Whether a rule whose truth depends on the answer may still forbid some inputs. An equation can be met by choosing the
 * answer; a comparison or a quantifier that involves the request may have no answer at all.
 */
function constrainsRequest(booked: BookedRule): boolean {
  // Whether something was sent at all is asked by a guard and forbids no value.
  const source = booked.invariant.rule
    .replace(/"[^"]*"|'[^']*'/g, '""')
    .replace(/""\s+in\s+request\.(?:headers|query|path|body)\b/g, 'true');
  const given = booked.invariant.given.map((probe) => probe.name);
  const then = booked.invariant.then.map((probe) => probe.name);
  const mentions = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(source);
  const unknown = booked.aboutAnswer || then.some(mentions);
  if (!unknown) return true;
  const input = /\brequest\b|\bconstant\b/.test(source) || given.some(mentions);
  return input && /[<>]|\b(exists|exists_one|all|in|matches|contains)\b/.test(source);
}

function constantsAt(spec: Spec, today: string): JsonObject {
  const constants: JsonObject = {};
  for (const [name, values] of Object.entries(spec.constants)) {
    const held = values.filter((one) => one.from === undefined || one.from <= today);
    const latest = held.toSorted((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1)).at(-1) ?? values[0];
    if (latest !== undefined) constants[name] = latest.value;
  }
  return constants;
}

function requestOf(operation: Operation, input: Input): JsonObject {
  const headers: JsonObject = {};
  for (const [name, value] of Object.entries(input.headers))
    headers[name.toLowerCase()] = typeof value === 'string' ? value : JSON.stringify(value);
  return { path: input.path, query: input.query, headers, body: input.body ?? null };
}

/** An answer as a rule sees it. A fault has no status, so that a rule on it is an error unless it is guarded. */
export function answerScope(answer: SubjectAnswer): JsonObject {
  if (answer.kind === 'fault') return { headers: {}, body: null };
  const body = answer.json !== undefined ? answer.json : answer.text === '' ? null : answer.text;
  return { status: answer.status, headers: answer.headers, body };
}

/** A JSON tree whose texts are expressions, evaluated. */
export function evaluateTree(
  tree: JsonValue,
  evaluate: (source: string) => RuleOutcome,
): { kind: 'value'; value: JsonValue } | { kind: 'error'; message: string } {
  if (typeof tree === 'string') {
    const outcome = evaluate(tree);
    return outcome.kind === 'error' ? { kind: 'error', message: `${tree}: ${outcome.message}` } : outcome;
  }
  if (Array.isArray(tree)) {
    const items: JsonValue[] = [];
    for (const item of tree) {
      const outcome = evaluateTree(item, evaluate);
      if (outcome.kind === 'error') return outcome;
      items.push(outcome.value);
    }
    return { kind: 'value', value: items };
  }
  if (isObject(tree)) {
    const members: JsonObject = {};
    for (const [name, member] of Object.entries(tree)) {
      const outcome = evaluateTree(member, evaluate);
      if (outcome.kind === 'error') return outcome;
      members[name] = outcome.value;
    }
    return { kind: 'value', value: members };
  }
  return { kind: 'value', value: tree };
}
