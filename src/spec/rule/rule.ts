/**
 * Invariant rules: CEL (https://cel.dev) over JSON. A rule comes from a spec and is hostile: it is parsed under limits,
 * and its evaluation is bounded and never throws.
 */
import { Script } from 'node:vm';
import type { ASTNode } from '@marcbachmann/cel-js';
import { isObject, type JsonValue } from '../../events/index.ts';
import { costDegree, longestLiteral, type Reads, readsOf, renameCalls } from './rule-ast.ts';
import { environment, LINEAR_MATCHES } from './rule-environment.ts';

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

/** Characters of one rule. */
const MAX_SOURCE = 20_000;

/** Steps that are taken without a watch; above, the evaluation runs under a time limit, which costs 0.3 ms. */
const UNWATCHED_STEPS = 2_000_000;

/** Time limit of one evaluation. */
const LIMIT_MS = 1000;

/** Parses and type-checks a rule; the message of an invalid one says what is wrong. */
export function compileRule(source: string): CompiledRule {
  if (source.length > MAX_SOURCE)
    return { kind: 'invalid', message: `the rule is longer than ${MAX_SOURCE} characters` };
  try {
    const ast = environment.parse(source).ast;
    const run = environment.parse(source);
    renameCalls(run.ast, 'matches', LINEAR_MATCHES);
    const checked = run.check();
    if (!checked.valid) return { kind: 'invalid', message: messageOf(checked.error) };
    const reads = readsOf(ast);
    const degree = costDegree(ast);
    const literal = longestLiteral(ast);
    const evaluate = (scope: RuleScope): RuleOutcome => {
      try {
        const size = { largest: literal };
        const context = new Map<string, unknown>();
        for (const [name, read] of reads) {
          const value = Object.hasOwn(scope, name) ? scope[name] : undefined;
          if (value !== undefined) context.set(name, project(value, read, size));
        }
        const steps = size.largest ** degree;
        return toJson(steps <= UNWATCHED_STEPS ? run(context) : watched(() => run(context)));
      } catch (error) {
        return { kind: 'error', message: messageOf(error) };
      }
    };
    return { kind: 'rule', rule: { source, references: [...reads.keys()], ast, evaluate } };
  } catch (error) {
    return { kind: 'invalid', message: messageOf(error) };
  }
}

/** Length of the longest list, map or text that a rule gets to see. */
interface Size {
  largest: number;
}

/** Takes over only what the rule reads: `request.body.minutes` does not cost the whole body. */
function project(value: JsonValue, reads: Reads, size: Size): unknown {
  if (reads.whole || !isObject(value)) return toCel(value, size);
  const members = new Map<string, unknown>();
  for (const [name, inner] of reads.members) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member !== undefined) members.set(name, project(member, inner, size));
  }
  return members;
}

/** JSON objects become Maps: the engine looks at `constructor`, which a hostile body could bring along. */
function toCel(value: JsonValue, size: Size): unknown {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'string':
      if (value.length > size.largest) size.largest = value.length;
      return value;
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) {
        if (value.length > size.largest) size.largest = value.length;
        return value.map((item) => toCel(item, size));
      }
      const members = new Map<string, unknown>();
      for (const name of Object.keys(value)) members.set(name, toCel(value[name] ?? null, size));
      if (members.size > size.largest) size.largest = members.size;
      return members;
    }
    default:
      return value;
  }
}

const WATCHED = Symbol.for('plumbline.rule.watched');
const script = new Script(`globalThis[Symbol.for('plumbline.rule.watched')]()`);

/** Runs a function under a time limit; V8 interrupts it in the middle of a loop. */
function watched(work: () => unknown): unknown {
  Object.defineProperty(globalThis, WATCHED, { value: work, configurable: true });
  try {
    return script.runInThisContext({ timeout: LIMIT_MS });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new Error(`the rule took longer than ${LIMIT_MS} ms`, { cause: error });
    throw error;
  } finally {
    Reflect.deleteProperty(globalThis, WATCHED);
  }
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
      return Number.isFinite(value)
        ? { kind: 'value', value: Object.is(value, -0) ? 0 : value }
        : { kind: 'error', message: `${value} is not a JSON number` };
    default:
  }
  if (value === null) return { kind: 'value', value };
  if (Array.isArray(value))
    return collect(
      value.map((item, index) => [String(index), item]),
      (items) => items.map(([, item]) => item),
    );
  if (value instanceof Map) return collect([...value], (members) => Object.fromEntries(members));
  if (isObject(value) && Object.getPrototypeOf(value) === Object.prototype)
    return collect(Object.entries(value), (members) => Object.fromEntries(members));
  return { kind: 'error', message: 'the result is not a JSON value' };
}

function collect(entries: [unknown, unknown][], build: (members: [string, JsonValue][]) => JsonValue): RuleOutcome {
  const members: [string, JsonValue][] = [];
  for (const [key, item] of entries) {
    const outcome = toJson(item);
    if (outcome.kind === 'error') return outcome;
    members.push([String(key), outcome.value]);
  }
  return { kind: 'value', value: build(members) };
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').replaceAll(LINEAR_MATCHES, 'matches');
}
