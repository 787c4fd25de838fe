/** Rules and probes of the spec as expressions. */
import { isObject, type JsonValue } from '../../../events/index.ts';
import type { Invariant, Operation, Parameter, Probe } from '../../../spec/model.ts';
import { compileRule } from '../../../spec/rule/rule.ts';
import { readExpression, type Expression, type ReadExpression } from './expression.ts';

/** A probe whose values are expressions. */
export interface ReadProbe {
  name: string;
  operation: string;
  /** Parameter name, as the operation has it, to value. */
  parameters: Map<string, Expression>;
  body: Template | null;
}

/** A JSON tree whose leaves are expressions. */
export type Template =
  | { kind: 'value'; value: Expression }
  | { kind: 'list'; items: Template[] }
  | { kind: 'object'; members: [string, Template][] };

export interface ReadInvariant {
  invariant: Invariant;
  rule: Expression;
  givens: ReadProbe[];
  thens: ReadProbe[];
}

export type ReadRule = { kind: 'rule'; rule: ReadInvariant } | { kind: 'unsupported'; what: string };

/** The expression of a CEL source. */
export function readSource(source: string): ReadExpression {
  const compiled = compileRule(source);
  return compiled.kind === 'rule' ? readExpression(compiled.rule.ast) : { kind: 'unsupported', what: compiled.message };
}

/** Reads a rule and its probes. */
export function readInvariant(invariant: Invariant): ReadRule {
  try {
    return {
      kind: 'rule',
      rule: {
        invariant,
        rule: expect(invariant.rule),
        givens: invariant.given.map(readProbe),
        thens: invariant.then.map(readProbe),
      },
    };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unsupported', what: error.message };
    throw error;
  }
}

class Unreadable extends Error {}

function expect(source: string): Expression {
  const read = readSource(source);
  if (read.kind === 'unsupported') throw new Unreadable(read.what);
  return read.expression;
}

function readProbe(probe: Probe): ReadProbe {
  const parameters = Object.entries(probe.parameters).map(([name, source]) => [name, expect(source)] as const);
  return {
    name: probe.name,
    operation: probe.operation,
    parameters: new Map(parameters),
    body: probe.body === undefined ? null : template(probe.body),
  };
}

function template(tree: JsonValue): Template {
  if (typeof tree === 'string') return { kind: 'value', value: expect(tree) };
  if (Array.isArray(tree)) return { kind: 'list', items: tree.map(template) };
  if (isObject(tree))
    return { kind: 'object', members: Object.entries(tree).map(([name, part]) => [name, template(part)]) };
  return { kind: 'value', value: { kind: 'literal', value: tree } };
}

/** The value that a probe gives a parameter, named plainly or as `in.name`. */
export function probeParameter(probe: ReadProbe, parameter: Pick<Parameter, 'name' | 'in'>): Expression | undefined {
  return probe.parameters.get(parameter.name) ?? probe.parameters.get(`${parameter.in}.${parameter.name}`);
}

/** True where the probe sends its operation nothing that changes anything. */
export function isSafe(operation: Operation): boolean {
  return operation.method === 'get' || operation.method === 'head';
}
