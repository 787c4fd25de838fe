import { cacheShare, cost } from '../../session/cost.ts';
import { formatCount, formatDuration, formatMs, formatShare, formatUsd, formatWhole } from '../../session/format.ts';
import { slowestOperation } from '../../session/properties.ts';
import type { Snapshot } from '../../session/store.ts';
import { fitLine, type Line, lineWidth, span, type Tone } from '../line.ts';

const CELLS = 10;

/** Tokens by kind, money of its cap, speed of the agent and of the verification, p99, elapsed time. */
export function metersLine({ state, tail, at }: Snapshot, width: number): Line {
  const spent = cost(state);
  const share = cacheShare(state);
  const out = spent.outputTokens + tail.outputTokens;
  const slow = slowestOperation(state);
  const rate = tail.progress?.casesPerSecond ?? state.verification.last?.casesPerSecond ?? null;
  const elapsedMs =
    state.outcome.ended?.durationMs ??
    (state.header.startedAt === 0 ? 0 : Math.max(at, state.at) - state.header.startedAt);
  const noModel = state.header.agent === 'builtin' && spent.promptTokens === 0 && spent.outputTokens === 0;
  const groups: Line[] = [
    noModel
      ? [span('no model, ', 'dim'), span('no cost', 'dim')]
      : [
          span('tokens ', 'dim'),
          span(`in ${formatCount(spent.promptTokens).padStart(5)}`),
          ...(share === null ? [] : [span(`  cache ${formatShare(share).padStart(4)}`)]),
          span(`  out ${formatCount(out).padStart(5)}`),
          ...(tail.tokensPerSecond > 0 ? [span(`  ${formatCount(tail.tokensPerSecond)}/s`, 'accent')] : []),
        ],
    noModel ? [] : moneyLine(spent),
    rate === null ? [] : [span(`${formatWhole(rate)} cases/s`)],
    slow === null
      ? []
      : [
          span(
            `p99 ${formatMs(slow.p99Ms)}`,
            slow.objectiveMs !== null && slow.p99Ms > slow.objectiveMs ? 'bad' : 'plain',
          ),
        ],
    elapsedMs === 0 ? [] : [span(elapsed(elapsedMs), 'dim')],
  ].filter((group) => group.length > 0);
  let line: Line = [span(' ')];
  for (const group of groups) {
    const next =
      line.length === 1 ? [...line, ...group] : [...line, span(width < 100 ? ' │ ' : '  │  ', 'dim'), ...group];
    if (lineWidth(next) > width) continue;
    line = next;
  }
  return fitLine(line, width);
}

function moneyLine(spent: ReturnType<typeof cost>): Line {
  const money =
    spent.unpriced && spent.usdMicros === 0
      ? 'unpriced'
      : `${formatUsd(spent.usdMicros)}${spent.unpriced ? ' + unpriced' : ''}${spent.estimated ? ' est.' : ''}`;
  if (spent.capUsdMicros === null || spent.capUsdMicros <= 0) return [span(money)];
  const used = Math.min(1, spent.usdMicros / spent.capUsdMicros);
  const held = Math.min(1, (spent.usdMicros + spent.reservedUsdMicros) / spent.capUsdMicros);
  const full = Math.ceil(used * CELLS);
  const reserved = Math.max(full, Math.ceil(held * CELLS));
  const tone: Tone = held > 0.9 ? 'bad' : held > 0.7 ? 'warn' : 'good';
  return [
    span(`${money} of ${formatUsd(spent.capUsdMicros)} `),
    span('▓'.repeat(full), tone),
    span('▒'.repeat(reserved - full), 'warn'),
    span('░'.repeat(CELLS - reserved), 'dim'),
  ];
}

/** Whole seconds: a figure that ticks must not flicker. */
function elapsed(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / 1000)} s` : formatDuration(ms);
}
