/** A counterexample for a reader: what was sent, what was expected beside what came, how to see it again. */
import { diffWordsWithSpace } from 'diff';
import type { Counterexample, Exchange, JsonValue, PropertyResult } from '../../../events/index.ts';
import { html, type Markup, NOTHING } from './markup.ts';

const LONGEST_DIFF = 4000;
const LONGEST_BODY = 8000;

/** A property that is not `pass`. `place` is `file:line:column` of its clause. */
export function findingOf(property: PropertyResult, place: string, open: boolean): Markup {
  const { counterexample, verdict } = property;
  const mark = verdict === 'fail' ? html`<b class="fail">✗ fail</b>` : html`<b class="error">? undecided</b>`;
  const facts = html`<dl>
    <dt>clause</dt>
    <dd><code>${property.clause}</code></dd>
    <dt>at</dt>
    <dd><code>${place}</code></dd>
    ${
      property.reason === undefined
        ? NOTHING
        : html`<dt>reason</dt>
            <dd>${property.reason}</dd>`
    }
  </dl>`;
  return html`<details${open ? html` open` : NOTHING}><summary>${mark} <span class="mono">${property.id}</span>
<span class="soft">${property.kind}</span></summary>${facts}${
    counterexample === undefined ? NOTHING : details(counterexample)
  }</details>\n`;
}

function details(counterexample: Counterexample): Markup {
  const { seed, path, shrinks, reproducible } = counterexample;
  const found = `seed ${seed}, path ${path}, ${shrinks} shrinks${
    reproducible ? '' : '; it did not come back when it was run alone'
  }`;
  return html`<p class="soft">input</p>
    <pre>${JSON.stringify(counterexample.input, null, 2)}</pre>
    ${difference(counterexample)}
    <p class="soft">what went over the wire</p>
    ${counterexample.exchanges.map(exchangeOf)}
    <p class="soft">reproduce with</p>
    <pre>${counterexample.reproducer.trimEnd()}</pre>
    <p class="soft">found by ${found}</p>`;
}

/** Expected and actual one under the other; the words that differ are marked where the two are alike enough to compare. */
function difference({ expected, actual }: Counterexample): Markup {
  const comparable = expected.length + actual.length <= LONGEST_DIFF;
  const words = comparable ? diffWordsWithSpace(expected, actual) : [];
  const kept = words.reduce((sum, word) => sum + (word.added || word.removed ? 0 : word.value.trim().length), 0);
  const alike = kept * 3 > Math.max(expected.length, actual.length);
  const side = (skip: 'added' | 'removed', text: string): Markup | Markup[] =>
    alike
      ? words
          .filter((word) => !word[skip])
          .map((word) => (word.added || word.removed ? html`<mark>${word.value}</mark>` : html`${word.value}`))
      : html`${text}`;
  return html`<pre><span class="expected">− expected  ${side('added', expected)}</span>
<span class="actual">+ actual    ${side('removed', actual)}</span></pre>`;
}

function exchangeOf(exchange: Exchange): Markup {
  const { method, path, headers, body, response, fault, role } = exchange;
  const lines = [
    `${method} ${path}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['', bodyText(body)]),
  ];
  const answer =
    response === undefined
      ? [fault ?? 'no answer']
      : [
          String(response.status),
          ...Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`),
          ...(response.body === undefined ? [] : ['', bodyText(response.body)]),
        ];
  const summary = html`<summary>
    <span class="soft">${role}</span> <span class="mono">${method} ${path}</span> →
    ${response === undefined ? (fault ?? 'no answer') : response.status}
  </summary>`;
  return html`<details>
    ${summary}
    <pre>${lines.join('\n')}</pre>
    <pre>${answer.join('\n')}</pre>
  </details>`;
}

function bodyText(body: JsonValue): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body, null, 2);
  return text.length > LONGEST_BODY ? `${text.slice(0, LONGEST_BODY)}… (${text.length} characters)` : text;
}
