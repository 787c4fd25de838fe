/** The rules of a GraphQL contract: compiled, with their scopes, their guards and the constants in force. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { GraphContract, RootField } from '../../spec/graphql/contract.ts';
import type { Invariant, Spec } from '../../spec/model.ts';
import { constantTruth } from '../../spec/rule/rule-constant.ts';
import { compileRule, type Rule, type RuleOutcome, type RuleScope } from '../../spec/rule/rule.ts';
import { guardsOf } from '../rules/guards.ts';

export interface GraphRule {
  invariant: Invariant;
  /** Undefined where it does not compile; `problem` then says why. */
  rule: Rule | undefined;
  /** Why no call could ever break it. */
  problem: string | undefined;
  guards: Rule[];
}

export interface GraphRules {
  all: GraphRule[];
  constants: JsonObject;
  /** The value of a CEL source; compiled once. */
  value(source: string, scope: RuleScope): RuleOutcome;
  /** True where some rule may be the reason for an error on arguments that the types allow. */
  excuses(root: RootField, args: JsonObject): boolean;
  /** True where the arguments of a call hold an input that breaks a rule on its type. */
  breaks(rule: GraphRule, root: RootField, args: JsonObject): boolean;
  /** Codes with which the contract says that a field may answer these arguments. */
  codesOf(field: string, args: JsonObject): string[];
  /** True where the contract documents with `@fails` that a field, named by its clause, may answer with this error. */
  documents(field: string, args: JsonObject, code: string | undefined): boolean;
}

/** Compiles the rules of a spec. */
export function graphRulesOf(spec: Spec, contract: GraphContract, today: string): GraphRules {
  const constants = constantsAt(spec, today);
  const compiled = new Map<string, ReturnType<typeof compileRule>>();
  const all = spec.invariants.map((invariant): GraphRule => {
    const made = compileRule(invariant.rule);
    if (made.kind === 'invalid')
      return { invariant, rule: undefined, problem: `the rule cannot be compiled: ${made.message}`, guards: [] };
    return { invariant, rule: made.rule, problem: vacuityOf(made.rule), guards: guardsOf(made.rule) };
  });
  const rules: GraphRules = {
    all,
    constants,
    value(source, scope) {
      let known = compiled.get(source);
      if (known === undefined) compiled.set(source, (known = compileRule(source)));
      return known.kind === 'rule' ? known.rule.evaluate(scope) : { kind: 'error', message: known.message };
    },
    excuses: (root, args) =>
      all.some(({ invariant, rule }) => {
        if (rule === undefined || !invariant.operations.includes(root.id)) return false;
        if (invariant.scope === 'schema')
          return outcomesOnInputs(contract, invariant, rule, root, args, constants).some(
            (outcome) => outcome.kind === 'error' || outcome.value !== true,
          );
        if (!rule.references.includes('errors')) return false;
        // A rule that success would break forbids success.
        const outcome = rule.evaluate({ args, constant: constants, errors: [] });
        return outcome.kind === 'error' || outcome.value !== true;
      }),
    breaks: ({ invariant, rule }, root, args) =>
      rule !== undefined &&
      outcomesOnInputs(contract, invariant, rule, root, args, constants).some(
        (outcome) => outcome.kind === 'value' && outcome.value === false,
      ),
    codesOf: (field, args) =>
      contract
        .applied(field, 'fails')
        .flatMap(({ args: { code } }) =>
          typeof code === 'string' && rules.documents(field, args, code) ? [code] : [],
        ),
    documents: (field, args, code) =>
      contract.applied(field, 'fails').some(({ args: fails }) => {
        if (typeof fails['code'] === 'string' && fails['code'] !== code) return false;
        if (typeof fails['when'] !== 'string') return true;
        const outcome = rules.value(fails['when'], { args, constant: constants });
        return outcome.kind === 'error' || outcome.value === true;
      }),
  };
  return rules;
}

function vacuityOf({ ast, references }: Rule): string | undefined {
  if (constantTruth(ast) === true) return 'the rule is true whatever a call does, so it checks nothing';
  return references.every((name) => name === 'constant') ? 'the rule mentions nothing that a call changes' : undefined;
}

/** What a rule on an input type says of each object of that type in the arguments. */
function outcomesOnInputs(
  contract: GraphContract,
  { schema }: Invariant,
  rule: Rule,
  root: RootField,
  args: JsonObject,
  constants: JsonObject,
): RuleOutcome[] {
  const wanted = schema?.slice(2) ?? '';
  const outcomes = (value: JsonValue | undefined, type: string): RuleOutcome[] => {
    if (Array.isArray(value)) return value.flatMap((item) => outcomes(item, type));
    const name = type.replaceAll(/[[\]!]/g, '');
    const known = contract.schema.getType(name);
    if (!isObject(value) || known === undefined || !('getFields' in known)) return [];
    const fields = known.getFields();
    return [
      ...(name === wanted ? [rule.evaluate({ self: value, constant: constants })] : []),
      ...Object.entries(value).flatMap(([key, item]) => outcomes(item, String(fields[key]?.type ?? ''))),
    ];
  };
  return root.field.args.flatMap((one) => outcomes(args[one.name], String(one.type)));
}

function constantsAt(spec: Spec, today: string): JsonObject {
  const constants: JsonObject = {};
  for (const [name, values] of Object.entries(spec.constants)) {
    const latest = values.findLast(({ from }) => from === undefined || from <= today) ?? values[0];
    if (latest !== undefined) constants[name] = latest.value;
  }
  return constants;
}
