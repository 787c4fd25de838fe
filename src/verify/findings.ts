/** What a judged case shows: of its own property, and of the checks that ride along. */
import type { Finding } from './counterexample.ts';
import type { Passive } from './passive.ts';
import type { Judgement } from './property.ts';

/** The finding of a failed judgement. */
export function activeFinding(judgement: Judgement): Finding | undefined {
  if (judgement.kind !== 'failed') return undefined;
  const { kind: _, shown, statusOnly, ...finding } = judgement;
  return { ...finding, shown: shown ?? [finding.focus], under: '', statusOnly: statusOnly ?? false };
}

/** The first finding of a passive check among what a case sent, or why it cannot tell. */
export function passiveFinding(passive: Passive, judgement: Judgement): Finding | { reason: string } | undefined {
  for (const [focus, sent] of judgement.sent.entries()) {
    const found = passive.check(sent);
    if (found === undefined) continue;
    if (found.kind === 'undecided') return { reason: found.reason };
    const { actual, expected } = found;
    return {
      sent: judgement.sent,
      actual,
      expected,
      focus,
      shown: [focus],
      under: found.instancePath,
      statusOnly: found.statusOnly ?? false,
      ...(found.check === undefined ? {} : { check: found.check }),
    };
  }
  return undefined;
}
