/** Rules of methods on calls that were made: their scopes, and what a rule excuses. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Method, Probe, Spec } from '../../spec/model.ts';
import { compileRule, type RuleOutcome, type RuleScope } from '../../spec/rule/rule.ts';
import { schemaInstances } from '../cases/schema-instances.ts';
import { type BookedRule, createRuleBook, evaluateTree } from '../rules/rules.ts';
import type { Schemas } from '../schema-port.ts';
import type { CallOutcome } from './model.ts';

export interface MethodRules {
  all: BookedRule[];
  constants: JsonObject;
  /** Rules on calls of a method. */
  of(method: Method): BookedRule[];
  evaluate(booked: BookedRule, scope: RuleScope): RuleOutcome;
  scope(params: JsonObject): RuleScope;
  /** The parameters of a probe over what is known so far. */
  probeParams(
    probe: Probe,
    scope: RuleScope,
  ): { kind: 'params'; params: JsonObject } | { kind: 'error'; message: string };
  /** False where a rule forbids a result for some parameters, whatever the state is. */
  mayReturn(method: Method, params: JsonObject): boolean;
  /** True where some rule may be the reason why valid parameters were refused as invalid. */
  excuses(method: Method, params: JsonObject): boolean;
}

/** Compiles the rules of a spec; `today` chooses among dated constants. */
export function methodRules(spec: Spec, schemas: Schemas, today: string): MethodRules {
  const book = createRuleBook(spec, schemas, today);
  const { constants } = book;
  const compiled = new Map<string, ReturnType<typeof compileRule>>();
  const expression = (source: string, scope: RuleScope): RuleOutcome => {
    let known = compiled.get(source);
    if (known === undefined) compiled.set(source, (known = compileRule(source)));
    return known.kind === 'rule' ? known.rule.evaluate(scope) : { kind: 'error', message: known.message };
  };
  const byMethod = new Map<string, BookedRule[]>();
  for (const booked of book.all)
    if (booked.invariant.scope === 'method')
      for (const name of booked.invariant.operations) byMethod.set(name, [...(byMethod.get(name) ?? []), booked]);
  const ofSchemas = book.all.filter(({ invariant }) => invariant.scope === 'schema');
  const of = (method: Method): BookedRule[] => byMethod.get(method.name) ?? [];
  const supposed = (params: JsonObject): RuleScope => ({ params, error: null, constant: constants });
  const selfBroken = (method: Method, params: JsonObject): boolean =>
    ofSchemas.length > 0 &&
    method.parameters.some(({ name, schema }) => {
      const value = params[name];
      if (value === undefined) return false;
      return ofSchemas.some((booked) =>
        schemaInstances(spec, schemas, schema, value, booked.invariant.schema ?? '', 'request').some(
          (self) => !isTrue(book.evaluate(booked, { self, constant: constants })),
        ),
      );
    });
  return {
    all: book.all,
    constants,
    of,
    evaluate: book.evaluate,
    scope: (params) => ({ params, constant: constants }),
    probeParams(probe, scope) {
      const made = evaluateTree(probe.body ?? {}, (source) => expression(source, scope));
      if (made.kind === 'error') return made;
      return { kind: 'params', params: isObject(made.value) ? withoutNulls(made.value, probe) : {} };
    },
    mayReturn(method, params) {
      for (const booked of of(method)) {
        if (booked.rule?.references.some((name) => !['params', 'error', 'constant'].includes(name)) !== false) continue;
        const outcome = booked.rule.evaluate(supposed(params));
        if (outcome.kind === 'value' && outcome.value === false) return false;
      }
      return !selfBroken(method, params);
    },
    excuses(method, params) {
      if (selfBroken(method, params)) return true;
      return of(method).some((booked) => {
        if (booked.rule === undefined) return true;
        const outcome = booked.rule.evaluate(supposed(params));
        // What hangs on the result may have no answer for these parameters; an equation always has one.
        return outcome.kind === 'value' ? outcome.value !== true : comparesParams(booked);
      });
    },
  };
}

function comparesParams({ invariant: { rule } }: BookedRule): boolean {
  const source = rule.replace(/"[^"]*"|'[^']*'/g, '""');
  return /\bparams\b/.test(source) && /[<>]|\b(exists|exists_one|all|in|matches|contains)\b/.test(source);
}

/** A CEL null leaves an optional parameter out. */
function withoutNulls(params: JsonObject, probe: Probe): JsonObject {
  const written = isObject(probe.body) ? probe.body : {};
  return Object.fromEntries(
    Object.entries(params).filter(
      ([name, value]) => value !== null || written[name] === null || written[name] === 'null',
    ),
  );
}

function isTrue(outcome: RuleOutcome): boolean {
  return outcome.kind === 'value' && outcome.value === true;
}

/** What a call brought, as a rule sees it. A fault is neither, so that a rule on it is an error unless it is guarded. */
export function outcomeScope(outcome: CallOutcome): { result: JsonValue; error: JsonValue } | Record<string, never> {
  switch (outcome.kind) {
    case 'result':
      return { result: outcome.value, error: null };
    case 'error':
      return {
        result: null,
        error: { code: outcome.code ?? null, message: outcome.message, data: outcome.data ?? null },
      };
    case 'fault':
      return {};
  }
}
