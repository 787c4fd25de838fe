/** What a judged case shows: of its own property, and of the checks that ride along. */
import type { Finding } from '../run/counterexample.ts';
import type { Passive } from './passive.ts';
import { isUndocumented } from '../cases/scenario.ts';
import type { Judgement } from './property.ts';

/** The finding of a failed judgement. */
export function activeFinding(judgement: Judgement): Finding | undefined {
  if (judgement.kind !== 'failed') return undefined;
  const { kind: _, shown, statusOnly, ...finding } = judgement;
  return { ...finding, shown: shown ?? [finding.focus], under: '', statusOnly: statusOnly ?? false };
}

/** How many values a passive check looked at in what a case sent, with its first finding, or why it cannot tell. */
export function passiveFinding(
  passive: Passive,
  judgement: Judgement,
): { seen: number; finding?: Finding; doubt?: string } {
  let seen = 0;
  // How a race ends, and what is so after it, differs from run to run; what is counted does not.
  let raced = false;
  for (const [focus, sent] of judgement.sent.entries()) {
    raced ||= sent.together === true;
    // Nothing documents what an undocumented call does.
    if (isUndocumented(sent.manner)) continue;
    const checked = passive.check(sent);
    seen += raced ? 0 : checked.seen;
    const found = checked.finding;
    if (found === undefined) continue;
    if (found.kind === 'undecided') return { seen, doubt: found.reason };
    const { actual, expected } = found;
    const finding: Finding = {
      sent: judgement.sent,
      actual,
      expected,
      focus,
      shown: [focus],
      under: found.instancePath,
      statusOnly: found.statusOnly ?? false,
      ...(found.check === undefined ? {} : { check: found.check }),
      ...(found.checked === undefined ? {} : { checked: found.checked }),
    };
    return { seen, finding };
  }
  return { seen };
}
