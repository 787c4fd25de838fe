/**
 * Plans how an operation keeps its rules: what the answer is defined to be, what must be written so that the probes
 * after the call read what the rules say, and the rules themselves, by which every outcome is judged.
 */
import type { Spec } from '../../../spec/model.ts';
import { designOf, type Design, type OperationDesign } from '../design.ts';
import { binary, chain, chainOf, namesIn, rewrite, type Expression } from './expression.ts';
import { factsOf, memberOf, wantedOf, type Fact, type Wanted } from './facts.ts';
import { isSafe, probeParameter, readInvariant, type ReadInvariant, type ReadProbe } from './read-rule.ts';
import { identifier, upperFirst } from '../text.ts';
import { membersOf } from '../shape.ts';
import { ruleOnAnswer } from './schema-rules.ts';
import { settableOf, solutionsOf, type Settable } from './solve.ts';

/** Something to be made true when the conditions hold. */
export type Step = { rule: string; conditions: Expression[] } & (
  | { kind: 'define'; path: string[]; value: Expression; isStored: boolean }
  | { kind: 'defineItems'; path: string[]; variable: string; member: string; value: Expression }
  | { kind: 'keepItems'; path: string[]; variable: string; predicate: Expression }
  | { kind: 'setMember'; reader: OperationDesign; probe: ReadProbe; path: string[]; value: Expression }
  | {
      kind: 'ensureEntry';
      lister: OperationDesign;
      probe: ReadProbe;
      list: Expression;
      variable: string;
      predicate: Expression;
      wanted: Wanted;
    }
  | {
      kind: 'correctSum';
      lister: OperationDesign;
      probe: ReadProbe;
      sum: Extract<Settable, { kind: 'sum' }>;
      target: Expression;
      wanted: Wanted;
    }
);

export interface HeldRule {
  id: string;
  message: string | null;
  rule: Expression;
  /** True where a probe after the call changes something itself, so that it is judged on calls from outside alone. */
  repeats: boolean;
}

export interface RulePlan {
  given: ReadProbe[];
  then: ReadProbe[];
  define: Step[];
  effects: Step[];
  rules: HeldRule[];
  sortBy: { member: string } | null;
}

/** Plans the rules that are switched on for an operation; null where none is. */
export function planRules(spec: Spec, design: Design, one: OperationDesign): RulePlan | null {
  const plan: RulePlan = { given: [], then: [], define: [], effects: [], rules: [], sortBy: null };
  for (const invariant of one.switches.rules) {
    const read = readInvariant(invariant);
    if (read.kind === 'unsupported') continue;
    const said = saidOf(spec, one, read.rule);
    if (said === null) continue;
    const renamed = addProbes(plan, said);
    const thens = new Set(renamed.then.map((probe) => probe.name));
    const repeats = renamed.then.some((probe) => {
      const asked = designOf(design, probe.operation);
      return asked !== undefined && !isSafe(asked.operation);
    });
    plan.rules.push({ id: invariant.id, message: invariant.message ?? null, rule: renamed.rule, repeats });
    for (const fact of factsOf(renamed.rule, (part) => canBeMade(part, thens)))
      addSteps({ spec, design, one, plan, thens, rule: invariant.id }, fact);
  }
  plan.effects.sort((a, b) => rankOf(a) - rankOf(b));
  return plan.rules.length === 0 ? null : plan;
}

/** Entries that rules ask for come before sums, which then only have to make up the rest. */
function rankOf(step: Step): number {
  return step.kind === 'ensureEntry' ? 0 : step.kind === 'setMember' ? 1 : 2;
}

/** A rule as it is said of this operation's request and answer. */
function saidOf(spec: Spec, one: OperationDesign, rule: ReadInvariant): ReadInvariant | null {
  const { invariant } = rule;
  if (invariant.scope !== 'schema') return rule;
  const said = invariant.schema === undefined ? null : ruleOnAnswer(spec, one.operation, invariant.schema, rule.rule);
  return said === null ? null : { ...rule, rule: said };
}

/** Adds the rule's probes to the plan; a probe that the plan has already is shared, a name that is taken is changed. */
function addProbes(plan: RulePlan, rule: ReadInvariant): ReadInvariant {
  const names = new Map<string, string>();
  const rename = (expression: Expression): Expression =>
    rewrite(expression, (part) =>
      part.kind === 'name' && names.has(part.name) ? { ...part, name: names.get(part.name) ?? part.name } : undefined,
    );
  const add = (known: ReadProbe[], probe: ReadProbe): ReadProbe => {
    const parameters = new Map([...probe.parameters].map(([name, value]) => [name, rename(value)]));
    const body = probe.body;
    const wanted = { ...probe, parameters, body };
    const same = known.find((other) => textOf(other) === textOf(wanted));
    if (same !== undefined) {
      names.set(probe.name, same.name);
      return same;
    }
    const taken = new Set([...plan.given, ...plan.then].map((other) => other.name));
    const long = `${probe.name}${upperFirst(identifier(probe.operation.replace(/^get(?=[A-Z])/, '')))}`;
    let name = taken.has(probe.name) ? long : probe.name;
    for (let n = 2; taken.has(name); n++) name = `${long}${n}`;
    names.set(probe.name, name);
    const added = { ...wanted, name };
    known.push(added);
    return added;
  };
  const given = rule.given.map((probe) => add(plan.given, probe));
  const then = rule.then.map((probe) => add(plan.then, probe));
  return { ...rule, given, then, rule: rename(rule.rule) };
}

function textOf(probe: ReadProbe): string {
  return JSON.stringify([probe.operation, [...probe.parameters], probe.body]);
}

/** True where some part of an expression could be set so that it holds. */
function canBeMade(expression: Expression, thens: ReadonlySet<string>): boolean {
  if (expression.kind === 'member') return settableOf(expression, thens) !== null;
  if (expression.kind === 'not') return canBeMade(expression.of, thens) || expression.of.kind === 'binary';
  if (expression.kind === 'each') {
    const root = chainOf(expression.of)?.[0] ?? '';
    return thens.has(root) || root === 'response';
  }
  if (expression.kind === 'method') return expression.name === 'isSorted';
  if (expression.kind === 'choice') return canBeMade(expression.yes, thens) || canBeMade(expression.no, thens);
  if (expression.kind !== 'binary') return false;
  const { operator, left, right } = expression;
  if (operator === '&&' || operator === '||') return canBeMade(left, thens) || canBeMade(right, thens);
  if (!['==', '<=', '>=', 'in'].includes(operator)) return false;
  return solutionsOf(left, right, thens).length > 0;
}

interface Planning {
  spec: Spec;
  design: Design;
  one: OperationDesign;
  plan: RulePlan;
  thens: Set<string>;
  rule: string;
}

function addSteps(planning: Planning, fact: Fact): void {
  const { claim } = fact;
  if (claim.kind === 'each') return addQuantified(planning, fact, claim);
  if (claim.kind === 'method' && claim.name === 'isSorted') return addOrder(planning, claim);
  if (claim.kind !== 'binary') return;
  if (claim.operator === '==') addEquation(planning, fact, claim.left, claim.right);
  if (claim.operator === '<=' || claim.operator === '>=') addBound(planning, fact, claim.left, claim.right);
  if (claim.operator === 'in' && claim.right.kind === 'list' && claim.right.items[0] !== undefined) {
    const conditions = [...fact.conditions, { kind: 'not', of: claim } as const];
    addEquation(planning, { ...fact, conditions }, claim.left, claim.right.items[0]);
  }
}

function addEquation(planning: Planning, fact: Fact, left: Expression, right: Expression): void {
  const { one, plan, thens, rule } = planning;
  const isReading = isSafe(one.operation);
  const solutions = [...solutionsOf(left, right, thens), ...composed(planning, left, right)].filter(
    ({ settable, value }) => {
      if (isReading) return settable.kind === 'answer' && !isOwn(value, settable);
      return !isOwn(value, settable);
    },
  );
  const echoed = (path: string[]): boolean => path.length === 1 && sends(planning, path[0] ?? '');
  const ranked = solutions.toSorted((a, b) => score(a.settable, a.value) - score(b.settable, b.value));
  const [best] = ranked;
  if (best === undefined) return;
  const { settable, value } = best;
  const conditions = fact.conditions;
  if (settable.kind === 'answer') {
    plan.define.push({ kind: 'define', rule, conditions, path: settable.path, value, isStored: !isReading });
  } else plan.effects.push(...effectsOf(planning, conditions, settable, value));

  /** What is known before is the better value; what the client sends is the worse thing to set. */
  function score(one_: Settable, other: Expression): number {
    const names = namesIn(other);
    const unknown = names.some((name) => thens.has(name)) ? 2 : names.includes('response') ? 1 : 0;
    const own = one_.kind === 'answer' ? (echoed(one_.path) ? 3 : 0) : one_.kind === 'sum' ? 0 : 1;
    return unknown + own;
  }
}

/** True where a value is read from the very place that it would be written to. */
function isOwn(value: Expression, settable: Settable): boolean {
  const root = settable.kind === 'answer' ? 'response' : settable.probe;
  const own = JSON.stringify(chain(root, 'body', ...settable.path));
  return JSON.stringify(value).includes(own.slice(0, -1));
}

function sends({ spec, one }: Planning, name: string): boolean {
  const body = one.operation.requestBody?.content[0]?.schema;
  return body !== undefined && membersOf(spec, body).has(name);
}

/** The effects that make a probe read the value. */
function effectsOf(
  planning: Planning,
  conditions: Expression[],
  settable: Exclude<Settable, { kind: 'answer' }>,
  value: Expression,
): Step[] {
  const { design, plan, rule } = planning;
  const probe = plan.then.find((other) => other.name === settable.probe);
  const asked = probe === undefined ? undefined : designOf(design, probe.operation);
  if (probe === undefined || asked === undefined || !isSafe(asked.operation)) return [];
  if (settable.kind === 'sum') {
    const wanted =
      settable.predicate === null || settable.variable === null
        ? nothing()
        : wantedOf(settable.predicate, settable.variable);
    return asked.action.kind === 'list'
      ? [{ kind: 'correctSum', rule, conditions, lister: asked, probe, sum: settable, target: value, wanted }]
      : [];
  }
  const isRecord = asked.action.kind === 'read';
  return isRecord && settable.path.length > 0
    ? [{ kind: 'setMember', rule, conditions, reader: asked, probe, path: settable.path, value }]
    : [];
}

function nothing(): Wanted {
  return { fields: new Map(), bounds: new Map() };
}

/**
 * A probed member that the probed operation defines as something else (a balance that is a sum) is replaced by that
 * something, seen through a probe of its own.
 */
function composed(
  planning: Planning,
  left: Expression,
  right: Expression,
): { settable: Settable; value: Expression }[] {
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const settable = settableOf(side, planning.thens);
    if (settable?.kind !== 'probed') continue;
    const definition = definitionThrough(planning, settable.probe, settable.path);
    if (definition !== null)
      return solutionsOf(definition, other, planning.thens).filter((one) => one.settable.kind !== 'answer');
  }
  return [];
}

function definitionThrough(planning: Planning, name: string, path: string[]): Expression | null {
  const { spec, design, plan, thens } = planning;
  const outer = plan.then.find((probe) => probe.name === name);
  const asked = outer === undefined ? undefined : designOf(design, outer.operation);
  if (outer === undefined || asked === undefined) return null;
  for (const invariant of spec.invariants) {
    if (invariant.scope !== 'operation' || !invariant.operations.includes(asked.operation.id)) continue;
    const read = readInvariant(invariant);
    if (read.kind === 'unsupported') continue;
    const inner = new Set([...read.rule.given, ...read.rule.then].map((probe) => probe.name));
    for (const { claim } of factsOf(read.rule.rule, (part) => canBeMade(part, inner))) {
      if (claim.kind !== 'binary' || claim.operator !== '==') continue;
      for (const [side, value] of [
        [claim.left, claim.right],
        [claim.right, claim.left],
      ] as const) {
        const words = chainOf(side);
        if (words?.join('.') !== ['response', 'body', ...path].join('.')) continue;
        const names = namesIn(value).filter((one) => inner.has(one));
        if (names.length !== 1 || names[0] === undefined) continue;
        const probe = [...read.rule.given, ...read.rule.then].find((one) => one.name === names[0]);
        if (probe === undefined || probe.body !== null) continue;
        const seen = through(asked, outer, probe);
        if (seen === null) continue;
        const known = plan.then.find((one) => textOf(one) === textOf(seen));
        const added = known ?? seen;
        if (known === undefined) plan.then.push(added);
        thens.add(added.name);
        const result = throughExpression(asked, outer, value, probe.name, added.name);
        if (result !== null) return result;
      }
    }
  }
  return null;
}

/** A probe of the asked operation's own, with the outer probe's values for what the asked operation was sent. */
function through(asked: OperationDesign, outer: ReadProbe, probe: ReadProbe): ReadProbe | null {
  const parameters = new Map<string, Expression>();
  for (const [name, value] of probe.parameters) {
    const seen = throughExpression(asked, outer, value, '', '');
    if (seen === null) return null;
    parameters.set(name, seen);
  }
  return {
    name: `${outer.name}${probe.name.charAt(0).toUpperCase()}${probe.name.slice(1)}`,
    operation: probe.operation,
    parameters,
    body: null,
  };
}

function throughExpression(
  asked: OperationDesign,
  outer: ReadProbe,
  value: Expression,
  from: string,
  to: string,
): Expression | null {
  let isWhole = true;
  const seen = rewrite(value, (part) => {
    if (part.kind === 'name' && part.name === from) return { ...part, name: to };
    const words = chainOf(part);
    if (words?.[0] !== 'request') return undefined;
    const [, place, name] = words;
    const parameter = asked.operation.parameters.find((one) => one.in === place && one.name === name);
    const sent = parameter === undefined || words.length !== 3 ? undefined : probeParameter(outer, parameter);
    if (sent === undefined) isWhole = false;
    return sent ?? part;
  });
  return isWhole ? seen : null;
}

function addQuantified(planning: Planning, { conditions }: Fact, claim: Extract<Expression, { kind: 'each' }>): void {
  const { one, plan, thens, rule, design } = planning;
  const words = chainOf(claim.of);
  const [root, part, ...path] = words ?? [];
  if (root === undefined || part !== 'body') return;
  if (claim.name === 'exists' || claim.name === 'exists_one') {
    const probe = plan.then.find((other) => other.name === root);
    const lister = probe === undefined ? undefined : designOf(design, probe.operation);
    if (isSafe(one.operation) || !thens.has(root) || probe === undefined || lister?.action.kind !== 'list') return;
    const { variable, body } = claim;
    const wanted = wantedOf(body, variable);
    plan.effects.push({
      kind: 'ensureEntry',
      rule,
      conditions,
      lister,
      probe,
      list: claim.of,
      variable,
      predicate: body,
      wanted,
    });
  }
  if (claim.name !== 'all' || root !== 'response') return;
  const isList = one.action.kind === 'list';
  if (isList && namesIn(claim.body).includes('request')) {
    plan.define.push({ kind: 'keepItems', rule, conditions, path, variable: claim.variable, predicate: claim.body });
    return;
  }
  for (const inner of factsOf(claim.body, (part) => namesIn(part).includes(claim.variable))) {
    if (inner.claim.kind !== 'binary' || inner.claim.operator !== '==') continue;
    for (const [side, value] of [
      [inner.claim.left, inner.claim.right],
      [inner.claim.right, inner.claim.left],
    ] as const) {
      const member = memberOf(side, claim.variable);
      if (member === null) continue;
      const guard = inner.conditions.reduce<Expression | null>(
        (all, next) => (all === null ? next : binary('&&', all, next)),
        null,
      );
      const old: Expression = { kind: 'member', of: { kind: 'name', name: claim.variable }, name: member };
      const chosen: Expression = guard === null ? value : { kind: 'choice', test: guard, yes: value, no: old };
      plan.define.push({
        kind: 'defineItems',
        rule,
        conditions,
        path,
        variable: claim.variable,
        member,
        value: chosen,
      });
      break;
    }
  }
}

/** A member that must not pass a bound is put on it, unless the client chose it: then the call is refused. */
function addBound(planning: Planning, fact: Fact, left: Expression, right: Expression): void {
  const { one, plan, rule } = planning;
  const isReading = isSafe(one.operation);
  if (isReading && one.action.resource?.isSingleton !== true) return;
  for (const [side, value] of [
    [left, right],
    [right, left],
  ] as const) {
    const settable = settableOf(side, new Set());
    if (settable?.kind !== 'answer' || settable.path.length !== 1 || sends(planning, settable.path[0] ?? '')) continue;
    if (namesIn(value).some((name) => planning.thens.has(name)) || isOwn(value, settable)) continue;
    const conditions: Expression[] = [...fact.conditions, { kind: 'not', of: fact.claim }];
    plan.define.push({ kind: 'define', rule, conditions, path: settable.path, value, isStored: !isReading });
    return;
  }
}

/** `response.body.map(e, e.name).isSorted()` on a list orders it. */
function addOrder({ one, plan }: Planning, claim: Extract<Expression, { kind: 'method' }>): void {
  if (one.action.kind !== 'list' || claim.of.kind !== 'each' || claim.of.name !== 'map') return;
  if (chainOf(claim.of.of)?.[0] !== 'response') return;
  const member = memberOf(claim.of.body, claim.of.variable);
  if (member !== null) plan.sortBy = { member };
}
