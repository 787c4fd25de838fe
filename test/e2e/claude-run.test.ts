/** Claude through the binary, against servers on loopback: rounds to a verdict, money to the micro-dollar, and every fault. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { expect, onTestFinished, test } from 'vitest';
import { git } from '../support/git-repository.ts';
import { messagesServer, type MessagesServerOptions, type ScriptedReply } from '../support/messages-server.ts';
import { jsonLines, NOTES_SERVER, notesRepository, ofType, plumb, type JsonLine } from '../support/plumb.ts';

const FILE = 'services/notes/server.js';
const RIGHT = "no(404, 'there is no such note')";
const WRONG = "answer(200, { id: 1, text: 'any' })";
const RUN = ['run', 'specs/notes.yaml', '--agent', 'claude', '--runs', '5', '--json'];
/** Micro-dollars a token of claude-sonnet-5-5, from the price page. */
const PRICE = { input: 2, cacheWrite5m: 2.5, cacheRead: 0.1, output: 10 };

async function serve(options: MessagesServerOptions) {
  const server = await messagesServer(options);
  onTestFinished(() => server.close());
  return server;
}

function finishedOf(lines: readonly JsonLine[]): JsonLine {
  const last = lines.at(-1);
  if (last?.type !== 'runFinished') throw new Error(`the last line is ${JSON.stringify(last)}`);
  return last;
}

function spentOf(lines: readonly JsonLine[]): number {
  return ofType(lines, 'budgetSettled').reduce((sum, line) => sum + Number(line['usdMicros']), 0);
}

test('text, tools and two rounds reach a passing verdict, and the money is the sum of usage and prices', async () => {
  const server = await serve({
    replies: [
      {
        blocks: [
          { thinking: 'First the routes.' },
          { text: 'I write the service.' },
          { tool: 'write', input: { path: FILE, content: NOTES_SERVER.replace(RIGHT, WRONG) } },
        ],
        usage: { input_tokens: 4321, cache_creation_input_tokens: 3000, output_tokens: 777 },
      },
      { blocks: [{ text: 'Done.' }], usage: { input_tokens: 11, cache_read_input_tokens: 7003, output_tokens: 3 } },
      {
        blocks: [
          { tool: 'read', input: { path: FILE } },
          { tool: 'edit', input: { path: FILE, old_text: WRONG, new_text: RIGHT } },
        ],
        usage: { input_tokens: 1, cache_creation_input_tokens: 999, cache_read_input_tokens: 7777, output_tokens: 55 },
      },
      { blocks: [{ text: 'An unknown id is a 404 now.' }], usage: { input_tokens: 7, output_tokens: 9 } },
    ],
    key: 'sk-test-0123456789abcdef',
  });
  const cwd = notesRepository();
  const run = await plumb([...RUN, '--max-usd', '2'], { cwd, env: server.env });
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  const lines = jsonLines(run.stdout);
  const last = finishedOf(lines);
  expect(last).toMatchObject({
    verdict: 'pass',
    rounds: 2,
    unsatisfied: [],
    usage: { inputTokens: 4340, cacheWriteTokens: 3999, cacheReadTokens: 14780, outputTokens: 844 },
    usdMicros: Math.round(
      4340 * PRICE.input + 3999 * PRICE.cacheWrite5m + 14780 * PRICE.cacheRead + 844 * PRICE.output,
    ),
  });
  expect(spentOf(lines)).toBe(last['usdMicros']);
  expect(server.requests).toHaveLength(4);
  expect(server.requests[2]?.body).toContain('unknown id');
  expect(git(cwd, 'show', `${String(last['branch'])}:${FILE}`)).toBe(NOTES_SERVER);
  expect(await plumb(['replay', String(last['session']), '--verify'], { cwd })).toMatchObject({ code: 0 });
  // The key is nowhere in what is kept.
  const kept = readdirSync(join(cwd, '.plumb'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(kept.length).toBeGreaterThan(0);
  for (const entry of kept)
    expect(readFileSync(join(entry.parentPath, entry.name)).includes('0123456789abcdef')).toBe(false);
});

test('a rate limit, an overload, a cut, an error in the stream and malformed tool input are got over', async () => {
  const write = { tool: 'write', input: { path: FILE, content: NOTES_SERVER } };
  const server = await serve({
    replies: [
      { status: 429, error: { type: 'rate_limit_error', message: 'slow down' }, headers: { 'retry-after': '1' } },
      { status: 529, error: { type: 'overloaded_error', message: 'Overloaded' } },
      { blocks: [{ tool: 'read', input: { path: 'README.md' } }] },
      { blocks: [{ text: 'a long answer that never comes to its end' }], after: { events: 4, fault: 'cut' } },
      { blocks: [write], after: { events: 9, fault: { error: 'overloaded_error', message: 'busy' } } },
      { blocks: [{ tool: 'write', json: '{"path": "services/no' }] },
      { blocks: [write] },
      { blocks: [{ text: 'Done.' }] },
    ],
  });
  const run = await plumb(RUN, { cwd: notesRepository(), env: server.env });
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  const lines = jsonLines(run.stdout);
  expect(ofType(lines, 'providerFailed').map((line) => line['fault'])).toEqual([
    'rateLimited',
    'overloaded',
    'streamCut',
    'overloaded',
    'malformedToolInput',
  ]);
  expect(finishedOf(lines)).toMatchObject({ verdict: 'pass', rounds: 1 });
  expect(spentOf(lines)).toBe(finishedOf(lines)['usdMicros']);
  // What was cut is charged, and said to be an estimate.
  expect(ofType(lines, 'budgetSettled').filter((line) => line['estimated'] === true)).toHaveLength(2);
});

test.each([
  { cap: ['--max-usd', '0.20'], what: 'raise --max-usd' },
  { cap: ['--max-tokens', '60000'], what: 'raise --max-tokens' },
])('a session ends before $cap.0 is overshot', async ({ cap, what }) => {
  let turn = 0;
  const served: { input: number; output: number }[] = [];
  const server = await serve({
    replies: [
      (request): ScriptedReply => {
        const output = Math.min(4000, request.json.max_tokens);
        served.push({ input: 5000, output });
        turn += 1;
        return {
          blocks: [{ tool: 'read', input: { path: `never/${turn}.js` } }],
          usage: { input_tokens: 5000, output_tokens: output },
        };
      },
    ],
  });
  const run = await plumb([...RUN, ...cap], { cwd: notesRepository(), env: server.env });
  const lines = jsonLines(run.stdout);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 4, stderr: '' });
  expect(ofType(lines, 'sessionEnded')).toMatchObject([{ reason: 'cap', message: expect.stringContaining(what) }]);
  expect(served.length).toBeGreaterThan(1);
  const input = served.reduce((sum, one) => sum + one.input, 0);
  const output = served.reduce((sum, one) => sum + one.output, 0);
  const usdMicros = input * PRICE.input + output * PRICE.output;
  expect(finishedOf(lines)).toMatchObject({
    verdict: 'error',
    usage: { inputTokens: input, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: output },
    usdMicros,
  });
  if (cap[0] === '--max-usd') expect(usdMicros).toBeLessThanOrEqual(200_000);
  else expect(input + output).toBeLessThanOrEqual(60_000);
});

test.each<{ name: string; replies: ScriptedReply[]; says: RegExp; code: number }>([
  {
    name: 'a bad key',
    replies: [{ status: 401, error: { type: 'authentication_error', message: 'invalid bearer key' } }],
    says: /401.*check ANTHROPIC_API_KEY.*--agent builtin/,
    code: 3,
  },
  { name: 'a refusal', replies: [{ blocks: [], stopReason: 'refusal' }], says: /refus|declin/i, code: 3 },
  {
    name: 'an output limit, again and again',
    replies: [{ blocks: [{ text: 'and so on' }], stopReason: 'max_tokens' }],
    says: /output limit/,
    code: 3,
  },
  {
    name: 'a context that is exceeded, again and again',
    replies: [{ status: 400, error: { type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' } }],
    says: /too long|context/,
    code: 3,
  },
  {
    name: 'a model that the server does not know',
    replies: [{ status: 404, error: { type: 'not_found_error', message: 'model: claude-sonnet-5-5' } }],
    says: /--model/,
    code: 3,
  },
])('$name ends the session with a reason and an advice', async ({ replies, says, code }) => {
  const server = await serve({ replies });
  const cwd = notesRepository();
  const run = await plumb(['run', 'specs/notes.yaml', '--agent', 'claude'], { cwd, env: server.env });
  expect(run.code).toBe(code);
  expect(run.stdout).toMatch(says);
  expect(run.stdout).toMatch(/^! could not decide/m);
  expect(run.stdout).toMatch(/^go on with: plumb run --resume \w+\n$/m);
  expect(run.stderr).toBe('');
  expect(git(cwd, 'branch', '--list', 'plumb/*')).toBe('');
});

test('without a key nothing is begun', async () => {
  const cwd = notesRepository();
  expect(await plumb(['run', 'specs/notes.yaml', '--agent', 'claude', '--json'], { cwd })).toEqual({
    code: 4,
    signal: null,
    stdout: '',
    stderr:
      'plumb run: no key for Claude: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN), or use --agent builtin, which needs none\n',
  });
  expect((await plumb(['sessions'], { cwd })).stdout).toMatch(/^There are no sessions here yet/);
});

test('a model without a price is refused under a cap on money, and shown as unpriced without one', async () => {
  const server = await serve({ replies: [{ blocks: [{ text: 'I would rather not.' }] }] });
  const cwd = notesRepository();
  const model = ['--model', 'house-model-1'];
  const capped = await plumb([...RUN, ...model, '--max-usd', '1'], { cwd, env: server.env });
  expect({ code: capped.code, stdout: capped.stdout }).toEqual({ code: 4, stdout: '' });
  expect(capped.stderr).toMatch(
    /^plumb run: house-model-1 has no price here, so --max-usd cannot be kept: .*--max-tokens/,
  );
  expect(server.requests).toEqual([]);
  const free = await plumb([...RUN, ...model, '--max-rounds', '1'], { cwd, env: server.env });
  expect(free.code).toBe(3);
  expect(finishedOf(jsonLines(free.stdout))).toMatchObject({ verdict: 'error', usdMicros: null, branch: null });
  expect((await plumb(['sessions'], { cwd })).stdout).toContain('unpriced');
});

test('a server of somebody else’s that speaks the Messages API serves as well', async () => {
  const mock = new LLMock({ port: 0 });
  mock.on(
    { turnIndex: 0 },
    { content: 'Here.', toolCalls: [{ name: 'write', arguments: { path: FILE, content: NOTES_SERVER } }] },
  );
  mock.on({ turnIndex: 1 }, { content: 'There it is.' });
  await mock.start();
  onTestFinished(async () => void (await mock.stop()));
  const run = await plumb(RUN, { cwd: notesRepository(), env: { ANTHROPIC_BASE_URL: mock.url } });
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  expect(finishedOf(jsonLines(run.stdout))).toMatchObject({ verdict: 'pass', rounds: 1 });
});
