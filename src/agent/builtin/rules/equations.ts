/** Chooses for each equation of an operation's rules what is set so that it holds. */
import { designOf } from '../design.ts';
import { membersOf } from '../shape.ts';
import { namesIn, type Expression } from './expression.ts';
import { wantedOf, type Fact, type Wanted } from './facts.ts';
import { textOf, type Equation, type Planning, type Step } from './plan.ts';
import { isSafe } from './read-rule.ts';
import { isOwn, settableOf, solutionsOf, type Settable, type Solution } from './solve.ts';
import { composed } from './through.ts';

/** Notes an equation with its solutions; one that nothing here can set is left to the guard. */
export function addEquation(planning: Planning, fact: Fact, left: Expression, right: Expression): void {
  const { one, thens, rule, equations } = planning;
  const isReading = isSafe(one.operation);
  const found = [...solutionsOf(left, right, thens), ...composed(planning, left, right)];
  const solutions = found.filter(
    ({ settable, value }) =>
      !isOwn(value, settable) && (isReading ? settable.kind === 'answer' : !isGivenOut(planning, settable, value)),
  );
  if (solutions.length > 0) equations.push({ rule, conditions: fact.conditions, solutions, thens: new Set(thens) });
}

/** True for the id of what a call makes: that is new, whatever the records that are read afterwards hold. */
function isGivenOut({ one: { action }, thens }: Planning, settable: Settable, value: Expression): boolean {
  if (settable.kind !== 'answer' || !namesIn(value).some((name) => thens.has(name))) return false;
  return settable.path.at(-1) === (action.resource?.idField ?? 'id');
}

/** Plans the steps of all noted equations: those with one solution first, so that others can set something else. */
export function settleEquations(planning: Planning): void {
  const settled = new Map<string, number>();
  const steps = new Map<Equation, Step[]>();
  for (const equation of planning.equations.toSorted((a, b) => a.solutions.length - b.solutions.length)) {
    const ranked = equation.solutions
      .map((solution) => ({ solution, key: keyOf(planning, solution.settable) }))
      .toSorted(
        (a, b) =>
          scoreOf(planning, equation, a.solution) +
          (settled.get(a.key) ?? 0) -
          scoreOf(planning, equation, b.solution) -
          (settled.get(b.key) ?? 0),
      );
    const [best] = ranked;
    if (best === undefined) continue;
    settled.set(best.key, 10);
    steps.set(equation, stepsOf(planning, equation, best.solution));
  }
  for (const equation of planning.equations) {
    for (const step of steps.get(equation) ?? [])
      (step.kind === 'define' ? planning.plan.define : planning.plan.effects).push(step);
  }
}

/** What is known before is the better value; what the client sends is the worse thing to set. */
function scoreOf(planning: Planning, { thens }: Equation, { settable, value }: Solution): number {
  const names = namesIn(value);
  const unknown = names.some((name) => thens.has(name)) ? 2 : names.includes('response') ? 1 : 0;
  if (settable.kind === 'sum') return unknown;
  return unknown + (settable.kind === 'probed' ? 1 : isSent(planning, settable.path) ? 3 : 0);
}

/** A text that is equal exactly for settables that are the same place. */
function keyOf({ plan }: Planning, settable: Settable): string {
  if (settable.kind === 'answer') return `answer ${settable.path.join('/')}`;
  const probe = plan.thens.find((one) => one.name === settable.probe);
  return `${settable.kind} ${probe === undefined ? '' : textOf(probe)} ${settable.path.join('/')}`;
}

/** True where a member of the answer has the name of a member of the request. */
function isSent({ spec, one }: Planning, path: string[]): boolean {
  const body = one.operation.requestBody?.content[0]?.schema;
  return path.length === 1 && body !== undefined && membersOf(spec, body).has(path[0] ?? '');
}

function stepsOf(planning: Planning, { rule, conditions }: Equation, { settable, value }: Solution): Step[] {
  const { design, plan, one } = planning;
  if (settable.kind === 'answer') {
    return [{ kind: 'define', rule, conditions, path: settable.path, value, isStored: !isSafe(one.operation) }];
  }
  const probe = plan.thens.find((other) => other.name === settable.probe);
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

/** A member that must not pass a bound is put on it, unless the client chose it: then the call is refused. */
export function addBound(planning: Planning, fact: Fact, left: Expression, right: Expression): void {
  const { one, plan, rule } = planning;
  const isReading = isSafe(one.operation);
  if (isReading && one.action.resource?.isSingleton !== true) return;
  for (const [side, value] of [
    [left, right],
    [right, left],
  ] as const) {
    const settable = settableOf(side, new Set());
    if (settable?.kind !== 'answer' || settable.path.length !== 1 || isSent(planning, settable.path)) continue;
    if (namesIn(value).some((name) => planning.thens.has(name)) || isOwn(value, settable)) continue;
    const conditions: Expression[] = [...fact.conditions, { kind: 'not', of: fact.claim }];
    plan.define.push({ kind: 'define', rule, conditions, path: settable.path, value, isStored: !isReading });
    return;
  }
}
