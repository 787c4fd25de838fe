import { clauseCounts } from './clauses.ts';
import { GLYPH } from './marks.ts';
import { propertyCounts } from './properties.ts';
import type { State } from './state.ts';

/** The one line that matters: `✗ 3 of 46 clauses fail`, `✓ all 46 clauses hold`, `◌ verifying 12 of 60`. */
export function verdictText(state: State): string {
  const clauses = clauseCounts(state);
  const properties = propertyCounts(state);
  const { activity, verdict } = state.outcome;
  if (activity === 'verifying') {
    const decided = properties.pass + properties.fail + properties.error;
    const broken = properties.fail > 0 ? `, ${GLYPH.fail} ${properties.fail} fail` : '';
    return `${GLYPH.running} verifying ${decided} of ${state.verification.properties.length} properties${broken}`;
  }
  if (verdict === 'pass')
    return `${GLYPH.pass} pass: ${properties.pass} of ${state.verification.properties.length} properties hold`;
  if (verdict === 'fail') {
    return clauses.fail > 0
      ? `${GLYPH.fail} fail: ${clauses.fail} of ${clauses.total} clauses`
      : `${GLYPH.fail} fail: ${properties.fail} of ${state.verification.properties.length} properties`;
  }
  // Whoever stopped it knows why nothing was decided; what was checked before may well have held.
  if (verdict === 'error' && state.outcome.ended?.reason === 'interrupted' && properties.error === 0)
    return `${GLYPH.unchecked} stopped before all of it was verified`;
  if (verdict === 'error') {
    const which = properties.error === 1 ? ': 1 property' : `: ${properties.error} properties`;
    return `${GLYPH.error} could not decide${properties.error > 0 ? which : ''}`;
  }
  if (clauses.total === 0) return 'no spec loaded';
  return `${GLYPH.unchecked} ${clauses.total} clauses, not verified yet`;
}
