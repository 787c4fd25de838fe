import { sanitize } from '../events/sanitize.ts';
import { clauseCounts } from './clauses.ts';
import { items } from './chunked.ts';
import { cost } from './cost.ts';
import { counterexampleCall } from './event-line.ts';
import { formatCount, formatDuration, formatShare, formatUsd, formatWhole, shortDigest } from './format.ts';
import { coverageShare, propertyCounts, propertyRows, slowestOperation } from './properties.ts';
import { hunksOf, reviewCounts } from './review.ts';
import type { State } from './state.ts';
import type { Item } from './transcript.ts';
import { GLYPH } from './marks.ts';
import { verdictText } from './verdict-text.ts';
import { wrap } from './wrap.ts';

/** A state as linear text, for logs, pipes and screen readers: no colour, no box, every line within the width. */
export function renderSessionText(state: State, columns: number): string {
  const width = Math.max(20, columns);
  const sections = [headLines(state), ruleLines(state), streamLines(state), changeLines(state), costLines(state)];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.flatMap((line) => wrapIndented(sanitize(line, { multiline: true }), width)).join('\n'))
    .join('\n\n')
    .concat('\n');
}

function headLines(state: State): string[] {
  const { header, outcome } = state;
  const agent = header.agent === null ? 'no agent' : (header.model ?? header.agent);
  return [
    `${header.spec === '' ? 'no spec' : header.spec} @ ${shortDigest(header.version) || '–'}   ${verdictText(state)}`,
    `session ${header.session || '–'}   agent ${agent}   round ${state.rounds.at(-1)?.round ?? 0}   event ${state.seq}`,
    ...(outcome.ended === null ? [] : [`ended: ${outcome.ended.message}`]),
  ];
}

function ruleLines(state: State): string[] {
  const counts = propertyCounts(state);
  const broken = propertyRows(state).filter(({ standing }) => standing === 'fail' || standing === 'error');
  const clauses = clauseCounts(state);
  const share = coverageShare(state);
  const slow = slowestOperation(state);
  return [
    `clauses    ${clauses.total} in all, ${clauses.pass} hold, ${clauses.fail} fail, ${clauses.error} undecided, ${clauses.total - clauses.pass - clauses.fail - clauses.error} not checked`,
    `properties ${counts.pass} hold, ${counts.fail} fail, ${counts.error} undecided${share === null ? '' : `; spec covered ${formatShare(share)}`}${slow === null ? '' : `; slowest p99 ${slow.p99Ms.toFixed(1)} ms on ${slow.operation}`}`,
    ...broken.flatMap(({ state: row, standing }) => [
      `${GLYPH[standing]} ${row.property.id} (${row.property.kind}) ${row.property.clause}`,
      ...(row.reason === '' ? [] : [`    ${row.reason}`]),
      ...(row.counterexample === null
        ? []
        : [
            `    ${counterexampleCall(row.counterexample)}`,
            `    was ${row.counterexample.actual}; expected ${row.counterexample.expected}; seed ${row.counterexample.seed}`,
          ]),
    ]),
  ];
}

function streamLines(state: State): string[] {
  return [...items(state.transcript)].flatMap(itemLines);
}

function itemLines(item: Item): string[] {
  switch (item.kind) {
    case 'round':
      return [`── round ${item.round} ──`];
    case 'prompt':
      return [`› ${item.text}`];
    case 'text':
    case 'note':
      return [item.text];
    case 'thinking':
      return [`(thinking) ${item.text}`];
    case 'tool':
      return [
        `▸ ${item.title} [${item.status}] ${item.summary}${item.durationMs === null ? '' : ` ${formatDuration(item.durationMs)}`}`,
      ];
    case 'notice':
      return [`${item.level}: ${item.text}`];
    case 'fault':
      return [`! ${item.fault}: ${item.message}`];
    case 'change':
      return item.files.map((file) => `± ${file.path} +${file.additions} −${file.deletions} ${file.kind}`);
    case 'applied':
      return [
        `applied (${item.mode}): ${item.files.join(', ')}${item.conflicts.length > 0 ? `; conflicts: ${item.conflicts.join(', ')}` : ''}`,
      ];
    case 'verification':
      return [
        item.verdict === null
          ? `◌ verifying ${item.total} properties`
          : `${GLYPH[item.verdict]} ${item.held} of ${item.total} properties hold, ${formatWhole(item.cases)} cases`,
      ];
    case 'rolledBack':
      return [`rolled back from ${shortDigest(item.from)} to ${shortDigest(item.to)} on ${item.branch}`];
    case 'interrupted':
      return [`interrupted: ${item.reason}`];
    case 'ended':
      return [`${GLYPH[item.verdict]} ${item.message}`];
    default:
      return item satisfies never;
  }
}

function changeLines(state: State): string[] {
  if (state.change.change === '') return [];
  const { accepted, rejected, pending } = reviewCounts(state);
  return [
    `change     ${hunksOf(state).length} hunks: ${accepted} accepted, ${rejected} rejected, ${pending} undecided`,
    ...state.change.files.map((file) => `    ${file.path} +${file.additions} −${file.deletions} ${file.kind}`),
  ];
}

function costLines(state: State): string[] {
  const spent = cost(state);
  const cap = spent.capUsdMicros === null ? '' : ` of ${formatUsd(spent.capUsdMicros)}`;
  const money = spent.unpriced ? 'unpriced' : formatUsd(spent.usdMicros);
  return [
    `tokens     in ${formatCount(spent.promptTokens)} (cache read ${formatCount(spent.cacheReadTokens)}, cache write ${formatCount(spent.cacheWriteTokens)}), out ${formatCount(spent.outputTokens)}`,
    `cost       ${money}${cap}${spent.estimated ? ', partly estimated' : ''}`,
  ];
}

function wrapIndented(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  if (indent === 0 || indent >= width / 2) return wrap(line, width);
  return wrap(line.slice(indent), width - indent).map((part) => ' '.repeat(indent) + part);
}
