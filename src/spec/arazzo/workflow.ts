/** Workflows of an Arazzo description as the engine sees them: every reference is resolved, nothing is left to look up. */
import type { JsonObject, JsonValue } from '../../events/index.ts';

/** A condition; `context` is a runtime expression. */
export interface Criterion {
  type: 'simple' | 'regex' | 'jsonpath';
  condition: string;
  context?: string;
}

export interface Action {
  name: string;
  type: 'end' | 'goto' | 'retry';
  /** Where `goto`, or a `retry` before it tries again, goes. */
  step?: string;
  workflow?: string;
  retryAfterMs: number;
  retryLimit: number;
  criteria: Criterion[];
}

export interface WorkflowParameter {
  name: string;
  /** Absent for an input of another workflow. */
  in?: 'path' | 'query' | 'header' | 'cookie';
  value: JsonValue;
}

export interface WorkflowStep {
  id: string;
  /** `#/workflows/ID/steps/ID`. */
  pointer: string;
  /** Operation id, or the id of another workflow. */
  calls: { operation: string } | { workflow: string };
  parameters: WorkflowParameter[];
  body?: { payload?: JsonValue; replacements: { target: string; value: JsonValue }[] };
  success: Criterion[];
  onSuccess: Action[];
  onFailure: Action[];
  /** Name to runtime expression. */
  outputs: Record<string, string>;
}

export interface Workflow {
  id: string;
  /** `#/workflows/ID`, a pointer into its own file. */
  pointer: string;
  /** Absolute path. */
  file: string;
  summary: string;
  /** The document that it stands in, and the pointer of the schema of its inputs there. */
  document: JsonObject;
  inputs?: string;
  dependsOn: string[];
  steps: WorkflowStep[];
  outputs: Record<string, string>;
}
