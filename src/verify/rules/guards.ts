/** The premises of a rule: `a || b`, `!(c && d)` and `c ? x : true` say something only where `a` is false, `c` true. */
import { compileRule, type Rule } from '../../spec/rule/rule.ts';
import { isNode } from './rule-node.ts';

/** Rules that, where one is true, make the whole rule true without its last part being looked at; outermost first. */
export function guardsOf(rule: Rule): Rule[] {
  const guards: Rule[] = [];
  collect(rule.source, rule.ast, guards);
  return guards;
}

function collect(source: string, node: unknown, guards: Rule[]): void {
  if (!isNode(node)) return;
  const args: unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  if (node.op === '||') {
    const disjuncts = flatten(node, '||');
    for (const disjunct of disjuncts.slice(0, -1)) add(source, disjunct, false, guards);
    collect(source, disjuncts.at(-1), guards);
  }
  if (node.op === '!_') {
    const [inner] = args;
    if (!isNode(inner) || inner.op !== '&&') return;
    for (const conjunct of flatten(inner, '&&').slice(0, -1)) add(source, conjunct, true, guards);
  }
  if (node.op === '?:') {
    const [condition, yes, no] = args;
    if (isTrue(no)) add(source, condition, true, guards);
    else if (isTrue(yes)) add(source, condition, false, guards);
  }
}

function flatten(node: unknown, op: string): unknown[] {
  if (!isNode(node) || node.op !== op || !Array.isArray(node.args)) return [node];
  const args: unknown[] = node.args;
  return args.flatMap((arg) => flatten(arg, op));
}

function isTrue(node: unknown): boolean {
  return isNode(node) && node.op === 'value' && node.args === true;
}

function add(source: string, node: unknown, negated: boolean, guards: Rule[]): void {
  if (!isNode(node)) return;
  const text = balanced(source.slice(node.start, node.end));
  const compiled = compileRule(negated ? `!(${text})` : text);
  if (compiled.kind === 'rule') guards.push(compiled.rule);
}

/** A part that begins or ends with brackets around it has lost one of each pair: its offsets do not count those. */
export function balanced(text: string): string {
  let open = 0;
  let missing = 0;
  for (const [character] of text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '').matchAll(/[()]/g)) {
    if (character === '(') open++;
    else if (open > 0) open--;
    else missing++;
  }
  return `${'('.repeat(missing)}${text}${')'.repeat(open)}`;
}
