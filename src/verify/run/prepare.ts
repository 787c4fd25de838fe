/** What a run checks, made from a spec alone: the same in every worker, so that they can speak of it by name. */
import type { VerifyOptions } from '../model.ts';
import type { Passive } from '../checks/passive.ts';
import { type Derived, propertiesOf } from '../checks/properties.ts';
import { literalsOf } from '../cases/literals.ts';
import type { CreateSchemas } from '../schema-port.ts';
import type { Runner } from '../wire/execute.ts';
import type { Keyring } from '../wire/keyring.ts';
import { costsOf } from './cost.ts';
import { createEngine, type Engine } from './engine.ts';
import { select, type Selection } from './select.ts';
import { DEFAULT_RUNS } from '../default-runs.ts';

export interface Prepared {
  engine: Engine;
  derived: Derived;
  selection: Selection;
  /** The passive checks by operation. */
  riders: ReadonlyMap<string, readonly Passive[]>;
}

/** Whether it is too late for a part of the deriving; what comes first has the shorter time. */
export interface Late {
  forOperations: () => boolean;
  forKeywords: () => boolean;
}

export interface PrepareOptions {
  options: Pick<VerifyOptions, 'spec' | 'runs' | 'clauses' | 'skipObjectives' | 'shard' | 'literals'>;
  createSchemas: CreateSchemas;
  runner: Runner;
  keyring: Keyring;
  seed: number;
  /** `2026-11-23`; chooses among dated constants. */
  today: string;
  /** When no further operation is looked at, and no further keyword is broken; never where it is absent. */
  late?: Late;
}

/** Derives the properties of a spec and chooses those that were asked for. */
export function prepare({ options, createSchemas, runner, keyring, seed, today, late }: PrepareOptions): Prepared {
  const { spec } = options;
  const literals = [...literalsOf(spec), ...(options.literals ?? [])];
  const schemas = createSchemas(spec.document, { dialect: spec.dialect, literals });
  const engine = createEngine({
    spec,
    schemas,
    runner,
    keyring,
    seed,
    runs: options.runs ?? DEFAULT_RUNS.overHttp,
    today,
    ...(late === undefined ? {} : { isLate: late.forOperations }),
  });
  const derived = propertiesOf(engine, late?.forKeywords);
  const selection = select({
    spec,
    derived,
    clauses: options.clauses,
    skipObjectives: options.skipObjectives === true,
    shard: options.shard,
    costOf: costsOf(engine),
  });
  const riders = new Map<string, Passive[]>();
  for (const one of selection.passive)
    for (const operation of one.operations) riders.set(operation, [...(riders.get(operation) ?? []), one]);
  return { engine, derived, selection, riders };
}
