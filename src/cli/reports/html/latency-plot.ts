/** Latency of each operation on one logarithmic axis: the median, the way to the 99th percentile, its bound, the objective. */
import type { Latency } from '../../../events/index.ts';
import { html, type Markup, NOTHING } from './markup.ts';

const ROW = 26;
const LEFT = 260;
const WIDTH = 1000;
const RIGHT = 150;
const TOP = 30;
/** More rows than a reader looks through; those with an objective and the slowest are kept. */
const MOST_ROWS = 60;

/** The plot, or nothing where no latency was measured. */
export function latencyPlot(latency: Readonly<Record<string, Latency>>): Markup {
  const all = Object.entries(latency).toSorted(
    ([, a], [, b]) => Number(b.objectiveMs !== undefined) - Number(a.objectiveMs !== undefined) || b.p99Ms - a.p99Ms,
  );
  const rows = all.slice(0, MOST_ROWS);
  if (rows.length === 0) return NOTHING;
  const values = rows.flatMap(([, one]) => [
    one.p50Ms,
    one.p99Ms,
    one.p99UpperMs ?? one.p99Ms,
    one.objectiveMs ?? one.p99Ms,
  ]);
  const low = 10 ** Math.floor(Math.log10(Math.max(0.01, Math.min(...values))));
  const high = 10 ** Math.ceil(Math.log10(Math.max(low * 10, ...values)));
  const x = (ms: number): number => {
    const share = Math.log10(Math.max(low, ms) / low) / Math.log10(high / low);
    return round(LEFT + share * (WIDTH - LEFT - RIGHT));
  };
  const height = TOP + rows.length * ROW + 10;
  const ticks: number[] = [];
  for (let ms = low; ms <= high * 1.001; ms *= 10) ticks.push(ms);
  const axis = ticks.map(
    (ms) =>
      html`<line x1="${x(ms)}" x2="${x(ms)}" y1="${TOP - 8}" y2="${height - 8}" stroke="var(--line)" />
        <text x="${x(ms)}" y="${TOP - 14}" text-anchor="middle" class="soft">${Number(ms.toPrecision(3))} ms</text>`,
  );
  const title = 'Latency by operation: dot median, bar up to p99, thin line its 95 % upper bound, ◆ objective';
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" width="100%" aria-label="${title}">
      ${axis}${rows.map(([operation, one], index) => row(operation, one, TOP + index * ROW + 8, x))}
    </svg>
    <p class="soft">
      ${title}${all.length > rows.length ? `; ${all.length - rows.length} quick operations left out` : ''}
    </p>`;
}

function row(operation: string, one: Latency, y: number, x: (ms: number) => number): Markup {
  const name = operation.length > 38 ? `${operation.slice(0, 37)}…` : operation;
  const objective =
    one.objectiveMs === undefined
      ? NOTHING
      : html`<text x="${x(one.objectiveMs)}" y="${y + 4}" text-anchor="middle" class="${one.verdict ?? 'none'}"
          >◆</text
        >`;
  const said = one.objectiveMs === undefined ? '' : ` of ${one.objectiveMs} ms: ${one.verdict ?? 'not decided'}`;
  const bound =
    one.p99UpperMs === null
      ? NOTHING
      : html`<line x1="${x(one.p99Ms)}" x2="${x(one.p99UpperMs)}" y1="${y}" y2="${y}" stroke="var(--soft)" />
          <line
            x1="${x(one.p99UpperMs)}"
            x2="${x(one.p99UpperMs)}"
            y1="${y - 4}"
            y2="${y + 4}"
            stroke="var(--soft)"
          />`;
  return html`<g
    ><title>${operation}: median ${one.p50Ms} ms, p99 ${one.p99Ms} ms, ${one.samples} samples</title>
    <text x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${name}</text>
    <line
      x1="${x(one.p50Ms)}"
      x2="${x(one.p99Ms)}"
      y1="${y}"
      y2="${y}"
      stroke="var(--accent)"
      stroke-width="6"
    />${bound} <circle cx="${x(one.p50Ms)}" cy="${y}" r="5" fill="var(--accent)" />${objective}
    <text x="${WIDTH - RIGHT + 12}" y="${y + 4}">p99 ${one.p99Ms} ms${said}</text></g
  >`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
