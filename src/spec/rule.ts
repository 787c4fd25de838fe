/**
 * Invariant rules: CEL (https://cel.dev) over JSON. A rule comes from a spec and is hostile: it is parsed under limits,
 * and its evaluation is bounded and never throws.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { isObject, type JsonValue } from '../events/index.ts';

/** What a rule may see; JSON values, and named probe results `{ status, headers, body }`. */
export type RuleScope = Record<string, JsonValue>;

export type RuleOutcome = { kind: 'value'; value: JsonValue } | { kind: 'error'; message: string };

export interface Rule {
  source: string;
  /** Root names that the rule refers to: `request`, `response`, `constant`, probe names, `self`. */
  references: string[];
  /** JSON integers enter as CEL ints, fractions as doubles; the result leaves as JSON. Never throws. */
  evaluate(scope: RuleScope): RuleOutcome;
  /** The parsed expression, for those who compile it (the built-in agent). */
  ast: ASTNode;
}

export type CompiledRule = { kind: 'rule'; rule: Rule } | { kind: 'invalid'; message: string };

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });

/** Parses a rule; the message of an invalid one shows where. */
export function compileRule(source: string): CompiledRule {
  try {
    const run = environment.parse(source);
    const references = rootsOf(run.ast);
    return {
      kind: 'rule',
      rule: {
        source,
        references,
        ast: run.ast,
        evaluate(scope) {
          try {
            const cel: Record<string, unknown> = {};
            for (const name of references) if (Object.hasOwn(scope, name)) cel[name] = toCel(scope[name] ?? null);
            const result: unknown = run(cel);
            return toJson(result);
          } catch (error) {
            return { kind: 'error', message: firstLine(error) };
          }
        },
      },
    };
  } catch (error) {
    return { kind: 'invalid', message: firstLine(error) };
  }
}

function toCel(value: JsonValue): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toCel(item)]));
  return value;
}

function toJson(value: unknown): RuleOutcome {
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value))
        ? { kind: 'value', value: Number(value) }
        : { kind: 'error', message: `${value} does not fit a JSON integer` };
    case 'boolean':
    case 'string':
      return { kind: 'value', value };
    case 'number':
      return Number.isFinite(value) ? { kind: 'value', value } : { kind: 'error', message: `${value} is not JSON` };
    default:
  }
  if (value === null) return { kind: 'value', value };
  if (Array.isArray(value)) {
    const items: JsonValue[] = [];
    for (const item of value) {
      const outcome = toJson(item);
      if (outcome.kind === 'error') return outcome;
      items.push(outcome.value);
    }
    return { kind: 'value', value: items };
  }
  if (value instanceof Map || (isObject(value) && Object.getPrototypeOf(value) === Object.prototype)) {
    const entries: [string, JsonValue][] = [];
    for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
      const outcome = toJson(item);
      if (outcome.kind === 'error') return outcome;
      entries.push([String(key), outcome.value]);
    }
    return { kind: 'value', value: Object.fromEntries(entries) };
  }
  return { kind: 'error', message: 'the result is not a JSON value' };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Free variables of an expression in order of first use; comprehension variables are bound. */
function rootsOf(ast: ASTNode): string[] {
  const found = new Set<string>();
  const visit = (node: ASTNode, bound: ReadonlySet<string>): void => {
    switch (node.op) {
      case 'value':
        return;
      case 'id':
        if (!bound.has(node.args)) found.add(node.args);
        return;
      case '.':
      case '.?':
        return visit(node.args[0], bound);
      case 'rcall': {
        const [name, receiver, args] = node.args;
        visit(receiver, bound);
        const variable = args[0];
        if (COMPREHENSIONS.has(name) && args.length >= 2 && variable?.op === 'id') {
          const inner = new Set([...bound, variable.args]);
          for (const arg of args.slice(1)) visit(arg, inner);
        } else for (const arg of args) visit(arg, bound);
        return;
      }
      case 'call':
        for (const arg of node.args[1]) visit(arg, bound);
        return;
      case 'list':
        for (const item of node.args) visit(item, bound);
        return;
      case 'map':
        for (const [key, item] of node.args) {
          visit(key, bound);
          visit(item, bound);
        }
        return;
      case '!_':
      case '-_':
        return visit(node.args, bound);
      default:
        for (const item of node.args) visit(item, bound);
    }
  };
  visit(ast, new Set());
  return [...found];
}
