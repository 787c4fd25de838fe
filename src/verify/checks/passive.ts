/** Checks that ride on every exchange of a run: conformance to the contract, and rules on schemas. */
import type { PropertyRef } from '../../events/index.ts';
import { at } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { documented, mismatch } from './conformance.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { answerScope, type BookedRule } from '../rules/rules.ts';
import { isJson } from '../cases/media.ts';
import type { Input, Source } from '../cases/scenario.ts';
import { schemaInstances } from '../cases/schema-instances.ts';
import { placeOf } from '../wire/serialise.ts';
import { violatesOnWire } from '../wire/wire-validity.ts';

export type PassiveFinding =
  | {
      kind: 'failed';
      actual: string;
      expected: string;
      instancePath?: string;
      statusOnly?: boolean;
      /** See `Failure.check` and `Failure.checked`. */
      check?: string;
      checked?: Source;
    }
  | { kind: 'undecided'; reason: string };

export interface Passive {
  ref: PropertyRef;
  /** Operations whose cases carry it. */
  operations: string[];
  /** True for a rule on refusals, which whatever is refused shows, not only what acceptance tries. */
  ofRefusals?: true;
  /** How many values of the exchange it looked at, and what is wrong with the first bad one. */
  check(sent: Sent): { seen: number; finding?: PassiveFinding };
}

const UNTOUCHED = { seen: 0 };

/** All passive properties of a spec. */
export function passivesOf(engine: Engine): Passive[] {
  return [
    ...engine.spec.operations.map((operation) => conformanceOf(engine, operation.id, operation.pointer)),
    ...schemaRules(engine),
    ...engine.rules.all
      .filter((booked) => isAboutRefusals(engine, booked))
      .map((booked) => refusalRule(engine, booked)),
  ];
}

function conformanceOf(engine: Engine, operation: string, pointer: string): Passive {
  return {
    ref: { id: `conformance ${operation}`, clause: at(pointer, 'responses'), kind: 'conformance', operation },
    operations: [operation],
    check(sent) {
      if (sent.operation.id !== operation) return UNTOUCHED;
      const found = mismatch(engine.spec, engine.schemas, sent);
      if (found === undefined) return { seen: 1 };
      if (found.unchecked !== undefined) return { seen: 1, finding: { kind: 'undecided', reason: found.unchecked } };
      return { seen: 1, finding: { kind: 'failed', ...found, statusOnly: found.instancePath === undefined } };
    },
  };
}

/** True for a rule that says nothing of a success: only refusals can show whether it holds. */
export function isAboutRefusals(engine: Engine, { invariant, guards }: BookedRule): boolean {
  const isPlain = invariant.scope === 'operation' && invariant.given.length + invariant.then.length === 0;
  const successes = operationsOf(engine, invariant.operations).flatMap((operation) =>
    operation.responses.map(({ status }) => status).filter((status) => /^[23]\d\d$/.test(status)),
  );
  return (
    isPlain &&
    successes.length > 0 &&
    guards.some((guard) =>
      successes.every((status) => {
        const outcome = guard.evaluate({ response: { status: Number(status) } });
        return outcome.kind === 'value' && outcome.value === true;
      }),
    )
  );
}

function operationsOf(engine: Engine, ids: string[]): Operation[] {
  return engine.spec.operations.filter((operation) => ids.includes(operation.id));
}

/** A rule on refusals is looked at wherever something was refused, also for being invalid. */
function refusalRule(engine: Engine, booked: BookedRule): Passive {
  const { invariant } = booked;
  const [only, ...others] = invariant.operations;
  return {
    ref: {
      id: `invariant ${invariant.id}`,
      clause: invariant.pointer,
      kind: 'invariant',
      ...(only === undefined || others.length > 0 ? {} : { operation: only }),
    },
    operations: invariant.operations,
    ofRefusals: true,
    check({ operation, input, answer }) {
      if (answer.kind === 'fault' || answer.status < 400 || !invariant.operations.includes(operation.id))
        return UNTOUCHED;
      if (isReadOtherwise(engine, operation, input)) return UNTOUCHED;
      const scope = { ...engine.rules.requestScope(operation, input), response: answerScope(answer) };
      const outcome = engine.rules.evaluate(booked, scope);
      if (outcome.kind === 'error')
        return { seen: 0, finding: { kind: 'undecided', reason: `the rule cannot be evaluated: ${outcome.message}` } };
      if (outcome.value === true) return { seen: 1 };
      const expected = `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`;
      return { seen: 1, finding: { kind: 'failed', actual: describeAnswer(answer), expected, instancePath: '' } };
    },
  };
}

/** True where a parameter breaks its schema and yet reads as valid on the wire, so that a rule cannot say what was asked. */
function isReadOtherwise({ schemas, spec }: Engine, operation: Operation, input: Input): boolean {
  return operation.parameters.some((parameter) => {
    const value = input[placeOf(parameter)][parameter.name];
    if (value === undefined || parameter.schema === undefined) return false;
    if (schemas.validate(parameter.schema, value, 'request').length === 0) return false;
    return !violatesOnWire(schemas, spec, parameter, value, { keyword: '', instancePath: '', clause: '' });
  });
}

function schemaRules(engine: Engine): Passive[] {
  return engine.rules.all.flatMap((booked) => {
    const { invariant } = booked;
    if (invariant.scope !== 'schema' || invariant.schema === undefined) return [];
    const schema = invariant.schema;
    const passive: Passive = {
      ref: { id: `invariant ${invariant.id}`, clause: invariant.pointer, kind: 'invariant' },
      operations: invariant.operations,
      check(sent) {
        const { answer, operation } = sent;
        if (answer.kind === 'fault' || answer.json === undefined) return UNTOUCHED;
        if (!invariant.operations.includes(operation.id)) return UNTOUCHED;
        const content = documented(operation, answer.status)?.content ?? [];
        const media = content.find((one) => isJson(one.type));
        if (media?.schema === undefined) return UNTOUCHED;
        if (booked.problem !== undefined) return { seen: 0, finding: { kind: 'undecided', reason: booked.problem } };
        let seen = 0;
        for (const self of schemaInstances(
          engine.spec,
          engine.schemas,
          media.schema,
          answer.json,
          schema,
          'response',
        )) {
          seen++;
          const outcome = engine.rules.evaluate(booked, { self, constant: engine.rules.constants });
          if (outcome.kind === 'error')
            return { seen, finding: { kind: 'undecided', reason: `the rule cannot be evaluated: ${outcome.message}` } };
          if (outcome.value === true) continue;
          const expected = `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`;
          const actual = `self is ${JSON.stringify(self)}`.slice(0, 1000);
          return { seen, finding: { kind: 'failed', actual, expected, instancePath: '' } };
        }
        return { seen };
      },
    };
    return [passive];
  });
}
