/** What a run and its workers say to each other: plain data, with operations and checks by their names. */
import type { Operation } from '../../../spec/model.ts';
import type { Property } from '../../checks/property.ts';
import type { Judgement } from '../../checks/property.ts';
import { drawValue } from '../../draw.ts';
import type { CoverageFacts } from '../../measure/coverage.ts';
import type { LatencyCounts } from '../../measure/latency.ts';
import type { VerifyOptions } from '../../model.ts';
import type { Sent } from '../../wire/execute.ts';
import type { Finding } from '../counterexample.ts';
import type { Tried } from '../decide.ts';
import type { Engine } from '../engine.ts';
import type { Outcome } from '../lane.ts';

/** What was asked of the run, but for what cannot travel between threads. */
export type PlainOptions = Omit<VerifyOptions, 'spec' | 'subject' | 'signal' | 'onEvent' | 'code'>;

/** With what a worker begins. */
export interface WorkerTask {
  /** The contract as it was read; a worker reads it again and compares the digests. */
  source: { file: string; name: string; text: string; documentDigest: string; basePath: string };
  options: PlainOptions;
  seed: number;
  today: string;
  timeoutMs: number;
  /** From the beginning of the worker on; Infinity without a limit. */
  leftMs: number;
  baseUrl: string;
}

export type ToWorker =
  | { type: 'run'; property: string; shareMs: number }
  /** Lets the cases in flight end; answered by `held`. */
  | { type: 'hold' }
  | { type: 'resume'; baseUrl: string }
  | { type: 'stop'; reason: string }
  /** Asks for what was measured. */
  | { type: 'finish' };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'refused'; reason: string }
  | { type: 'ran'; property: string; cases: number; requests: number }
  | { type: 'dry'; property: string }
  | { type: 'ending'; property: string; ending: PlainEnding }
  | { type: 'held' }
  | { type: 'measured'; coverage: CoverageFacts; latency: LatencyCounts };

export type PlainEnding =
  { kind: 'ended'; outcome: PlainOutcome } | { kind: 'paused' } | { kind: 'broken'; faults: string[] };

type PlainSent = Omit<Sent, 'operation'> & { operation: string };
type PlainJudgement = Omit<Judgement, 'sent'> & { sent: PlainSent[] };

interface PlainTried {
  index: number;
  judgement: PlainJudgement;
}

interface PlainOutcome {
  decided: Omit<Outcome['decided'], 'failed' | 'undecided'> & { failed?: PlainTried; undecided?: PlainTried };
  open: string | undefined;
  moot?: string | undefined;
  warnings: string[];
  drops: Outcome['drops'];
  ridden: [
    id: string,
    ridden: { seen: number; doubt?: string; found?: { tried: PlainTried; finding: Omit<Finding, 'sent'> } },
  ][];
}

/** An outcome without what cannot travel between threads. */
export function plainOutcome({ decided, open, moot, warnings, ridden, drops }: Outcome): PlainOutcome {
  const { failed, undecided, ...rest } = decided;
  return {
    decided: {
      ...rest,
      ...(failed === undefined ? {} : { failed: plainTried(failed) }),
      ...(undecided === undefined ? {} : { undecided: plainTried(undecided) }),
    },
    open,
    moot,
    warnings,
    drops,
    ridden: [...ridden].map(([id, { found, ...others }]) => {
      if (found === undefined) return [id, others];
      const { sent: _, ...finding } = found.finding;
      return [id, { ...others, found: { tried: plainTried(found.tried), finding } }];
    }),
  };
}

/** The outcome as it was; inputs are drawn again, which gives the same ones. */
export function outcomeFrom(plain: PlainOutcome, property: Property, engine: Engine): Outcome {
  const operations = new Map(engine.spec.operations.map((one) => [one.id, one]));
  const tried = (one: PlainTried): Tried => triedFrom(one, property, engine, operations);
  const { failed, undecided, ...rest } = plain.decided;
  return {
    decided: {
      ...rest,
      failed: failed === undefined ? undefined : tried(failed),
      undecided: undecided === undefined ? undefined : tried(undecided),
    },
    open: plain.open,
    moot: plain.moot,
    warnings: plain.warnings,
    drops: plain.drops,
    ridden: new Map(
      plain.ridden.map(([id, { found, ...others }]) => {
        if (found === undefined) return [id, others];
        const again = tried(found.tried);
        return [id, { ...others, found: { tried: again, finding: { ...found.finding, sent: again.judgement.sent } } }];
      }),
    ),
  };
}

function plainTried({ index, judgement }: Tried): PlainTried {
  const sent = judgement.sent.map(({ operation, bindings, ...one }): PlainSent => ({
    ...one,
    operation: operation.id,
    bindings: bindings.map(({ into, from }) => ({ into, from })),
  }));
  return { index, judgement: { ...judgement, sent } };
}

function triedFrom(
  { index, judgement }: PlainTried,
  property: Property,
  engine: Engine,
  operations: ReadonlyMap<string, Operation>,
): Tried {
  const sent = judgement.sent.flatMap(({ operation, ...one }): Sent[] => {
    const known = operations.get(operation);
    return known === undefined ? [] : [{ ...one, operation: known }];
  });
  const drawn = drawValue(property.arbitrary(index), engine.seed, property.ref.id, index);
  return { index, drawn, judgement: { ...judgement, sent } as Judgement };
}
