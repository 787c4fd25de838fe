/** The checks that ride on every valid call: what it brings is what the contract says. */
import { valueAt } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { namedPointer } from '../../spec/text/places.ts';
import { schemaInstances } from '../cases/schema-instances.ts';
import { equalJson } from '../equal-json.ts';
import type { BookedRule } from '../rules/rules.ts';
import { type CallEngine, declaredError } from './engine.ts';
import { sharedRules } from './invariants.ts';
import { outputRider } from './protocol.ts';
import type { CallRider } from './property.ts';
import { describeOutcome } from './scenario.ts';
import { asSeen, notRefusedAt, RESERVED } from './shown.ts';

/** All of them. */
export function ridersOf(engine: CallEngine, methods: Method[]): CallRider[] {
  return [
    ...methods.map((method) => conformanceOf(engine, method)),
    ...schemaRules(engine),
    ...sharedRules(engine),
    ...(engine.wired && methods.length > 0 ? [outputRider(methods)] : []),
  ];
}

/** What a valid call brings is what the contract says: the result by its schema, an error that is declared. */
function conformanceOf(engine: CallEngine, method: Method): CallRider {
  const onlyNull = isOnlyNull(engine, method);
  const named = (clause: string): string => namedPointer(engine.spec.document, clause);
  return {
    ref: {
      id: `conformance ${method.name}`,
      clause: method.result?.pointer ?? method.pointer,
      kind: 'conformance',
      operation: method.name,
    },
    methods: [method.name],
    check({ outcome, params }) {
      const actual = describeOutcome(outcome);
      if (outcome.kind === 'fault')
        // Silence is the matter of acceptance; asking again would cost as long once more.
        return outcome.reason === 'silent' || outcome.shared === true
          ? { seen: 0 }
          : {
              seen: 1,
              finding: {
                actual,
                expected: 'a result or an error as the contract says',
                test: (index) => `answers[${index}].fault !== undefined`,
              },
            };
      if (outcome.kind === 'error') {
        const declared = declaredError(method, outcome);
        if (declared === undefined) {
          if (outcome.code !== undefined && RESERVED.includes(outcome.code)) return { seen: 0 };
          const known = method.errors.map(({ code, message }) => `${code} ${message}`.trim()).join(', ');
          return {
            seen: 1,
            finding: {
              actual,
              expected: known === '' ? 'no error, as none is declared' : `a declared error: ${known}`,
              test: (index) => `answers[${index}].error !== undefined && ${notRefusedAt(index, method, RESERVED)}`,
            },
          };
        }
        if (declared.data === undefined) return { seen: 1 };
        const [problem] = engine.schemas.validate(declared.data, outcome.data ?? null, 'response');
        if (problem === undefined) return { seen: 1 };
        if (problem.unchecked === true) return { seen: 0, doubt: `data of error ${declared.code} ${problem.message}` };
        const expected = `data of error ${declared.code}: ${problem.instancePath} ${problem.message} (${named(problem.clause)})`;
        return { seen: 1, finding: { actual, expected } };
      }
      if (method.result === undefined) return { seen: 1 };
      if (outcome.notes?.nothing === true && !onlyNull)
        return {
          seen: 1,
          finding: {
            actual: 'it returned nothing (undefined)',
            expected: 'a result as the contract says',
            test: (index) => `answers[${index}].nothing`,
          },
        };
      const [problem] = engine.schemas.validate(method.result.schema, outcome.value, 'response');
      if (problem?.unchecked === true) return { seen: 0, doubt: `the result ${problem.message}` };
      if (problem !== undefined) {
        const { instancePath, message, clause } = problem;
        const expected = `${instancePath} ${message} (${named(clause)})`.trim();
        return { seen: 1, finding: { actual, expected, test: (index) => asSeen(index, instancePath) } };
      }
      const example = method.pure ? method.examples.find((one) => equalJson(one.params, params)) : undefined;
      if (example?.result === undefined || equalJson(example.result, outcome.value)) return { seen: 1 };
      const expected = `${JSON.stringify(example.result)}, as the example ${example.name} says (${example.pointer})`;
      return { seen: 1, finding: { actual, expected } };
    },
  };
}

/** True for a method that answers without a value: its result is null and nothing else. */
function isOnlyNull(engine: CallEngine, { result }: Method): boolean {
  if (result === undefined) return true;
  const schema = valueAt(engine.spec.document, engine.spec.follow(result.schema) ?? result.schema);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false;
  return schema['type'] === 'null' || schema['const'] === null;
}

function schemaRules(engine: CallEngine): CallRider[] {
  return engine.rules.all.flatMap((booked: BookedRule): CallRider[] => {
    const { invariant } = booked;
    const { schema } = invariant;
    if (invariant.scope !== 'schema' || schema === undefined) return [];
    return [
      {
        ref: { id: `invariant ${invariant.id}`, clause: invariant.pointer, kind: 'invariant' },
        methods: invariant.operations,
        check({ method, outcome }) {
          if (outcome.kind !== 'result' || method.result === undefined) return { seen: 0 };
          if (booked.problem !== undefined) return { seen: 0, doubt: booked.problem };
          const parts = schemaInstances(
            engine.spec,
            engine.schemas,
            method.result.schema,
            outcome.value,
            schema,
            'response',
          );
          for (const self of parts) {
            const told = engine.rules.evaluate(booked, { self, constant: engine.rules.constants });
            if (told.kind === 'error') return { seen: 0, doubt: `the rule cannot be evaluated: ${told.message}` };
            if (told.value === true) continue;
            const expected = `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`;
            return {
              seen: parts.length,
              finding: { actual: `self is ${JSON.stringify(self)}`.slice(0, 1000), expected },
            };
          }
          return { seen: parts.length };
        },
      },
    ];
  });
}
