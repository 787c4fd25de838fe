/** What is known of a service once its own files are written. */
import type { JsonValue } from '../../../events/index.ts';
import type { Spec } from '../../../spec/model.ts';
import type { SchemaTable } from '../contract-data.ts';
import type { Design, OperationDesign } from '../design.ts';
import type { RulePlan } from '../rules/plan.ts';
import type { ContractData } from './contract.ts';

/** What the traits are read off. */
export interface Emitted {
  spec: Spec;
  design: Design;
  plans: ReadonlyMap<OperationDesign, RulePlan>;
  data: ContractData;
  schemas: Record<string, JsonValue>;
  table: SchemaTable;
  /** The text of `operations.js`. */
  operations: string;
  /** The text of `rules.js`. */
  rules: string;
}
