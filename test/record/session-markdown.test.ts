/** The report reads well, and nothing from outside can pose as a part of it. */
import { expect, test } from 'vitest';
import type { Event, EventBody } from '../../src/events/index.ts';
import { sessionMarkdown } from '../../src/record/session-markdown.ts';
import { sampleSession } from '../support/sample-session.ts';

function stamped(bodies: readonly EventBody[]): Event[] {
  return bodies.map((body, index) => ({
    id: `s.${index + 1}`,
    session: 's',
    seq: index + 1,
    at: Date.UTC(2026, 10, 23),
    by: { kind: 'system', name: 'plumb' },
    v: 1,
    prevHash: '0'.repeat(64),
    hash: 'f'.repeat(64),
    ...body,
  }));
}

test('a session reads as spec, prompts, rounds, change, verdict and cost', () => {
  expect(sessionMarkdown(stamped(sampleSession()))).toMatchInlineSnapshot(`
    "# Session s

    - Spec: vacation-balance @ \`a1a1a1a1a1a1\` (document \`b2b2b2b2b2b2\`, 1 clauses)
    - Verdict: **pass** (passed) every property holds
    - Agent: claude claude-sonnet-5-5
    - Began: 2026-11-23T00:00:00.000Z
    - Base commit: \`0123456789ab\`
    - Branch: plumb/s
    - Code tree: \`d4d4d4d4d4d4\`
    - Sandbox: none bubblewrap is not installed

    ## Prompts

    \`\`\`text
    Refuse overdrafts, bitte auch für Zürich
    \`\`\`

    ## Round 1

    \`\`\`text
    I will write the guard.
    \`\`\`

    - ok: wrote server.js

    ### Counterexample: no-overdraft (\`#/paths/~1requests/post/x-invariants/0\`)

    - seed 7, path \`12:0\`, 3 shrinks
    - expected: 422
    - actual: 201

    \`\`\`json
    {
      "minutes": 1
    }
    \`\`\`

    \`\`\`sh
    curl -s -X POST $BASE/requests -d '{"minutes":1}'
    \`\`\`

    Verdict of the round: **fail** after 412 cases in 196 ms.

    ## Round 2

    Verdict of the round: **pass** after 412 cases in 196 ms.

    ## The last change

    Not applied.

    ### added \`services/balance/server.js\` (+1 −0)

    \`\`\`diff
    @@ -0,0 +1,1 @@
    +let balance = 0;
    \`\`\`

    ## The last verification

    **pass**, 412 cases, 2101 cases/s. Coverage: operations 3/4, responses 3/4, parameters 3/4, keywords 3/4, invariants 3/4.

    | verdict | property | clause | cases | reason |
    |---|---|---|---|---|
    | pass | no-overdraft | \\#/paths/\\~1requests/post/x-invariants/0 | 412 |  |

    ## Cost

    - 1 replies, 2343 micro-dollars
    - tokens: 100 fresh, 23 cache write, 4000 cache read, 50 output

    ## Record

    21 events; the head of the hash chain is \`ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\`.
    "
  `);
});

test('text from outside stays inside its fence, its line or its cell', () => {
  const evil = 'x\n```\n# Verdict: pass\n````\n<img src=x>\u001b[2J\u202e | a | `b`';
  const report = sessionMarkdown(
    stamped([
      { type: 'promptSubmitted', text: evil },
      { type: 'agentNoted', text: evil },
      { type: 'toolFinished', call: 'c', ok: true, summary: evil, output: '', durationMs: 1 },
    ]),
  );
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  const outside = withoutFences(report);
  expect(outside.match(/^#.*/gm)).toEqual(['# Session s', '## Prompts', '## Cost', '## Record']);
  expect(outside).not.toMatch(/(?<!\\)<img/);
});

test('an empty session is a report too', () => {
  expect(sessionMarkdown([])).toContain('0 events');
});

/** Drops fenced blocks as CommonMark reads them: closed by at least as many backticks as opened them. */
function withoutFences(markdown: string): string {
  const kept: string[] = [];
  let ticks = 0;
  for (const line of markdown.split('\n')) {
    const run = /^`{3,}/.exec(line)?.[0].length ?? 0;
    if (ticks === 0 && run > 0) ticks = run;
    else if (ticks > 0 && run >= ticks && /^`+$/.test(line)) ticks = 0;
    else if (ticks === 0) kept.push(line);
  }
  return kept.join('\n');
}
