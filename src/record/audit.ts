/** Whether the verdicts of a record follow from the rest of it: done is computed, so it can be computed again. */
import type { Event, EventOf, Verdict } from '../events/index.ts';

/** Each finding says at which event what does not follow; empty where everything does. The chain is checked elsewhere. */
export function auditVerdicts(events: readonly Event[]): string[] {
  const findings: string[] = [];
  const started = new Map<string, EventOf<'verificationStarted'>>();
  const decided = new Map<string, Verdict[]>();
  const passed = new Set<string>();
  const restored = new Set<string>();
  let lastFull: EventOf<'verificationFinished'> | undefined;
  for (const event of events) {
    const at = `event ${event.seq} (${event.type})`;
    switch (event.type) {
      case 'verificationStarted':
        started.set(event.verification, event);
        break;
      case 'propertyDecided':
        decided.set(event.verification, [...(decided.get(event.verification) ?? []), event.verdict]);
        break;
      case 'verificationFinished': {
        const start = started.get(event.verification);
        const verdicts = decided.get(event.verification) ?? [];
        if (start === undefined) findings.push(`${at} ends a verification that never started`);
        else if (event.verdict !== 'error' && verdicts.length < start.properties.length)
          findings.push(
            `${at} says ${event.verdict}, but only ${verdicts.length} of ${start.properties.length} properties were decided`,
          );
        if (event.verdict === 'pass' && (verdicts.length === 0 || verdicts.some((verdict) => verdict !== 'pass')))
          findings.push(`${at} says pass, but not every property passed`);
        if (event.verdict === 'fail' && !verdicts.includes('fail'))
          findings.push(`${at} says fail, but no property failed`);
        if (start !== undefined && start.clauses === undefined) {
          lastFull = event;
          if (event.verdict === 'pass') passed.add(pairOf(start.semanticDigest, start.tree));
        }
        break;
      }
      case 'rolledBack':
        restored.add(event.to);
        break;
      case 'specVersionRecorded':
        // A rollback goes back to a pair that another session verified.
        if (
          event.verdict === 'pass' &&
          !passed.has(pairOf(event.semanticDigest, event.codeTree)) &&
          !restored.has(event.semanticDigest)
        )
          findings.push(`${at} records a pass that no verification of this spec version and code tree gave`);
        break;
      case 'sessionEnded':
        if (event.verdict === 'pass' && lastFull?.verdict !== 'pass')
          findings.push(`${at} says pass, but the last verification of the whole spec did not`);
        break;
      default:
    }
  }
  return findings;
}

function pairOf(semanticDigest: string, tree: string): string {
  return `${semanticDigest} ${tree}`;
}
