/**
 * Plans how an operation keeps its rules: what the answer is defined to be, what must be written so that the probes
 * after the call read what the rules say, and the rules themselves, by which every outcome is judged.
 */
import type { Spec } from '../../../spec/model.ts';
import { designOf, type Design, type OperationDesign } from '../design.ts';
import { identifier, upperFirst } from '../text.ts';
import { addBound, addEquation, settleEquations } from './equations.ts';
import { rewrite, type Expression } from './expression.ts';
import { factsOf, type Fact } from './facts.ts';
import { isMade } from './made.ts';
import { textOf, type Equation, type HeldRule, type Planning, type RulePlan, type Step } from './plan.ts';
import { addOrder, addQuantified } from './quantified.ts';
import { isSafe, readInvariant, type ReadInvariant, type ReadProbe } from './read-rule.ts';
import { ruleOnAnswer } from './schema-rules.ts';
import { canBeMade } from './solve.ts';

/** Plans the rules that are switched on for an operation; null where none is. */
export function planRules(spec: Spec, design: Design, one: OperationDesign): RulePlan | null {
  const plan: RulePlan = { givens: [], thens: [], define: [], effects: [], rules: [], order: [] };
  const equations: Equation[] = [];
  const wanted = new Map<HeldRule, number>();
  for (const invariant of one.switches.rules) {
    const read = readInvariant(invariant);
    if (read.kind === 'unsupported') continue;
    const said = saidOf(spec, one, read.rule);
    if (said === null) continue;
    const renamed = addProbes(plan, said);
    const thens = new Set(renamed.thens.map((probe) => probe.name));
    const repeats = renamed.thens.some((probe) => {
      const asked = designOf(design, probe.operation);
      return asked !== undefined && !isSafe(asked.operation);
    });
    const facts = factsOf(renamed.rule, (part) => canBeMade(part, thens));
    const held: HeldRule = { id: invariant.id, message: invariant.message ?? null, rule: renamed.rule, repeats };
    plan.rules.push(held);
    wanted.set(held, facts.length);
    for (const fact of facts) addSteps({ spec, design, one, plan, equations, thens, rule: invariant.id }, fact);
  }
  const planning = { spec, design, one, plan, equations, thens: new Set<string>(), rule: '' };
  settleEquations(planning);
  for (const rule of plan.rules) rule.isMade = isMade(planning, rule.id, wanted.get(rule) ?? 0);
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
    const taken = new Set([...plan.givens, ...plan.thens].map((other) => other.name));
    const long = `${probe.name}${upperFirst(identifier(probe.operation.replace(/^get(?=[A-Z])/, '')))}`;
    let name = taken.has(probe.name) ? long : probe.name;
    for (let n = 2; taken.has(name); n++) name = `${long}${n}`;
    names.set(probe.name, name);
    const added = { ...wanted, name };
    known.push(added);
    return added;
  };
  const givens = rule.givens.map((probe) => add(plan.givens, probe));
  const thens = rule.thens.map((probe) => add(plan.thens, probe));
  return { ...rule, givens, thens, rule: rename(rule.rule) };
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
