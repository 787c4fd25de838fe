/** The mutants that no property noticed, as text, and the score. */
import type { MutantResult, MutationReport, SpecMutationReport } from '../events/index.ts';
import { sanitize } from '../events/sanitize.ts';

const MOST_SHOWN = 30;

/** One block for each survivor, at most thirty, and a line of counts. */
export function mutationText(mutation: MutationReport): string {
  const alive = mutation.mutants.filter(({ outcome }) => /^(survived|unspecified|likelyEquivalent)$/.test(outcome));
  const more = alive.length > MOST_SHOWN ? `and ${alive.length - MOST_SHOWN} more survivors; --json lists them\n` : '';
  const ofSpec = mutation.spec === undefined ? '' : specText(mutation.spec);
  return `${alive.slice(0, MOST_SHOWN).map(blockOf).join('')}${more}${ofSpec}${countsOf(mutation)}`;
}

function specText({ total, enforced, unenforced }: SpecMutationReport): string {
  const lines = unenforced
    .slice(0, MOST_SHOWN)
    .map(({ clause, title, reason }) => `~ unenforced  ${clause}\n  ${title}: ${reason}`);
  const more = unenforced.length > MOST_SHOWN ? [`and ${unenforced.length - MOST_SHOWN} more; --json lists them`] : [];
  const last = `spec      ${enforced} of ${total} clauses are enforced: were the service to violate one, a property would fail`;
  return [...lines, ...more, last].map((text) => `${sanitize(text, { multiline: true })}\n`).join('');
}

function blockOf({ file, line, column, outcome, mutator, before, after, missing, equivalent }: MutantResult): string {
  const lines = [
    `~ ${outcome}  ${file}:${line}:${column}  ${mutator}`,
    `  change    ${before}  →  ${after}`,
    equivalent === undefined ? `  missing   ${missing ?? ''}` : `  as before ${equivalent}`,
  ];
  return lines.map((text) => `${sanitize(text)}\n`).join('');
}

function countsOf(mutation: MutationReport): string {
  const { score, total, killed, timedOut, crashed, survived, unspecified, likelyEquivalent, notTried } = mutation;
  const parts = [
    `${killed} killed`,
    ...(timedOut > 0 ? [`${timedOut} timed out`] : []),
    ...(crashed > 0 ? [`${crashed} crashed`] : []),
    `${survived} survived`,
    ...(unspecified > 0 ? [`${unspecified} unspecified`] : []),
    ...(likelyEquivalent > 0 ? [`${likelyEquivalent} likely equivalent`] : []),
    ...(notTried > 0 ? [`${notTried} not tried: the time was up`] : []),
  ];
  const sample = mutation.sampledFrom === undefined ? '' : ` (a sample of ${mutation.sampledFrom})`;
  const percent = score === null ? 'no score' : `score ${(score * 100).toFixed(1)} %`;
  const seconds = mutation.durationMs / 1000;
  const rate = seconds === 0 ? '' : `; ${((total - notTried) / seconds).toFixed(1)}/s`;
  return `mutants   ${percent} of ${total}${sample}: ${parts.join(', ')}${rate}\n`;
}
