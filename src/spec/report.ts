/** How the readers of a spec say what they find. */
import type { Finding, Location } from './model.ts';

/** Collects findings; the pointer is located when it is told. */
export type Report = (
  severity: Finding['severity'],
  rule: string,
  pointer: string,
  message: string,
  hint?: string,
) => void;

/** A report that appends to a list. */
export function reporter(findings: Finding[], locate: (pointer: string) => Location): Report {
  return (severity, rule, pointer, message, hint) => {
    findings.push({
      rule,
      severity,
      pointer,
      location: locate(pointer),
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  };
}
