/** Whether answers are well-formed and have the shape that was selected; rides along on every answer of a run. */
import { isObject, type JsonValue } from '../../../events/index.ts';
import type { RootField } from '../../../spec/graphql/contract.ts';
import { readsOf } from '../../../spec/rule/rule-ast.ts';
import { disagreement, malformed } from '../answer.ts';
import type { GraphEngine } from '../engine.ts';
import type { GraphRule } from '../rules.ts';
import type { Departure, Instance } from '../shape.ts';
import type { Fault, Passive } from './property.ts';

/** The conformance of the answers of a root field. `onReordered` is told where keys come in another order. */
export function conformanceOf(engine: GraphEngine, root: RootField, onReordered: () => void): Passive {
  return {
    ref: { id: `conformance ${root.id}`, clause: root.pointer, kind: 'conformance', operation: root.id },
    look(sent, index) {
      if (sent.step.root.id !== root.id) return { seen: 0 };
      if (sent.answer.kind === 'fault')
        return {
          seen: 1,
          fault: faultOf({ actual: sent.answer.message, expected: 'a complete answer', test: `${index} < 0` }, index),
        };
      const wrong = malformed(sent.answer) ?? disagreement(engine.contract, sent);
      if (wrong !== undefined) return { seen: 1, fault: faultOf(wrong, index) };
      const { departure, reordered } = engine.inspect(sent);
      if (departure !== undefined) return { seen: 1, fault: departed(departure, index) };
      if (reordered) onReordered();
      return { seen: 1 };
    },
  };
}

function faultOf({ actual, expected, test }: { actual: string; expected: string; test: string }, index: number): Fault {
  return {
    actual,
    expected,
    focus: index,
    test: `(({ status, type, body }) => ${test})(answers[${index}])`,
  };
}

function departed({ actual, expected, path, test, clause }: Departure, index: number): Fault {
  return {
    actual,
    expected: `${expected} (${clause})`,
    focus: index,
    test: `((value) => ${test})(at(answers[${index}].body.data, ${JSON.stringify(path)}))`,
  };
}

/** A rule on a type or on a field of an ordinary type, looked at wherever an answer holds it. */
export function standingRuleOf(
  engine: GraphEngine,
  { invariant, rule, problem }: GraphRule,
): Passive | { ref: Passive['ref']; reason: string } {
  const ref = { id: `invariant ${invariant.id}`, clause: invariant.pointer, kind: 'invariant' as const };
  if (problem !== undefined || rule === undefined) return { ref, reason: problem ?? 'the rule cannot be compiled' };
  const on = invariant.schema ?? '';
  const [, typeName = '', field] = on.split('/');
  const read = [...(readsOf(rule.ast).get('self')?.members.keys() ?? [])];
  const scopes = (instance: Instance): Record<string, JsonValue>[] => {
    if (!isKindOf(engine, instance.type, typeName)) return [];
    const { constants } = engine.rules;
    if (field === undefined) return [{ self: instance.fields, constant: constants }];
    return instance.calls
      .filter(({ clause }) => clause.endsWith(`/${field}`))
      .map(({ args, value }) => ({ args, result: value, errors: [], parent: instance.fields, constant: constants }));
  };
  return {
    ref,
    look(sent, index) {
      let seen = 0;
      let fault: Fault | undefined;
      let doubt: string | undefined;
      for (const instance of engine.inspect(sent).instances)
        for (const scope of scopes(instance)) {
          const outcome = rule.evaluate(scope);
          if (outcome.kind === 'error') {
            // What the rule reads was not selected here.
            if (!/no such (key|field|overload|attribute)|unknown (variable|key)|null/i.test(outcome.message))
              doubt = outcome.message;
            continue;
          }
          seen++;
          if (outcome.value === true || fault !== undefined) continue;
          const value = field === undefined ? (scope['self'] ?? null) : (scope['result'] ?? null);
          fault = {
            actual: `${field === undefined ? typeName : `${typeName}.${field}`} is ${short(value)}`,
            expected: `${invariant.rule}${invariant.message === undefined ? '' : ` (${invariant.message})`}`,
            focus: index,
            test: `some(answers[${index}].body, (one) => ${looksLike(field, value, read)})`,
          };
        }
      return {
        seen,
        ...(fault === undefined ? {} : { fault }),
        ...(doubt === undefined ? {} : { doubt: `the rule cannot be evaluated: ${doubt}` }),
      };
    },
  };
}

function isKindOf({ contract }: GraphEngine, runtime: string, wanted: string): boolean {
  if (runtime === wanted) return true;
  const type = contract.schema.getType(runtime);
  return type !== undefined && 'getInterfaces' in type && type.getInterfaces().some(({ name }) => name === wanted);
}

function short(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** An expression that is true of the object `one` that broke the rule, by the members that the rule reads. */
function looksLike(field: string | undefined, value: JsonValue, read: readonly string[]): string {
  const equals = (name: string, seen: JsonValue): string =>
    `JSON.stringify(one[${JSON.stringify(name)}]) === ${JSON.stringify(JSON.stringify(seen))}`;
  if (field !== undefined) return equals(field, value);
  const members = isObject(value)
    ? Object.entries(value).filter(([name]) => read.length === 0 || read.includes(name))
    : [];
  return members.map(([name, seen]) => equals(name, seen)).join(' && ') || 'true';
}
