/** Every style, media type and header of a contract is sent and judged: a correct service passes, each planted bug is found. */
import { expect, test } from 'vitest';
import { reproduce, verifyService } from '../support/reference-services.ts';

// With seed 88 a list in a form was sent as an object, which reads as a list of names and values.
test.each([1, 88])('the correct desk passes with seed %i', async (seed) => {
  const report = await verifyService('desk', { seed, runs: 10 });
  expect(report.properties.filter((one) => one.verdict !== 'pass')).toEqual([]);
  const { operations, parameters } = report.coverage;
  expect([operations, parameters].map(({ covered, total }) => total - covered)).toEqual([0, 0]);
  expect(report.coverage.mediaTypes).toEqual({ covered: 10, total: 10 });
  expect(report.warnings).toEqual([]);
});

const PAPER = '#/components/schemas/Paper';
const STYLES = '#/paths/~1styles~1{plain}~1{dots}~1{semis}/get';
const ADD = '#/paths/~1papers/post';
const PARTS = `${ADD}/requestBody/content/multipart~1form-data/schema`;
const FIND = '#/paths/~1find/get';
const READ = '#/paths/~1paper/get/responses';

// The bug, the property that finds it, its clause, and what it says.
const BUGS: [bug: string, property: string, clause: string, said: string][] = [
  ['space-is-plus', 'acceptance styles', STYLES, 'valid input is accepted'],
  [
    'reverses-lists',
    'invariant paths-are-read-as-sent',
    `${STYLES}/x-invariants`,
    'response.body.plain == request.path.plain',
  ],
  ['lists-too-long', 'rejection styles query many maxItems', '#/components/schemas/Numbers/maxItems', 'status 400'],
  ['numbers-too-big', 'rejection styles headers X-List/0 maximum', '#/components/schemas/Numbers/items', 'status 400'],
  ['cookie-unchecked', 'rejection styles cookies flavour pattern', `${STYLES}/parameters/13`, 'status 400'],
  ['page-too-big', 'rejection find query all/page maximum', `${FIND}/parameters`, 'status 400'],
  ['count-is-negative', 'conformance find', `${FIND}/responses`, 'the body must be at least 0'],
  ['form-needs-draft', 'acceptance addPaper', ADD, 'valid input is accepted'],
  ['form-refused', 'acceptance addPaper', ADD, 'valid input is accepted'],
  [
    'form-title-unchecked',
    'rejection addPaper body application/x-www-form-urlencoded/title maxLength',
    `${PAPER}/properties/title`,
    'status 400',
  ],
  [
    'xml-pages-unchecked',
    'rejection addPaper body application/xml/pages maximum',
    `${PAPER}/properties/pages`,
    'status 400',
  ],
  ['scan-too-long', 'rejection addPaper body multipart/form-data/scan maxLength', PARTS, 'status 400'],
  ['scan-not-required', 'rejection addPaper body multipart/form-data required 2', PARTS, 'status 400'],
  ['any-type', 'rejection addPaper body content type', `${ADD}/requestBody/content`, 'status 400 or 415'],
  ['wrong-type-is-500', 'rejection addPaper body content type', `${ADD}/requestBody/content`, 'status 400 or 415'],
  ['no-pages-header', 'conformance addPaper', `${ADD}/responses`, 'the required header x-pages'],
  ['pages-header-as-word', 'conformance addPaper', `${ADD}/responses`, 'a value that satisfies'],
  ['line-as-text', 'conformance importLines', '#/paths/~1import/post/responses', '/line must be integer'],
  ['blob-must-be-text', 'acceptance putBlob', '#/paths/~1blob/put', 'valid input is accepted'],
  ['note-too-long', 'rejection note body maxLength', '#/paths/~1note/post/requestBody', 'status 400'],
  ['latin-note', 'conformance note', '#/paths/~1note/post/responses', 'a body in the encoding that it claims'],
  ['json-pages-as-text', 'conformance readPaper', READ, '/pages must be integer'],
  ['xml-too-many-pages', 'conformance readPaper', READ, '/pages must be at most 99'],
  ['xml-not-closed', 'conformance readPaper', READ, 'well-formed XML: <Paper> is not closed'],
  ['xml-called-json', 'conformance readPaper', READ, 'a body that is JSON'],
  ['form-without-pages', 'conformance readPaper', READ, 'must have the property pages'],
  ['other-text', 'conformance readPaper', READ, 'the body must be'],
  ['no-xml', 'acceptance readPaper', '#/paths/~1paper/get', 'valid input is accepted'],
  ['says-html', 'conformance readPaper', READ, 'content type application/json, application/xml'],
  ['count-is-zero', 'conformance readPaper', READ, 'a value that satisfies'],
  ['sizes-are-words', 'conformance readPaper', READ, 'a value that satisfies'],
  ['other-cookie', 'conformance readPaper', READ, 'a value that satisfies'],
  ['ticks-are-words', 'conformance feed', '#/paths/~1feed/get/responses', '/data must be integer'],
];

/** One of each form of a script. */
const SCRIPTS = new Set([
  'space-is-plus',
  'cookie-unchecked',
  'form-refused',
  'xml-pages-unchecked',
  'scan-too-long',
  'any-type',
  'pages-header-as-word',
  'line-as-text',
  'blob-must-be-text',
  'latin-note',
  'xml-not-closed',
  'other-cookie',
  'ticks-are-words',
]);

test.each(BUGS)('the desk with the bug %s fails %s', async (bug, property, clause, said) => {
  const report = await verifyService('desk', { bug, runs: 12, seed: 3, clauses: [clause] });
  const found = report.properties.find((one) => one.id === property);
  expect({ verdict: found?.verdict, expected: found?.counterexample?.expected ?? found?.reason }).toEqual({
    verdict: 'fail',
    expected: expect.stringContaining(said),
  });
  if (!SCRIPTS.has(bug)) return;
  // The script tells the buggy service from the correct one.
  const script = found?.counterexample?.reproducer ?? '';
  expect({ buggy: await reproduce(script, 'desk', bug), correct: await reproduce(script, 'desk') }).toEqual({
    buggy: 1,
    correct: 0,
  });
});
