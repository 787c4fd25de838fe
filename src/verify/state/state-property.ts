/** A stateful property whose cases may also say nothing: then it passes with a warning, for the refusal is no fault. */
import type { Arbitrary } from 'fast-check';
import type { Operation } from '../../spec/model.ts';
import { type Failure, type Property, sentOnly } from '../checks/property.ts';
import { isRefusal } from '../checks/refusal-reason.ts';
import { sourceValue } from '../cases/resolve.ts';
import type { Scenario, Source } from '../cases/scenario.ts';
import { type Engine, isolated } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';

/** What a case showed. `silent` says why it showed nothing. */
export type Shown =
  { kind: 'held' } | { kind: 'silent'; reason: string } | (Omit<Failure, 'sent'> & { kind: 'failed' });

export interface StateProperty {
  /** After `stateful `, or after its kind. */
  name: string;
  kind?: 'security';
  operation: Operation;
  /** The operation itself where absent. */
  clause?: string;
  runs: number;
  /** Where absent, true for operations whose resources other cases meet too. */
  serial?: boolean;
  needs: Operation[];
  arbitrary(index: number): Arbitrary<Scenario>;
  /** The steps that are run before the look, which sends the others; all of them where absent. */
  first?: (scenario: Scenario) => Scenario;
  /** True where it is an error that no case put it to the test. */
  mustHold?: boolean;
  /** How often a case that failed is tried to see it fail again; once where absent. */
  attempts?: number;
  /** Looks at what was sent, in order; it may send more through the engine's runner. */
  look(sent: Sent[], scenario: Scenario): Shown | Promise<Shown>;
}

export const HELD: Shown = { kind: 'held' };

/** Makes the property. */
export function stateProperty(engine: Engine, options: StateProperty): Property {
  const { operation, name, clause, runs, needs, kind = 'stateful' } = options;
  const id = `${kind} ${name}`;
  let held = 0;
  const reasons = new Map<string, number>();
  const { attempts = 1 } = options;
  const silent = (reason: string): void => void reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const property: Property = {
    ref: { id, clause: clause ?? operation.pointer, kind, operation: operation.id },
    runs,
    serial: options.serial ?? !isolated(engine, operation),
    needs: [...new Set(needs.map((one) => one.id))],
    arbitrary: (index) => options.arbitrary(index),
    async judge(scenario) {
      const ran = await engine.runner.run(options.first?.(scenario) ?? scenario);
      const sent = sentOnly(ran.sent);
      if (ran.kind !== 'ran') {
        silent(ran.reason);
        return ran.kind === 'fault' ? { kind: 'discarded', sent, reason: ran.reason } : { kind: 'passed', sent };
      }
      const shown = await options.look(sent, scenario);
      if (shown.kind === 'failed') return { ...shown, sent };
      if (shown.kind === 'silent') silent(shown.reason);
      else held++;
      return { kind: 'passed', sent };
    },
    conclude() {
      if (held > 0) return {};
      const [reason = 'no case was made'] = [...reasons].toSorted((a, b) => b[1] - a[1])[0] ?? [];
      if (options.mustHold === true) return { reason: `it never ran to its end: ${reason}` };
      return { remarks: [`${id} was never put to the test: ${reason}`], wanting: isRefusal(reason) };
    },
  };
  if (attempts > 1)
    property.again = async (scenario) => {
      let judgement = await property.judge(scenario);
      for (let tried = 1; tried < attempts && judgement.kind !== 'failed'; tried++)
        judgement = await property.judge(scenario);
      return judgement;
    };
  return property;
}

/** A value that an earlier step made, for `Failure.checked`. */
export function checkedSource(source: Source, step: number): Source {
  return { ...source, step };
}

/** The id that a step made; undefined where it was refused. */
export function idOf(source: Source, sent: Sent | undefined): string | undefined {
  const value = sourceValue(source, sent);
  return value === undefined ? undefined : String(value);
}

/** True for a 2xx answer that was carried out at once. */
export function isDone(sent: Sent | undefined): boolean {
  return (
    sent?.answer.kind === 'answer' &&
    sent.answer.status >= 200 &&
    sent.answer.status < 300 &&
    sent.answer.status !== 202
  );
}
