/** What the agent is told: the spec whole while it is short, in slices when it is long, and always what fails. */
import { expect, test } from 'vitest';
import { specText, WHOLE_SPEC } from '../../src/agent/prompt.ts';
import { reportText } from '../../src/agent/report-text.ts';
import type { Verdict } from '../../src/events/index.ts';
import type { Operation } from '../../src/spec/model.ts';
import { exampleSpec } from '../support/example-spec.ts';
import { reportOf } from '../support/reports.ts';

test('a short spec is told as it is written', () => {
  const spec = exampleSpec();
  expect(specText(spec, null)).toContain(spec.text);
});

test('a long spec is told as an outline, the operations that fail first', () => {
  const base = exampleSpec();
  const paths = Object.fromEntries(
    Array.from({ length: 80 }, (_, at) => [
      `/things${at}`,
      {
        get: {
          operationId: `op${at}`,
          description: `${at} `.repeat(500),
          responses: { '200': { $ref: '#/components/responses/Ok' } },
        },
      },
    ]),
  );
  const operations = Object.keys(paths).map((path, at): Operation => ({
    ...(base.operations[0] as Operation),
    id: `op${at}`,
    path,
    pointer: `#/paths/~1things${at}/get`,
  }));
  const document = { ...base.document, paths, components: { responses: { Ok: { description: 'the shared answer' } } } };
  const spec = exampleSpec({ text: JSON.stringify(document), document, operations });
  const report = reportOf({ late: 'fail' });
  const [property] = report.properties;
  if (property !== undefined) property.clause = '#/paths/~1things79/get/responses/200';
  const text = specText(spec, report);
  expect(text.length).toBeLessThan(WHOLE_SPEC * 1.2);
  expect(text).toContain('79 79 79');
  expect(text).toContain('the shared answer');
  for (const at of [0, 40, 79]) expect(text).toContain(`GET /things${at} (op${at})`);
});

test('a verdict is told failures first, the rest by name, and within bounds', () => {
  const verdicts = Object.fromEntries(
    Array.from({ length: 100 }, (_, at): [string, Verdict] => [`p${at}`, at < 5 ? 'error' : 'fail']),
  );
  const text = reportText(reportOf({ ...verdicts, good: 'pass' }));
  expect(text).toContain('1 of 101 properties pass');
  expect(text.indexOf('## fail: p5')).toBeLessThan(text.indexOf('88 more do not pass'));
  expect(text).toContain('- and 48 others');
  expect(text).not.toContain('good');
});

test('a counterexample is told by its exchanges, one line each', () => {
  const report = reportOf({ a: 'fail' });
  const example = report.properties[0]?.counterexample;
  const json = { 'content-type': 'application/json' };
  example?.exchanges.push(
    {
      role: 'setup',
      method: 'POST',
      path: '/things',
      headers: json,
      body: { n: 1 },
      response: { status: 201, headers: {}, body: { id: '7' } },
    },
    { role: 'call', method: 'PUT', path: '/things/7', headers: { 'if-match': '"1"' }, fault: 'connection reset' },
  );
  const text = reportText(report);
  expect(text).toContain('- setup: POST /things {"n":1} -> 201 {"id":"7"}');
  expect(text).toContain('- call: PUT /things/7 [if-match: "1"] -> connection reset');
  expect(text).not.toContain('curl');
});

test('a verdict of nothing says so', () => {
  expect(reportText(reportOf({}))).toContain('nothing could be checked');
});
