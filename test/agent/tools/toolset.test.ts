/** The tools through the door that the agent uses: a call in, an answer and its record out. */
import { describe, expect, test } from 'vitest';
import { runTool, toolDefinitions } from '../../../src/agent/tools/toolset.ts';
import { boundText, inputFault, OUTPUT_LIMIT } from '../../../src/agent/tools/tool.ts';
import type { CoderTurn } from '../../../src/agent/coder.ts';
import { exampleSpec } from '../../support/example-spec.ts';
import { memoryRecorder } from '../../support/memory-recorder.ts';
import { memoryWorkspace } from '../../support/memory-workspace.ts';
import { reportOf } from '../../support/reports.ts';
import type { JsonValue } from '../../../src/events/index.ts';

const file = 'services/example/server.js';

function setting(options: Parameters<typeof memoryWorkspace>[0] = {}, change: Partial<CoderTurn> = {}) {
  const recorder = memoryRecorder();
  const workspace = memoryWorkspace(options);
  const asked: { call: string; title: string; detail: string }[] = [];
  const verified: ({ clauses?: string[] } | undefined)[] = [];
  const turn: CoderTurn = {
    round: 1,
    spec: exampleSpec(),
    prompt: null,
    codeFolder: 'services/example',
    writable: ['services/example/**'],
    start: 'node server.js',
    caps: {},
    workspace,
    lastReport: null,
    verify: (only) => {
      verified.push(only);
      return Promise.resolve(reportOf({ a: 'fail', b: 'pass', c: 'error' }));
    },
    approve: (request) => (asked.push(request), Promise.resolve(false)),
    recorder,
    signal: new AbortController().signal,
    ...change,
  };
  const call = (tool: string, input: JsonValue) => runTool(tool, input, { turn, call: 'call', now: () => 0 });
  return { call, recorder, workspace, asked, verified };
}

describe('edit', () => {
  const files = { [file]: 'one\ntwo\none more $& $1\n' };

  test('replaces exactly one place, character for character', async () => {
    const { call, workspace } = setting({ files });
    expect(await call('edit', { path: file, old_text: 'two', new_text: "$& $' $1" })).toMatchObject({
      ok: true,
      changed: true,
    });
    expect(workspace.files.get(file)).toBe("one\n$& $' $1\none more $& $1\n");
  });

  test.each([
    ['that is not there', 'three', 'does not occur'],
    ['that is there twice', 'one', 'more than once'],
    ['that overlaps itself', 'oo', 'does not occur'],
    ['that is empty', '', 'is empty'],
    ['with other spaces', 'two ', 'does not occur'],
  ])('refuses a piece %s and changes nothing', async (_, old, reason) => {
    const { call, workspace } = setting({ files });
    expect(await call('edit', { path: file, old_text: old, new_text: 'x' })).toMatchObject({
      ok: false,
      output: expect.stringContaining(reason),
    });
    expect(workspace.files.get(file)).toBe(files[file]);
  });

  test('refuses a piece that overlaps its second place', async () => {
    const { call } = setting({ files: { [file]: 'aaa' } });
    expect(await call('edit', { path: file, old_text: 'aa', new_text: 'b' })).toMatchObject({ ok: false });
  });
});

describe('files', () => {
  test('outside what may be written are refused, with the reason', async () => {
    const { call, recorder } = setting();
    for (const path of ['specs/example.yaml', 'services/../specs/x']) {
      expect(await call('write', { path, content: 'x' })).toMatchObject({ ok: false });
    }
    expect(recorder.of('toolFinished').map((event) => event.ok)).toEqual([false, false]);
  });

  test('written as they are do not count as changed', async () => {
    const { call } = setting({ files: { [file]: 'same' } });
    expect(await call('write', { path: file, content: 'same' })).not.toHaveProperty('changed');
    expect(await call('write', { path: file, content: 'other' })).toMatchObject({ changed: true });
  });

  test('are read by lines, listed by folder, searched', async () => {
    const { call } = setting({ files: { [file]: 'a\nb\nc', 'README.md': 'b' } });
    expect(await call('read', { path: file, from: 2, lines: 1 })).toMatchObject({
      output: 'b',
      summary: '1 of 3 lines',
    });
    expect(await call('list', { folder: './services/' })).toMatchObject({ output: file });
    expect(await call('search', { pattern: '^b$' })).toMatchObject({ output: `${file}:2: b\nREADME.md:1: b` });
    expect(await call('remove', { path: file })).toMatchObject({ ok: true });
    expect(await call('list', {})).toMatchObject({ output: 'README.md' });
  });
});

describe('bash', () => {
  const run = () => ({ exitCode: 1, output: 'no such file', durationMs: 1, timedOut: false });

  test('runs in a sandbox without asking', async () => {
    const { call, recorder, asked, workspace } = setting({ run });
    expect(await call('bash', { command: 'ls x' })).toMatchObject({ ok: false, output: 'no such file\n[exit code 1]' });
    expect([workspace.commands, asked]).toEqual([['ls x'], []]);
    expect(recorder.types()).toEqual(['toolRequested', 'toolFinished']);
    expect(recorder.deltas).toEqual([{ type: 'commandOutput', call: 'call', text: 'no such file' }]);
  });

  test('without a sandbox shows the whole command, hidden characters too, and does not run it without a yes', async () => {
    const sandbox = { kind: 'none', reason: 'bubblewrap is missing' } as const;
    const { call, recorder, asked, workspace } = setting({ run, sandbox });
    const command = 'echo ok\u001b[2K\r # \u202egnp.x';
    expect(await call('bash', { command })).toMatchObject({
      ok: false,
      output: expect.stringContaining('bubblewrap is missing'),
    });
    expect(workspace.commands).toEqual([]);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(asked[0]?.detail).not.toMatch(/[\u001b\r\u202e]/);
    expect(asked[0]?.detail).toContain('[2K');
    expect(recorder.types()).toEqual(['toolRequested', 'toolRefused']);
  });

  test('without a sandbox runs after a yes, and the log has it', async () => {
    const sandbox = { kind: 'none', reason: 'bubblewrap is missing' } as const;
    const { call, recorder, workspace } = setting({ run, sandbox }, { approve: () => Promise.resolve(true) });
    await call('bash', { command: 'ls' });
    expect(workspace.commands).toEqual(['ls']);
    expect(recorder.types()).toEqual(['toolRequested', 'toolApproved', 'toolFinished']);
  });

  test('says that a command ran out of time', async () => {
    const timedOut = () => ({ exitCode: null, output: 'partial', durationMs: 1, timedOut: true });
    const { call } = setting({ run: timedOut });
    expect(await call('bash', { command: 'sleep 99', seconds: 2 })).toMatchObject({
      ok: false,
      summary: 'stopped after 2 s',
    });
  });
});

describe('verify', () => {
  test('tells what fails with its smallest input and how to see it', async () => {
    const { call, verified } = setting();
    const answer = await call('verify', { clauses: ['#/paths/~1things'] });
    expect(verified).toEqual([{ clauses: ['#/paths/~1things'] }]);
    expect(answer).toMatchObject({ ok: false, summary: 'fail, 1 of 3 properties pass' });
    expect(answer.output).toContain('## fail: a');
    expect(answer.output).toContain('input: {"id":"a"}');
    expect(answer.output).toContain('curl -s "$BASE/a"');
    expect(answer.output).toContain('## error: c');
    expect(answer.output).not.toContain('b');
  });

  test('of no clause at all is refused, so that nothing passes by asking for nothing', async () => {
    const { call, verified } = setting();
    expect(await call('verify', { clauses: [] })).toMatchObject({ ok: false });
    expect(verified).toEqual([]);
  });
});

test('clause shows a part of the spec, own members only', async () => {
  const { call } = setting();
  expect(await call('clause', { pointer: '#/info/title' })).toMatchObject({ ok: true, output: '"Example"' });
  expect(await call('clause', { pointer: '#/constructor' })).toMatchObject({ ok: false });
});

describe('a call', () => {
  test.each<[string, JsonValue, string]>([
    ['read', [], 'must be an object'],
    ['read', null, 'must be an object'],
    ['read', {}, 'lacks "path"'],
    ['read', { path: 7 }, 'must be of type string'],
    ['read', { path: 'a', from: 1.5 }, 'must be of type integer'],
    ['read', { path: 'a', other: 1 }, 'unknown member "other"'],
    ['read', { path: 'a', toString: 1 }, 'unknown member "toString"'],
    ['verify', { clauses: [1] }, 'must be of type array'],
    ['format_disk', {}, 'there is no tool "format_disk"'],
  ])('with a wrong input is answered, not run: %s %j', async (tool, input, reason) => {
    const { call, recorder } = setting();
    expect(await call(tool, input)).toMatchObject({ ok: false, output: expect.stringContaining(reason) });
    expect(recorder.types()).toEqual(['toolRequested', 'toolFinished']);
  });

  test('that throws inside becomes an answer', async () => {
    const { call } = setting({}, { verify: () => Promise.reject(new Error('no engine')) });
    expect(await call('verify', {})).toMatchObject({ ok: false, output: 'verify failed: no engine' });
  });

  test('is recorded without anything that could move a cursor', async () => {
    const hostile = 'x\u001b]0;title\u0007\u009b2J\u202e';
    const { call, recorder } = setting({ files: { [file]: hostile } });
    await call('read', { path: file });
    await call(hostile, { [hostile]: [hostile] });
    // A backslash before the escape means that the text itself spells it out, which is harmless.
    expect(JSON.stringify(recorder.events)).not.toMatch(/(?<!\\)\\u00(1b|07)|\u009b|\u202e/);
  });
});

test('every definition is a schema that its own examples pass and an empty object fails where something is required', () => {
  for (const { input_schema: schema } of toolDefinitions()) {
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  }
  expect(toolDefinitions().map(({ name }) => name)).toEqual([
    'read',
    'list',
    'search',
    'clause',
    'write',
    'edit',
    'remove',
    'bash',
    'verify',
  ]);
  expect(inputFault({ type: 'object', properties: {}, required: [], additionalProperties: false }, {})).toBeNull();
});

test('a long output keeps its head and its tail and says what was left out', () => {
  const text = `head${'x'.repeat(2 * OUTPUT_LIMIT)}tail`;
  const bounded = boundText(text);
  expect(bounded.length).toBeLessThan(OUTPUT_LIMIT + 100);
  expect([bounded.startsWith('head'), bounded.endsWith('tail')]).toEqual([true, true]);
  expect(bounded).toContain(`${text.length - OUTPUT_LIMIT} characters left out`);
});
