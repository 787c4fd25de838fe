/** Who writes the code: Claude or the built-in synthesizer. The loop (`session-loop.ts`) treats both alike. */
import type { Caps, Recorder, VerifyReport } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';
import type { Workspace } from '../workspace/workspace.ts';

export interface CoderTurn {
  /** From 1. */
  round: number;
  spec: Spec;
  /** What the engineer said; null for "implement the spec". */
  prompt: string | null;
  /** Folder, relative to the workspace root, where the service goes when `plumb.yaml` says nothing: `services/NAME`. */
  codeFolder: string;
  /** Globs, relative to the workspace root, that may be written. */
  writable: string[];
  /** Command line that starts the subject. */
  start: string;
  caps: Caps;
  workspace: Workspace;
  /** The verdict on the code as it stands; null before the first verification. */
  lastReport: VerifyReport | null;
  /** Runs the properties on the code as it stands (the `verify` tool); recorded by the callee. */
  verify: (options?: { clauses?: string[] }) => Promise<VerifyReport>;
  /** Asks the engineer before something that is not confined; false means no. */
  approve: (request: { call: string; title: string; detail: string }) => Promise<boolean>;
  recorder: Recorder;
  signal: AbortSignal;
}

export type CoderOutcome =
  /** It changed files, or thinks that it is done; the loop verifies. */
  | { kind: 'worked' }
  /** It knows that it cannot satisfy these clauses (pointers). */
  | { kind: 'stuck'; unsatisfied: string[]; message: string }
  | { kind: 'stopped'; reason: 'cap' | 'provider' | 'interrupted' | 'noProgress'; message: string };

export interface Coder {
  readonly kind: 'builtin' | 'claude';
  readonly model: string | null;
  turn(turn: CoderTurn): Promise<CoderOutcome>;
}
