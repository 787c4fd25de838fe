/**
 * The one unit of testing what is called: a short history of calls. What a later call needs of an earlier one is bound
 * by reference, so that a scenario can be run again in a fresh instance, shrunk, and written as a script.
 */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import type { CallOutcome } from './model.ts';

/** A parameter whose value only an earlier call knows. */
export interface CallBinding {
  param: string;
  /** Index of the earlier step. */
  step: number;
  /** A constant, or texts with runtime expressions such as `${result.id}`. */
  template: JsonValue;
}

export type CallRole = 'setup' | 'history' | 'call' | 'again';

export interface CallStep {
  role: CallRole;
  method: Method;
  /** By name; an absent parameter is not passed. */
  params: JsonObject;
  bindings: CallBinding[];
  /** True where the parameters satisfy every schema; false for a planted violation. */
  valid: boolean;
  /** Whether they travel by name, where the contract leaves that open. */
  byName: boolean;
  /** Above 0: one parameter takes a value that was seen before; which one, and which value, this number decides. */
  meet?: number;
}

/** The call under test is the last step with role `call`. */
export type CallScenario = CallStep[];

/** A call as it was made. */
export interface Made {
  /** `setup`, `call`, `given before`. */
  role: string;
  method: Method;
  params: JsonObject;
  wire: JsonValue[] | JsonObject;
  valid: boolean;
  bindings: CallBinding[];
  outcome: CallOutcome;
}

/** The parameters as they travel. A by-position call ends with the last parameter that is passed. */
export function wireOf(method: Method, params: JsonObject, byName: boolean): JsonValue[] | JsonObject {
  const named = method.structure === 'by-name' || (method.structure === 'either' && byName);
  if (named) return params;
  const names = method.parameters.map(({ name }) => name);
  const last = names.findLastIndex((name) => Object.hasOwn(params, name));
  return names.slice(0, last + 1).map((name) => params[name] ?? null);
}

const EXPRESSION = /\$\{\s*((?:result|params)(?:[.[][^{}]*)?)\s*\}/g;

/** A template over what a call was given and what it returned; undefined where it speaks of something that is not there. */
export function filled(
  template: JsonValue,
  { params, outcome }: Pick<Made, 'params' | 'outcome'>,
): JsonValue | undefined {
  const known: JsonObject = { params, ...(outcome.kind === 'result' ? { result: outcome.value } : {}) };
  if (typeof template === 'string') {
    const whole = new RegExp(`^${EXPRESSION.source}$`).exec(template)?.[1];
    if (whole !== undefined) return memberAt(known, whole);
    let missing = false;
    const text = template.replaceAll(EXPRESSION, (_, path: string) => {
      const value = memberAt(known, path);
      missing ||= value === undefined;
      return typeof value === 'string' ? value : JSON.stringify(value ?? null);
    });
    return missing ? undefined : text;
  }
  if (Array.isArray(template)) {
    const items = template.map((item) => filled(item, { params, outcome }));
    return items.some((item) => item === undefined) ? undefined : items.filter((item) => item !== undefined);
  }
  if (!isObject(template)) return template;
  const members: JsonObject = {};
  for (const [name, member] of Object.entries(template)) {
    const value = filled(member, { params, outcome });
    if (value === undefined) return undefined;
    members[name] = value;
  }
  return members;
}

/** True where a template takes something from the call that it follows. */
export function isExpression(template: JsonValue): boolean {
  return new RegExp(EXPRESSION.source).test(JSON.stringify(template));
}

function memberAt(known: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = known;
  for (const token of path.split(/[.[\]]+/).filter((one) => one !== '')) {
    if (Array.isArray(value)) value = value[Number(token)];
    else value = isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
  }
  return value;
}

/** What a person reads of an outcome, on one line. */
export function describeOutcome(outcome: CallOutcome): string {
  switch (outcome.kind) {
    case 'result':
      return outcome.notes?.nothing === true ? 'nothing' : short(outcome.value);
    case 'error': {
      const code = outcome.code === undefined ? '' : ` ${outcome.code}`;
      const name = outcome.name === undefined || outcome.name === 'Error' ? '' : ` ${outcome.name}`;
      const data = outcome.data === undefined ? '' : ` with ${short(outcome.data)}`;
      return `error${code}${name}: ${outcome.message}${data}`;
    }
    case 'fault':
      return outcome.message;
  }
}

function short(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
