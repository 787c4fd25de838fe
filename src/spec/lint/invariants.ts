/** Readiness of invariants: each must be able to fail, and must be about something. */
import { at } from '../../events/index.ts';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Invariant, Spec } from '../model.ts';
import type { Report } from '../report.ts';
import { compileRule } from '../rule/rule.ts';
import { constantTruth } from '../rule/rule-constant.ts';
import { childrenOf, memberPath } from '../rule/rule-ast.ts';

/** Reports rules that decide nothing, and names in rules that nothing declares. */
export function lintInvariants(spec: Spec, report: Report): void {
  for (const invariant of spec.invariants) {
    const compiled = compileRule(invariant.rule);
    if (compiled.kind === 'invalid') continue;
    const { references, ast } = compiled.rule;
    const place = at(invariant.pointer, 'rule');
    if (references.every((name) => name === 'constant'))
      report('error', 'vacuous-rule', place, `rule ${invariant.id} mentions nothing that a call could change`);
    else if (constantTruth(ast) === true)
      report('error', 'vacuous-rule', place, `rule ${invariant.id} is true whatever a call does`);
    if (invariant.operations.length === 0 && invariant.scope === 'schema' && spec.contract !== 'json-schema')
      report(
        'warning',
        'unused-invariant',
        invariant.pointer,
        spec.contract === 'openrpc'
          ? `no method uses the schema of ${invariant.id}`
          : `no operation's body uses the schema of ${invariant.id}`,
        'it is never checked',
      );
    for (const probe of [...invariant.given, ...invariant.then])
      if (!references.includes(probe.name) && !isUsedByProbe(invariant, probe.name))
        report(
          'warning',
          'unused-probe',
          probe.pointer,
          `the result of probe ${probe.name} is not used`,
          'remove it, or use it in the rule',
        );
    for (const [name, known] of declaredNames(spec, invariant))
      unknownMembers(ast, name, known, (member) =>
        report(
          'error',
          'rule-reference',
          place,
          `the rule reads ${name}.${member}, which is not declared`,
          known.size === 0 ? 'nothing is declared there' : `declared: ${[...known].join(', ')}`,
        ),
      );
  }
}

function isUsedByProbe(invariant: Invariant, name: string): boolean {
  const pattern = new RegExp(`\\b${name}\\b`);
  return [...invariant.given, ...invariant.then].some((probe) =>
    pattern.test(JSON.stringify([probe.parameters, probe.body ?? null])),
  );
}

/** What `constant`, `request.path`, `request.query`, `params` may hold on any of the invariant's operations. */
function declaredNames(spec: Spec, invariant: Invariant): Map<string, Set<string>> {
  const names = new Map([['constant', new Set(Object.keys(spec.constants))]]);
  if (invariant.scope === 'schema') return names;
  const methods = spec.methods.filter(({ name }) => invariant.operations.includes(name));
  if (methods.length > 0)
    names.set('params', new Set(methods.flatMap(({ parameters }) => parameters.map(({ name }) => name))));
  const operations = spec.operations.filter(({ id }) => invariant.operations.includes(id));
  if (operations.length === 0) return names;
  for (const place of ['path', 'query'] as const)
    names.set(
      `request.${place}`,
      new Set(
        operations.flatMap(({ parameters }) =>
          parameters.filter((parameter) => parameter.in === place).map((parameter) => parameter.name),
        ),
      ),
    );
  return names;
}

function unknownMembers(ast: ASTNode, prefix: string, known: Set<string>, report: (member: string) => void): void {
  const reported = new Set<string>();
  const visit = (node: ASTNode): void => {
    const path = memberPath(node);
    if (path !== undefined) {
      const depth = prefix.split('.').length;
      const member = path[depth];
      if (
        member === undefined ||
        path.slice(0, depth).join('.') !== prefix ||
        known.has(member) ||
        reported.has(member)
      )
        return;
      reported.add(member);
      report(member);
      return;
    }
    for (const child of childrenOf(node)) visit(child.node);
  };
  visit(ast);
}
