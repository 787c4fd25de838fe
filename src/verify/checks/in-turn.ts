/** Properties that have a few cases, taken in turn: what an operation needs, a call, and looks after it. */
import type { Operation } from '../../spec/model.ts';
import { type CaseOptions, scenarios } from '../cases/cases.ts';
import type { Scenario } from '../cases/scenario.ts';
import { type Engine, isolated } from '../run/engine.ts';
import type { Judgement, Property } from './property.ts';

export interface InTurn {
  /** `conformance ID bounds`: what comes last in the name of the property. */
  title: string;
  kind: Property['ref']['kind'];
  clause: string;
  cases: readonly Pick<CaseOptions, 'call' | 'after'>[];
  judge: (scenario: Scenario) => Promise<Judgement>;
}

/** The property; none without a case. */
export function inTurn(engine: Engine, operation: Operation, options: InTurn): Property[] {
  const { title, kind, clause, judge } = options;
  const plan = engine.planFor(operation);
  const cases = options.cases.map((one) =>
    scenarios({
      ...one,
      plan,
      inputs: (other) => engine.inputsFor(other),
      accepts: (other, input) => engine.accepts(other, input),
      episodes: [],
    }),
  );
  const [first] = cases;
  if (first === undefined) return [];
  return [
    {
      ref: { id: `${kind} ${operation.id} ${title}`, clause, kind, operation: operation.id },
      runs: cases.length,
      serial: !isolated(engine, operation),
      needs: [...plan.setup.map((step) => step.operation.id), operation.id],
      arbitrary: (index) => cases[index % cases.length] ?? first,
      judge,
    },
  ];
}
