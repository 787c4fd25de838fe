/** A verification report as one HTML page that loads nothing, runs nothing and can be mailed or kept as an artefact. */
import { relative } from 'node:path';
import type { PropertyResult, Verdict, VerifyReport } from '../../../events/index.ts';
import type { Spec } from '../../../spec/model.ts';
import { namedShares } from '../../verify-text.ts';
import { codeTable, mutantTable } from './code-tables.ts';
import { coverageMap } from './coverage-map.ts';
import { findingOf } from './counterexample.ts';
import { latencyPlot } from './latency-plot.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { STYLE } from './style.ts';

const SIGN: Record<Verdict, string> = { pass: '✓', fail: '✗', error: '?' };

/** Findings that stand open; a reader opens the others. */
const MOST_OPEN = 5;
/** Findings that the page has room for, failures first. */
const MOST_FINDINGS = 1000;

/** The whole page; `root` is the folder that places in the contract are told from. */
export function htmlOf(report: VerifyReport, spec: Spec, root: string): string {
  const open = report.properties.filter((property) => property.verdict !== 'pass').toSorted(failuresFirst);
  const routes = new Map(spec.operations.map((one) => [one.id, `${one.method.toUpperCase()} ${one.path}`]));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="generator" content="plumb" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${report.verdict}: ${report.spec.name}</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <header>
          <h1>${report.spec.name}</h1>
          <span class="verdict ${report.verdict}">${SIGN[report.verdict]} ${report.verdict}</span>
          <span class="soft"
            >spec <code>${report.spec.semanticDigest.slice(0, 12)}</code> · subject <code>${report.subject}</code> ·
            seed ${report.seed}</span
          >
        </header>
        ${tiles(report, spec.contract)}
        ${
          report.warnings.length === 0
            ? NOTHING
            : html`<h2>Warnings</h2>
                <ul>
                  ${report.warnings.map((one) => html`<li>${one}</li>`)}
                </ul>`
        }
        ${open.length === 0 ? NOTHING : html`<h2>Findings</h2>`}${open.slice(0, MOST_FINDINGS).map((one, index) => findingOf(one, placeOf(one, spec, root), one.verdict === 'fail' && index < MOST_OPEN))}
        ${open.length > MOST_FINDINGS ? html`<p>${open.length - MOST_FINDINGS} more findings are not on this page: those that failed come first; <code>--json</code> and <code>--ndjson</code> have all.</p>` : NOTHING}
        ${section(
          'Coverage of the spec',
          coverageMap(report, (operation) => routes.get(operation) ?? operation),
        )}
        ${section('Not covered', notCovered(report))}
        ${section('Code that the clauses execute', codeTable(report.code))}
        ${section('Strength of the properties', mutantTable(report.mutation))}
        ${section('Latency', latencyPlot(report.latency))} ${section('Properties', propertyTable(report.properties))}
      </body>
    </html> `;
  return page.markup;
}

function section(title: string, content: Markup): Markup {
  return content.markup === ''
    ? NOTHING
    : html`<h2>${title}</h2>
        ${content}`;
}

function notCovered({ notCovered: parts = [] }: VerifyReport): Markup {
  if (parts.length === 0) return NOTHING;
  const items = parts.map(({ what, pointer, reason }) => html`<li>${what}: ${reason} <code>${pointer}</code></li>`);
  return html`<ul>
    ${items}
  </ul>`;
}

function tiles(report: VerifyReport, contract: Spec['contract']): Markup {
  const count = (verdict: Verdict): number => report.properties.filter((one) => one.verdict === verdict).length;
  const shares = namedShares(report, contract).filter(([, { total }]) => total > 0);
  return html`<div class="tiles">
    <div class="tile">
      <b class="${report.verdict}">${count('pass')} of ${report.properties.length}</b>properties pass
    </div>
    <div class="tile"><b>${count('fail')}</b>fail, ${count('error')} undecided</div>
    <div class="tile">
      <b>${report.cases}</b>cases in ${(report.durationMs / 1000).toFixed(1)} s, ${report.casesPerSecond}/s while cases
      ran
    </div>
    ${shares.map(
      ([name, { covered, total }]) =>
        html`<div class="tile">
          <b>${covered}/${total}</b>${name}
          <div class="bar"><i style="width:${Math.round((covered / total) * 100)}%"></i></div>
        </div>`,
    )}
  </div>`;
}

function propertyTable(properties: readonly PropertyResult[]): Markup {
  if (properties.length === 0) return NOTHING;
  const rows = properties.map(
    ({ id, kind, verdict, cases }) =>
      html`<tr>
        <td class="${verdict}">${SIGN[verdict]} ${verdict}</td>
        <td class="mono">${id}</td>
        <td>${kind}</td>
        <td class="number">${cases}</td>
      </tr> `,
  );
  return html`<details>
    <summary>all ${properties.length} properties</summary>
    <table>
      <thead>
        <tr>
          <th>verdict</th>
          <th>property</th>
          <th>kind</th>
          <th class="number">cases</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </details>`;
}

function placeOf({ clause }: PropertyResult, spec: Spec, root: string): string {
  const { file, line, column } = spec.locate(clause);
  return `${relative(root, file) || file}:${line}:${column}`;
}

/** Failures before what is undecided; otherwise as they stand. */
function failuresFirst(a: PropertyResult, b: PropertyResult): number {
  return Number(b.verdict === 'fail') - Number(a.verdict === 'fail');
}
