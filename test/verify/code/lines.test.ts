import { expect, test } from 'vitest';
import { countAt, flatten, sum } from '../../../src/verify/code/counts.ts';
import { codeLines, rangesOf, withoutMark } from '../../../src/verify/code/lines.ts';
import { clausesOfLines, isUnspecified, mapOf } from '../../../src/verify/code/map.ts';
import { originalsOf, withoutName } from '../../../src/verify/code/originals.ts';
import { parseCode } from '../../../src/verify/code/syntax.ts';

const range = (startOffset: number, endOffset: number, count: number) => ({ startOffset, endOffset, count });
const named = (...ranges: ReturnType<typeof range>[]) => ({ functionName: '', isBlockCoverage: true, ranges });

// A wrong reading of V8's nested ranges would call code specified that never ran.
test('nested ranges count for what is inside them, and a function for itself', () => {
  const functions = [
    named(range(0, 100, 1)),
    named(range(10, 50, 3), range(20, 30, 0), range(24, 26, 7)),
    named(range(60, 70, 0)),
  ];
  expect(flatten(functions)).toEqual([
    { start: 0, end: 10, count: 1 },
    { start: 10, end: 20, count: 3 },
    { start: 20, end: 24, count: 0 },
    { start: 24, end: 26, count: 7 },
    { start: 26, end: 30, count: 0 },
    { start: 30, end: 50, count: 3 },
    { start: 50, end: 60, count: 1 },
    { start: 60, end: 70, count: 0 },
    { start: 70, end: 100, count: 1 },
  ]);
  expect(flatten([])).toEqual([]);
  // Two processes, of which the second has only compiled the outside.
  const both = sum(flatten(functions), flatten([named(range(0, 100, 2), range(40, 65, 0))]));
  expect([5, 25, 25.5, 45, 55, 62, 99, 100].map((offset) => countAt(both, offset))).toEqual([
    3,
    9,
    9,
    3,
    1,
    0,
    3,
    undefined,
  ]);
});

// Blank lines, comments, lone brackets and types say nothing when they are not run, whatever ends the lines.
test.each(['\n', '\r\n', '\r'])('lines of code with %j', (end) => {
  const text = [
    '\uFEFF// a comment',
    'interface Gone {',
    '  of: types;',
    '}',
    '',
    'export function big(n: number) {',
    '  /* not',
    '     code */ return n > 1',
    '    ? `one',
    '       two`',
    '    : 0;',
    '}',
    'type Also = string;',
    'const small = () => 1;',
  ].join(end);
  const bare = withoutMark(text);
  const syntax = parseCode('it.ts', bare);
  if ('problem' in syntax) throw new Error(syntax.problem);
  const lines = codeLines(bare, syntax);
  expect(lines.map(({ line }) => line)).toEqual([6, 8, 9, 10, 11, 14]);
  expect(lines.filter(({ bodies }) => bodies.length > 0).map(({ line }) => line)).toEqual([6, 14]);
  expect(rangesOf([6, 8, 10, 14], lines)).toEqual([
    [6, 8],
    [10, 10],
    [14, 14],
  ]);
});

test('a line is specified by what runs it, not by its having been loaded', () => {
  const text = 'const tool = () => 1;\nconst limit = 3;\nfunction used() { return limit; }\n';
  const syntax = parseCode('it.js', text);
  if ('problem' in syntax) throw new Error(syntax.problem);
  const [tool, used] = [text.indexOf('() => 1'), text.indexOf('function')];
  const start = flatten([
    named(range(0, text.length, 1)),
    named(range(tool, tool + 7, 0)),
    named(range(used, used + 33, 0)),
  ]);
  const scripts = new Map([['it.js', flatten([named(range(0, text.length, 0)), named(range(used, used + 33, 5))])]]);
  const ref = { id: 'acceptance a', clause: '#/paths/~1a/get', kind: 'acceptance' as const };
  const { report, share } = mapOf(
    [
      {
        file: 'it.js',
        script: 'it.js',
        lines: codeLines(text, syntax),
        functions: syntax.functions,
        plain: true,
        start,
      },
    ],
    [{ ref, ms: 1, scripts }],
  );
  expect({ report, share }).toEqual({
    report: {
      files: [{ file: 'it.js', lines: 3, covered: 2, unspecified: [[1, 1]] }],
      clauses: { '#/paths/~1a/get': [{ file: 'it.js', lines: [[3, 3]] }] },
    },
    share: { codeLines: { covered: 2, total: 3 }, codeFunctions: { covered: 1, total: 2 } },
  });
  expect(clausesOfLines(report, 'it.js', 2, 3)).toEqual(['#/paths/~1a/get']);
  expect(clausesOfLines(report, 'it.js', 1, 2)).toEqual([]);
  expect([
    isUnspecified(report, 'it.js', 1, 2),
    isUnspecified(report, 'it.js', 2, 9),
    isUnspecified(report, 'x', 1, 1),
  ]).toEqual([true, false, false]);
});

test('code that was compiled from elsewhere is told by its source map, or not at all', () => {
  const options = { root: '/r', read: (file: string) => (file === 'a.ts' ? 'const a: number = 1;\n' : undefined) };
  const stripped = withoutName('const a         = 1;\n\n\n//# sourceURL=file:///r/a.ts');
  expect(originalsOf('a.ts', stripped, options)).toMatchObject([{ file: 'a.ts', lines: [{ line: 1 }] }]);
  expect(originalsOf('a.ts', 'var a=1', options)).toEqual({
    problem: 'it is transformed while it is loaded, and no source map says how',
  });
  const map = { version: 3, sources: ['../src/b.ts'], names: [], mappings: ';AAIA' };
  const inline = `\nlet b=2\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  expect(originalsOf('dist/b.js', inline, options)).toMatchObject([{ file: 'src/b.ts', lines: [{ line: 5 }] }]);
});
