/**
 * Readiness: what a spec leaves open, found before any model is called. A spec is not ready while it has a finding of
 * severity error, from loading or from here; warnings and notes are questions for a person.
 */
import type { JsonValue } from '../events/index.ts';
import { type Draws, lintDraws } from './lint/draws.ts';
import { lintExamples } from './lint/examples.ts';
import { lintInvariants } from './lint/invariants.ts';
import { lintMethods } from './lint/methods.ts';
import { lintOperations } from './lint/operations.ts';
import { lintPatterns } from './lint/patterns.ts';
import { lintSchemas } from './lint/schemas.ts';
import { lintWords } from './lint/words.ts';
import type { Finding, Spec } from './model.ts';
import { reporter } from './report.ts';

/** Says what is wrong with a value of the schema at a pointer; empty when it is valid. */
export type ValidateExample = (schema: string, value: JsonValue, direction: 'request' | 'response') => string[];

export interface LintOptions {
  /** Absent: examples are not checked against their schemas. */
  validate?: ValidateExample;
  /** Absent: it is not asked whether values can be made of the schemas of inputs. */
  draws?: Draws;
  /** Only what keeps a spec from being ready: for those who show nothing else. */
  errorsOnly?: boolean;
}

const ORDER = { error: 0, warning: 1, note: 2 } as const;

/** All findings of the readiness rules, errors first, then by place. Pure and total. */
export function lintSpec(spec: Spec, options: LintOptions = {}): Finding[] {
  const findings: Finding[] = [];
  const report = reporter(findings, spec.locate);
  for (const { pointer, what, reason } of spec.notCovered)
    report('note', 'not-covered', pointer, `${what} is not verified: ${reason}`);
  lintOperations(spec, report);
  lintMethods(spec, report);
  lintInvariants(spec, report);
  if (options.errorsOnly === true) return sortFindings(findings.filter(({ severity }) => severity === 'error'));
  lintSchemas(spec, report);
  lintWords(spec, report);
  lintPatterns(spec, report);
  if (options.draws !== undefined) lintDraws(spec, report, options.draws);
  if (options.validate !== undefined) lintExamples(spec, report, options.validate);
  return sortFindings(findings);
}

/** Errors first, then by place in the file. */
export function sortFindings(findings: Finding[]): Finding[] {
  return findings.toSorted(
    (a, b) =>
      ORDER[a.severity] - ORDER[b.severity] ||
      a.location.line - b.location.line ||
      a.location.column - b.location.column,
  );
}

/** True where nothing stands in the way of building the spec. */
export function isReady(findings: readonly Finding[]): boolean {
  return !findings.some(({ severity }) => severity === 'error');
}
