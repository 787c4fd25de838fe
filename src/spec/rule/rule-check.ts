/** Checks at load that every CEL source of an invariant parses and names only what it can see. */
import { at, isObject, type JsonValue } from '../../events/index.ts';
import type { Invariant, Probe, Spec } from '../model.ts';
import type { Report } from '../report.ts';
import { compileRule } from './rule.ts';
import { isBuiltInName } from './rule-ast.ts';

/** Reports CEL that does not parse, unknown names, and probes of unknown operations or methods. */
export function checkRules(spec: Pick<Spec, 'operations' | 'methods' | 'invariants'>, report: Report): void {
  const operations = new Map(spec.operations.map((operation) => [operation.id, operation]));
  const methods = new Map(spec.methods.map((method) => [method.name, method]));
  for (const invariant of spec.invariants) checkInvariant(invariant);

  function checkInvariant(invariant: Invariant): void {
    if (invariant.scope === 'schema') {
      checkSource(invariant.rule, at(invariant.pointer, 'rule'), ['self', 'constant']);
      return;
    }
    const names = new Set<string>();
    for (const probe of [...invariant.given, ...invariant.then]) {
      if (names.has(probe.name) || RESERVED[invariant.scope].includes(probe.name) || isBuiltInName(probe.name))
        report('error', 'probe-name', probe.pointer, `the name ${probe.name} is already taken`, 'rename the probe');
      names.add(probe.name);
    }
    const isMethod = invariant.scope === 'method';
    const check = isMethod ? checkMethodProbe : checkProbe;
    const known = [isMethod ? 'params' : 'request', 'constant'];
    for (const probe of invariant.given) {
      check(probe, known);
      known.push(probe.name);
    }
    known.push(...(isMethod ? ['result', 'error'] : ['response']));
    for (const probe of invariant.then) {
      check(probe, known);
      known.push(probe.name);
    }
    checkSource(invariant.rule, at(invariant.pointer, 'rule'), known);
  }

  function checkProbe(probe: Probe, known: readonly string[]): void {
    const operation = operations.get(probe.operation);
    if (operation === undefined)
      report(
        'error',
        'unknown-operation',
        at(probe.pointer, 'operationId'),
        `no operation is called ${probe.operation}`,
      );
    for (const [name, source] of Object.entries(probe.parameters)) {
      checkSource(source, at(probe.pointer, 'parameters', name), known);
      if (
        operation !== undefined &&
        !operation.parameters.some(
          (parameter) => parameter.name === name || `${parameter.in}.${parameter.name}` === name,
        )
      )
        report(
          'error',
          'unknown-parameter',
          at(probe.pointer, 'parameters', name),
          `${operation.id} has no parameter ${name}`,
        );
    }
    for (const parameter of operation?.parameters ?? [])
      if (
        parameter.required &&
        !(parameter.name in probe.parameters) &&
        !(`${parameter.in}.${parameter.name}` in probe.parameters)
      )
        report(
          'error',
          'probe-incomplete',
          probe.pointer,
          `the probe does not say the required parameter ${parameter.name}`,
        );
    if (probe.body !== undefined) checkBody(probe.body, at(probe.pointer, 'body'), known);
  }

  function checkMethodProbe(probe: Probe, known: readonly string[]): void {
    const method = methods.get(probe.operation);
    const params = isObject(probe.body) ? probe.body : {};
    if (method === undefined)
      report('error', 'unknown-method', at(probe.pointer, 'method'), `no method is called ${probe.operation}`);
    for (const [name, source] of Object.entries(params)) {
      checkBody(source, at(probe.pointer, 'params', name), known);
      if (method !== undefined && !method.parameters.some((parameter) => parameter.name === name))
        report(
          'error',
          'unknown-parameter',
          at(probe.pointer, 'params', name),
          `${method.name} has no parameter ${name}`,
        );
    }
    for (const { name, required } of method?.parameters ?? [])
      if (required && !Object.hasOwn(params, name))
        report('error', 'probe-incomplete', probe.pointer, `the probe does not say the required parameter ${name}`);
  }

  function checkBody(body: JsonValue, pointer: string, known: readonly string[]): void {
    if (typeof body === 'string') checkSource(body, pointer, known);
    else if (Array.isArray(body))
      for (const [index, item] of body.entries()) checkBody(item, at(pointer, index), known);
    else if (isObject(body)) for (const [name, item] of Object.entries(body)) checkBody(item, at(pointer, name), known);
  }

  function checkSource(source: string, pointer: string, known: readonly string[]): void {
    const compiled = compileRule(source);
    if (compiled.kind === 'invalid') {
      report('error', 'rule-syntax', pointer, `not a CEL expression: ${compiled.message}`);
      return;
    }
    for (const name of compiled.rule.references)
      if (!known.includes(name))
        report('error', 'rule-reference', pointer, `the rule does not know ${name}`, `known here: ${known.join(', ')}`);
  }
}

const RESERVED: Record<Invariant['scope'], string[]> = {
  operation: ['request', 'response', 'constant', 'self'],
  method: ['params', 'result', 'error', 'constant', 'self'],
  schema: [],
};
