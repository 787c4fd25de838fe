import { sanitize } from '../events/sanitize.ts';
import type { Finding } from '../spec/model.ts';
import { EXIT } from './io.ts';

/** Findings as lines `file:line:column rule: message; hint`, at most twenty; one that is about no file has no place. */
export function findingsText(findings: readonly Finding[]): string {
  const lines = findings.slice(0, 20).map(({ location, rule, message, hint }) => {
    const place = rule === 'unknown-spec' ? '' : `${location.file}:${location.line}:${location.column} ${rule}: `;
    return sanitize(`${place}${message}${hint === undefined ? '' : `; ${hint}`}`);
  });
  if (findings.length > 20) lines.push(`… and ${findings.length - 20} more`);
  return lines.join('\n');
}

/** The exit code where no spec was found: wrong usage, unless something that was found cannot be read. */
export function exitOfUnresolved(findings: readonly Finding[]): number {
  return findings.some(({ rule, severity }) => rule !== 'unknown-spec' && severity === 'error')
    ? EXIT.undecided
    : EXIT.usage;
}
