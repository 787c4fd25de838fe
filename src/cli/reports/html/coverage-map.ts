/** The spec as a map: one glyph a clause, which says how far it was tried and what became of its properties. */
import type { ClauseCoverage, PropertyResult, Verdict, VerifyReport } from '../../../events/index.ts';
import { html, type Markup, NOTHING } from './markup.ts';

type Glyph = { sign: string; style: string; said: string };

const STATES: Record<ClauseCoverage['state'], Glyph> = {
  full: { sign: '●', style: 'full', said: 'tried' },
  partial: { sign: '◐', style: 'partial', said: 'tried in part' },
  none: { sign: '○', style: 'none', said: 'never tried' },
};
const FAILS: Glyph = { sign: '✗', style: 'fail', said: 'fails' };
const UNDECIDED: Glyph = { sign: '?', style: 'error', said: 'undecided' };

const KINDS: ClauseCoverage['kind'][] = ['response', 'parameter', 'keyword', 'invariant'];
const HEADINGS = { response: 'answers', parameter: 'parameters', keyword: 'keywords', invariant: 'invariants' };

/** A table with a row for each operation; nothing where the report has no map. */
export function coverageMap(report: VerifyReport, routeOf: (operation: string) => string): Markup {
  const map = report.coverageMap;
  if (map === undefined || map.length === 0) return NOTHING;
  const verdicts = verdictsByClause(report.properties);
  const rows = new Map<string, ClauseCoverage[]>();
  for (const one of map) {
    const row = one.operation ?? '';
    const known = rows.get(row);
    if (known === undefined) rows.set(row, [one]);
    else known.push(one);
  }
  const kinds = KINDS.filter((kind) => map.some((one) => one.kind === kind));
  const body = [...rows].map(([operation, clauses]) => {
    const own = clauses.find((one) => one.kind === 'operation');
    const name =
      operation === '' ? html`<span class="soft">whole contract</span>` : html`<code>${routeOf(operation)}</code>`;
    const cells = kinds.map((kind) => {
      const shown = clauses.filter((one) => one.kind === kind).map((one) => cell(one, verdicts.get(one.clause)));
      return html`<td class="cells">${shown}</td>`;
    });
    return html`<tr>
      <td>${own === undefined ? NOTHING : cell(own, verdicts.get(own.clause))} ${name}</td>
      ${cells}
    </tr> `;
  });
  const heads = kinds.map((kind) => html`<th>${HEADINGS[kind as keyof typeof HEADINGS]}</th>`);
  return html`<table>
      <thead>
        <tr>
          <th>operation</th>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
    <p class="soft">
      ${[...Object.values(STATES), FAILS, UNDECIDED].map(
        (one) => html`<span class="${one.style}">${one.sign}</span> ${one.said} &nbsp; `,
      )}
      A keyword is tried when input that breaks it was sent and input that keeps it was accepted. Point at a glyph for
      its clause.
    </p>
    ${untried(map)}`;
}

function cell(one: ClauseCoverage, verdict: Verdict | undefined): Markup {
  const glyph = verdict === 'fail' ? FAILS : verdict === 'error' ? UNDECIDED : STATES[one.state];
  return html`<span class="${glyph.style}" title="${`${one.title}: ${glyph.said} (${one.clause})`}"
    >${glyph.sign}</span
  >`;
}

/** The clauses that nothing tried, in words, as pointing is not for everybody. */
function untried(map: readonly ClauseCoverage[]): Markup {
  const none = map.filter((one) => one.state === 'none');
  if (none.length === 0) return NOTHING;
  const items = none.map((one) => html`<li>${one.operation ?? ''} ${one.title} <code>${one.clause}</code></li>`);
  return html`<details>
    <summary>${none.length} clauses were never tried</summary>
    <ul>
      ${items}
    </ul>
  </details>`;
}

function verdictsByClause(properties: readonly PropertyResult[]): Map<string, Verdict> {
  const worst = new Map<string, Verdict>();
  const rank = { pass: 0, error: 1, fail: 2 };
  for (const { clause, verdict } of properties) {
    const known = worst.get(clause);
    if (known === undefined || rank[verdict] > rank[known]) worst.set(clause, verdict);
  }
  return worst;
}
