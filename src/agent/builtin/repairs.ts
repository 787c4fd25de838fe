/** From a verdict to repairs: which switches of the design the counterexamples ask for. */
import type { PropertyResult, VerifyReport } from '../../events/index.ts';
import type { Invariant, Operation, Spec } from '../../spec/model.ts';
import type { Design, OperationDesign, RequestPart } from './design.ts';
import { couldBreak } from './rules/could-break.ts';
import { planRules } from './rules/plan-rules.ts';
import { readInvariant } from './rules/read-rule.ts';
import { repeatsItself, replayHeader, replayStatus } from './repetition.ts';

/** One thing that was switched on; `text` is what a person reads in the stream. */
export interface Repair {
  text: string;
}

/** The properties that did not pass. */
export function failingProperties(report: Pick<VerifyReport, 'properties'>): PropertyResult[] {
  return report.properties.filter((property) => property.verdict !== 'pass');
}

/**
 * Switches on what the failures ask for and says what. Failures come first; properties that could not be decided are
 * looked at only where no failure asks for anything. Empty when nothing is left to switch on.
 */
export function repair(spec: Spec, design: Design, report: VerifyReport): Repair[] {
  const open = failingProperties(report);
  for (const verdict of ['fail', 'error'] as const) {
    const wanted = open.filter((property) => property.verdict === verdict);
    const later = onlyMakingUp(spec, design, wanted);
    const repairs = wanted
      .filter((property) => !later.includes(property))
      .flatMap((property) => repairOf(spec, design, property));
    if (wanted.every((property) => property.kind === 'invariant')) {
      for (const property of wanted)
        repairs.push(...holdAround(spec, design, property, (one, rule) => matters(spec, design, one, rule)));
    }
    if (repairs.length > 0) return unique(repairs);
    const last = [
      ...later.flatMap((property) => repairOf(spec, design, property)),
      ...wanted.flatMap((property) =>
        property.kind === 'invariant' ? holdAround(spec, design, property, () => true) : [],
      ),
    ];
    if (last.length > 0) return unique(last);
  }
  return unique(open.flatMap((property) => strengthen(spec, design, property)));
}

/**
 * The rules on a sum beside which another rule of the same operation fails: they often hold by themselves once the
 * entries are written that the other one asks for.
 */
function onlyMakingUp(spec: Spec, design: Design, failing: PropertyResult[]): PropertyResult[] {
  const invariants = new Map<PropertyResult, Invariant>();
  for (const property of failing) {
    const invariant = spec.invariants.find((one) => one.pointer === property.clause);
    if (invariant !== undefined) invariants.set(property, invariant);
  }
  const makesUp = (invariant: Invariant): boolean =>
    design.operations.some((one) => {
      if (!invariant.operations.includes(one.operation.id)) return false;
      const alone = { ...one, switches: { ...one.switches, rules: new Set([invariant]) } };
      return planRules(spec, design, alone)?.effects.some((step) => step.kind === 'correctSum') === true;
    });
  const onSums = [...invariants].filter(([, invariant]) => makesUp(invariant)).map(([property]) => property);
  return onSums.filter((property) =>
    [...invariants].some(
      ([other, { operations }]) =>
        !onSums.includes(other) && operations.some((name) => invariants.get(property)?.operations.includes(name)),
    ),
  );
}

function repairOf(spec: Spec, design: Design, property: PropertyResult): Repair[] {
  const found = operationsOf(spec, design, property);
  switch (property.kind) {
    case 'rejection':
      if (/\/responses\/(404|410)$/.test(property.clause)) return found.flatMap(refuseUnknown);
      return found.flatMap((one) => partsOf(spec, one.operation, property.clause).flatMap((part) => check(one, part)));
    case 'invariant': {
      const invariant = spec.invariants.find((one) => one.pointer === property.clause);
      return invariant === undefined
        ? []
        : hold(spec, design, invariant, property.operation === undefined ? [] : found);
    }
    case 'security':
      return found.flatMap(askCredentials);
    case 'stateful':
    case 'conformance':
    case 'acceptance':
      return found.flatMap((one) => family(design, one).flatMap(refuseUnknown));
    case 'objective':
      return [];
  }
}

/** The operations that a property is about; all of them where it names none. */
function operationsOf(spec: Spec, design: Design, property: PropertyResult): OperationDesign[] {
  const named = design.operations.filter(({ operation }) => {
    const route = `${operation.method.toUpperCase()} ${operation.path}`;
    return property.operation === operation.id || property.operation === route;
  });
  if (named.length > 0) return named;
  const under = design.operations.filter(({ operation }) => isUnder(property.clause, operation.pointer));
  if (under.length > 0) return under;
  const invariant = spec.invariants.find((one) => one.pointer === property.clause);
  if (invariant !== undefined)
    return design.operations.filter((one) => invariant.operations.includes(one.operation.id));
  return design.operations;
}

function isUnder(clause: string, pointer: string): boolean {
  return clause === pointer || clause.startsWith(`${pointer}/`);
}

/** The part of the request that a clause speaks of; every part where that cannot be told. */
function partsOf(spec: Spec, operation: Operation, clause: string): RequestPart[] {
  const parameter = operation.parameters.find((one) => {
    const schema = one.schema === undefined ? undefined : spec.follow(one.schema);
    return isUnder(clause, one.pointer) || (schema !== undefined && isUnder(clause, schema));
  });
  const isBody = operation.requestBody !== undefined;
  if (parameter !== undefined)
    return isBody && !isUnder(clause, parameter.pointer) ? [parameter.in, 'body'] : [parameter.in];
  if (operation.requestBody !== undefined && isUnder(clause, operation.requestBody.pointer)) return ['body'];
  return requestParts(operation);
}

/** The parts that an operation's request has. */
export function requestParts(operation: Operation): RequestPart[] {
  const parts = new Set<RequestPart>(operation.parameters.map((parameter) => parameter.in));
  if (operation.requestBody !== undefined) parts.add('body');
  return [...parts];
}

const titleOf = ({ operation }: OperationDesign): string => `${operation.method.toUpperCase()} ${operation.path}`;

function check(one: OperationDesign, part: RequestPart): Repair[] {
  if (one.switches.checks.has(part) || !requestParts(one.operation).includes(part)) return [];
  one.switches.checks.add(part);
  const status = one.refusals.invalid;
  const what = part === 'body' ? 'a body that breaks its schema' : `${part} parameters that break their schemas`;
  return [{ text: `${status} for ${what}, on ${titleOf(one)}` }];
}

function refuseUnknown(one: OperationDesign): Repair[] {
  if (one.switches.unknown || one.pathNames.length === 0) return [];
  one.switches.unknown = true;
  return [{ text: `${one.refusals.unknown} for unknown ids, on ${titleOf(one)}` }];
}

/** The operations that speak of the same records: what one forgets, the others must not show. */
function family(design: Design, one: OperationDesign): OperationDesign[] {
  const root = one.action.resource?.key.split('/')[0];
  return design.operations.filter((other) => other === one || other.action.resource?.key.split('/')[0] === root);
}

function askCredentials(one: OperationDesign): Repair[] {
  if (one.switches.credentials || one.operation.security.length === 0) return [];
  one.switches.credentials = true;
  return [{ text: `${one.refusals.unauthorized} without credentials, on ${titleOf(one)}` }];
}

/** Holds a rule on the operations that it is checked on. */
function hold(spec: Spec, design: Design, invariant: Invariant, named: OperationDesign[]): Repair[] {
  const checked = design.operations.filter((one) => invariant.operations.includes(one.operation.id));
  return (checked.length > 0 ? checked : named).flatMap((one) => {
    if (one.switches.rules.has(invariant)) return [];
    one.switches.rules.add(invariant);
    const read = readInvariant(invariant);
    if (read.kind === 'unsupported') {
      return [{ text: `${invariant.id} cannot be held here, on ${titleOf(one)}: ${read.what}` }];
    }
    const repairs = [{ text: `${howHeld(spec, design, one, invariant)}, on ${titleOf(one)}` }];
    const header = replayHeader(one.operation, invariant);
    if (header === null || one.switches.replayBy !== null) return repairs;
    one.switches.replayBy = header;
    one.switches.replayStatus = replayStatus(one.operation, invariant);
    return [...repairs, { text: `the same answer for the same ${header}, on ${titleOf(one)}` }];
  });
}

/** How the service will keep a rule: by what it answers, by what it writes, or by refusing. */
function howHeld(spec: Spec, design: Design, one: OperationDesign, { id }: Invariant): string {
  const plan = planRules(spec, design, one);
  if (plan?.effects.some((step) => step.rule === id)) return `${id} is written into the records`;
  if (plan?.define.some((step) => step.rule === id)) return `${id} defines the answer`;
  if (plan?.order.some((key) => key.rule === id)) return `${id} orders the list`;
  const refusal = one.outcomes.find((status) => status >= 400);
  return refusal === undefined ? `${id} has no refusal in the contract` : `${refusal} when ${id} would break`;
}

/** Once rules alone fail, the rules on the same records are near: a broken one hides those that build on it. */
function holdAround(
  spec: Spec,
  design: Design,
  property: PropertyResult,
  isWanted: (one: OperationDesign, invariant: Invariant) => boolean,
): Repair[] {
  const near = operationsOf(spec, design, property).flatMap((one) => family(design, one));
  return spec.invariants.flatMap((invariant) => {
    const isNear = near.some((one) => invariant.operations.includes(one.operation.id) && isWanted(one, invariant));
    return isNear ? hold(spec, design, invariant, []) : [];
  });
}

/** True for a rule that an operation could break as it is, although nothing has shown it yet. */
function matters(spec: Spec, design: Design, one: OperationDesign, invariant: Invariant): boolean {
  const alone = { ...one, switches: { ...one.switches, rules: new Set([invariant]) } };
  const plan = planRules(spec, design, alone);
  return plan !== null && couldBreak(one, plan);
}

/** The last resort for a property that none of the usual repairs helps: everything that its operations still lack. */
function strengthen(spec: Spec, design: Design, property: PropertyResult): Repair[] {
  if (property.kind === 'objective') return [];
  const invariant = spec.invariants.find((one) => one.pointer === property.clause);
  return operationsOf(spec, design, property).flatMap((one) => {
    const repairs = [...requestParts(one.operation).flatMap((part) => check(one, part)), ...refuseUnknown(one)];
    if (invariant !== undefined && one.switches.replayBy === null && repeatsItself(one.operation, invariant)) {
      one.switches.replayBy = 'content';
      repairs.push({ text: `the same answer for the same request, on ${titleOf(one)}` });
    }
    return repairs;
  });
}

/** Switches on all that a design has, for a session whose earlier rounds this process has not seen. */
export function repairEverything(spec: Spec, design: Design): Repair[] {
  for (const one of design.operations) {
    requestParts(one.operation).flatMap((part) => check(one, part));
    refuseUnknown(one);
    askCredentials(one);
  }
  for (const invariant of spec.invariants) hold(spec, design, invariant, []);
  return [{ text: 'every check and every rule is on, because earlier rounds are not known here' }];
}

function unique(repairs: Repair[]): Repair[] {
  const seen = new Set<string>();
  return repairs.filter(({ text }) => !seen.has(text) && seen.add(text));
}
