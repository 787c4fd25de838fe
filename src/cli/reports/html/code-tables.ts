/** The subject's code in a report: which lines no clause executes, and which changes of it no property notices. */
import type { CodeReport, LineRange, MutantResult, MutationReport } from '../../../events/index.ts';
import { html, type Markup, NOTHING } from './markup.ts';

const MOST_ROWS = 500;

/** A row for each file, and from clause to lines below it. */
export function codeTable(code: CodeReport | undefined): Markup {
  if (code === undefined || code.files.length === 0) return NOTHING;
  const files = code.files.map(
    ({ file, lines, covered, unspecified }) =>
      html`<tr>
        <td><code>${file}</code></td>
        <td class="number">${covered} of ${lines}</td>
        <td class="mono">${ranges(unspecified)}</td>
      </tr>`,
  );
  const clauses = Object.entries(code.clauses).map(
    ([clause, places]) =>
      html`<tr>
        <td><code>${clause}</code></td>
        <td class="mono">${places.map(({ file, lines }) => `${file} ${ranges(lines)}`).join('; ')}</td>
      </tr>`,
  );
  return html`<table>
      <thead>
        <tr>
          <th>file</th>
          <th class="number">lines executed</th>
          <th>lines that no clause executes</th>
        </tr>
      </thead>
      <tbody>
        ${files}
      </tbody>
    </table>
    <details>
      <summary>from clause to lines</summary>
      <table>
        <thead>
          <tr>
            <th>clause</th>
            <th>lines that its properties execute</th>
          </tr>
        </thead>
        <tbody>
          ${clauses.slice(0, MOST_ROWS)}
        </tbody>
      </table>
      ${cut(clauses.length)}
    </details>`;
}

/** What survived first: it names the clause that is missing. */
export function mutantTable(mutation: MutationReport | undefined): Markup {
  if (mutation === undefined) return NOTHING;
  const { score, killed, survived, unspecified, likelyEquivalent, timedOut, crashed, total, sampledFrom } = mutation;
  const open = mutation.mutants.filter(({ outcome }) => /^(survived|unspecified|likelyEquivalent)$/.test(outcome));
  const noticed = killed + timedOut + crashed;
  const said = `${score === null ? 'no score' : `${(score * 100).toFixed(1)} %`}: of ${total} small changes of the code${
    sampledFrom === undefined ? '' : ` (a sample of ${sampledFrom})`
  } the properties notice ${noticed}; ${survived} survive, ${unspecified} stand where no property comes, ${likelyEquivalent} do what the code does.`;
  return html`<p>${said}</p>
    ${
      open.length === 0
        ? NOTHING
        : html`<table>
              <thead>
                <tr>
                  <th>place</th>
                  <th>change</th>
                  <th>what is missing</th>
                </tr>
              </thead>
              <tbody>
                ${open.slice(0, MOST_ROWS).map(mutantRow)}
              </tbody>
            </table>
            ${cut(open.length)}`
    }`;
}

function mutantRow(mutant: MutantResult): Markup {
  const { file, line, column, before, after, missing, equivalent, outcome } = mutant;
  return html`<tr>
    <td class="mono">${file}:${line}:${column}</td>
    <td><code>${before}</code> → <code>${after}</code></td>
    <td>${missing ?? equivalent ?? (outcome === 'unspecified' ? 'no property executes it' : '')}</td>
  </tr>`;
}

function ranges(lines: readonly LineRange[]): string {
  return lines.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
}

function cut(rows: number): Markup {
  return rows > MOST_ROWS ? html`<p class="soft">and ${rows - MOST_ROWS} more</p>` : NOTHING;
}
