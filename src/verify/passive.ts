/** Checks that ride on every exchange of a run: conformance to the contract, and rules on schemas. */
import type { PropertyRef } from '../events/index.ts';
import { at } from '../events/index.ts';
import { documented, mismatch } from './conformance.ts';
import type { Engine } from './engine.ts';
import type { Sent } from './execute.ts';
import { isJson } from './producers.ts';
import { schemaInstances } from './schema-instances.ts';

export type PassiveFinding =
  | { kind: 'failed'; actual: string; expected: string; instancePath?: string; statusOnly?: boolean; check?: string }
  | { kind: 'undecided'; reason: string };

export interface Passive {
  ref: PropertyRef;
  /** Operations whose cases carry it. */
  operations: string[];
  /** Exchanges or values that it looked at. */
  seen: number;
  /** Undefined where the exchange is fine or none of its business. */
  check(sent: Sent): PassiveFinding | undefined;
}

/** All passive properties of a spec. */
export function passivesOf(engine: Engine): Passive[] {
  return [
    ...engine.spec.operations.map((operation) => conformanceOf(engine, operation.id, operation.pointer)),
    ...schemaRules(engine),
  ];
}

function conformanceOf(engine: Engine, operation: string, pointer: string): Passive {
  const passive: Passive = {
    ref: { id: `conformance ${operation}`, clause: at(pointer, 'responses'), kind: 'conformance', operation },
    operations: [operation],
    seen: 0,
    check(sent) {
      if (sent.operation.id !== operation) return undefined;
      passive.seen++;
      const found = mismatch(engine.spec, engine.schemas, sent);
      if (found === undefined) return undefined;
      return { kind: 'failed', ...found, statusOnly: found.instancePath === undefined };
    },
  };
  return passive;
}

function schemaRules(engine: Engine): Passive[] {
  return engine.rules.all.flatMap((booked) => {
    const { invariant } = booked;
    if (invariant.scope !== 'schema' || invariant.schema === undefined) return [];
    const schema = invariant.schema;
    const passive: Passive = {
      ref: { id: `invariant ${invariant.id}`, clause: invariant.pointer, kind: 'invariant' },
      operations: invariant.operations,
      seen: 0,
      check(sent) {
        const { answer, operation } = sent;
        if (answer.kind === 'fault' || answer.json === undefined) return undefined;
        if (!invariant.operations.includes(operation.id)) return undefined;
        const content = documented(operation, answer.status)?.content ?? [];
        const media = content.find((one) => isJson(one.type));
        if (media?.schema === undefined) return undefined;
        if (booked.problem !== undefined) return { kind: 'undecided', reason: booked.problem };
        for (const self of schemaInstances(
          engine.spec,
          engine.schemas,
          media.schema,
          answer.json,
          schema,
          'response',
        )) {
          passive.seen++;
          const outcome = engine.rules.evaluate(booked, { self, constant: engine.rules.constants });
          if (outcome.kind === 'error')
            return { kind: 'undecided', reason: `the rule cannot be evaluated: ${outcome.message}` };
          if (outcome.value === true) continue;
          const expected = `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`;
          return {
            kind: 'failed',
            actual: `self is ${JSON.stringify(self)}`.slice(0, 1000),
            expected,
            instancePath: '',
          };
        }
        return undefined;
      },
    };
    return [passive];
  });
}
