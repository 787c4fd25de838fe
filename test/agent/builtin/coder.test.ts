/** The built-in agent's turns: what it says, what it writes where, and when it gives up. */
import { expect, test } from 'vitest';
import { builtinCoder } from '../../../src/agent/builtin/index.ts';
import { inferResources } from '../../../src/agent/builtin/resources.ts';
import type { PropertyResult, VerifyReport } from '../../../src/events/index.ts';
import { fixtureSpec, specOf, turnOn } from '../../support/synthesized.ts';

function reportOf(properties: PropertyResult[], verdict: VerifyReport['verdict'] = 'fail'): VerifyReport {
  const share = { covered: 0, total: 0 };
  return {
    format: 'plumbline.verify/1',
    spec: { name: 'it', semanticDigest: '', documentDigest: '' },
    subject: '',
    verdict,
    seed: 1,
    durationMs: 0,
    cases: 0,
    casesPerSecond: 0,
    properties,
    coverage: { operations: share, responses: share, parameters: share, keywords: share, invariants: share },
    latency: {},
    warnings: [],
  };
}

const failing = (clause: string, kind: PropertyResult['kind'], operation?: string): PropertyResult => ({
  id: `${kind} ${clause}`,
  clause,
  kind,
  verdict: 'fail',
  cases: 1,
  ...(operation === undefined ? {} : { operation }),
});

test('the first candidate checks nothing, and every file is a tool call of the stream', async () => {
  const turn = turnOn(await fixtureSpec('todos'), { prompt: 'make it pink' });
  expect(await builtinCoder().turn(turn)).toEqual({ kind: 'worked' });
  const written = [...turn.workspace.files.keys()];
  expect(written).toContain('services/it/server.js');
  expect(turn.recorder.of('toolRequested').map(({ title }) => title)).toEqual(written.map((path) => `write ${path}`));
  expect(turn.recorder.of('toolFinished').every(({ ok }) => ok)).toBe(true);
  expect(turn.recorder.of('agentNoted')[0]?.text).toContain('no model');
  expect(turn.workspace.files.get('services/it/operations.js')).not.toContain('checks:');
});

test('each failing clause picks its repair, on its operation alone', async () => {
  const spec = await fixtureSpec('todos');
  const coder = builtinCoder();
  const turn = turnOn(spec);
  await coder.turn(turn);
  const before = turn.workspace.files.get('services/it/operations.js');
  const lastReport = reportOf([failing('#/paths/~1todos/post/requestBody/required', 'rejection', 'createTodo')]);
  expect(await coder.turn({ ...turn, round: 2, lastReport })).toEqual({ kind: 'worked' });
  const after = turn.workspace.files.get('services/it/operations.js');
  expect(after).toBe(before?.replace('createTodo: {}', "createTodo: { checks: ['body'] }"));
  expect(turn.recorder.of('agentNoted').at(-1)?.text).toBe('400 for a body that breaks its schema, on POST /todos');
});

test('where nothing is left to repair it names the clauses instead of claiming success', async () => {
  const spec = specOf({
    openapi: '3.1.0',
    info: { title: 'Impossible', version: '1' },
    paths: {
      '/dice': {
        get: {
          operationId: 'roll',
          responses: {
            '200': { description: 'Rolled.', content: { 'application/json': { schema: { type: 'integer' } } } },
          },
          'x-invariants': [{ id: 'two-at-once', rule: 'response.body == 1 && response.body == 2' }],
        },
      },
    },
  });
  const coder = builtinCoder();
  const turn = turnOn(spec);
  await coder.turn(turn);
  const clause = '#/paths/~1dice/get/x-invariants/two-at-once';
  const lastReport = reportOf([failing(clause, 'invariant', 'roll')]);
  expect(await coder.turn({ ...turn, round: 2, lastReport })).toEqual({ kind: 'worked' });
  const outcome = await coder.turn({ ...turn, round: 3, lastReport });
  expect(outcome).toEqual({
    kind: 'stuck',
    unsatisfied: [clause],
    message: `the built-in agent cannot satisfy this clause; use a model: ${clause}`,
  });
});

test('a package that is not its own is left alone, and the start command finds the service', async () => {
  const turn = turnOn(await fixtureSpec('todos'), { start: 'node src/main.mjs' });
  turn.workspace.files.set('services/it/package.json', '{"type":"module"}');
  await builtinCoder().turn(turn);
  expect(turn.workspace.files.get('services/it/package.json')).toBe('{"type":"module"}');
  expect(turn.workspace.files.get('services/it/src/main.mjs')).toContain("import('../service/server.js')");
  expect(turn.workspace.files.has('services/it/service/server.js')).toBe(true);
});

test('what may not be written ends the turn with the reason', async () => {
  const turn = turnOn(await fixtureSpec('todos'), { codeFolder: 'elsewhere' });
  expect(await builtinCoder().turn(turn)).toMatchObject({
    kind: 'stuck',
    message: expect.stringContaining('elsewhere/'),
  });
});

test('resources and actions are read off the paths', async () => {
  const spec = specOf({
    openapi: '3.1.0',
    info: { title: 'Paths', version: '1' },
    paths: {
      '/health': { get: plain('health', { type: 'object' }) },
      '/users': {
        get: plain('listUsers', { type: 'array', items: { $ref: '#/components/schemas/User' } }),
        post: plain('addUser'),
      },
      '/users/{userId}': {
        get: plain('getUser'),
        put: plain('putUser'),
        patch: plain('patchUser'),
        delete: plain('dropUser'),
      },
      '/users/{id}/settings': {
        get: plain('getSettings', { type: 'object' }),
        put: plain('putSettings', { type: 'object' }),
      },
      '/users/{uid}/pets': {
        get: plain('listPets', { type: 'object', properties: { data: { type: 'array', items: {} } } }),
        post: plain('addPet'),
      },
      '/users/{uid}:ban': { post: plain('banUser') },
      '/labels/{name}': { put: plain('putLabel') },
      '/quotes:price': { post: plain('price', { type: 'number' }) },
    },
    components: { schemas: { User: { type: 'object', properties: { id: { type: 'string' } } } } },
  });
  const { actions } = inferResources(spec);
  const found = [...actions].map(([{ id }, action]) => [id, action.kind, action.resource?.key ?? null]);
  expect(found).toEqual([
    ['health', 'read', 'health'],
    ['listUsers', 'list', 'users'],
    ['addUser', 'create', 'users'],
    ['getUser', 'read', 'users'],
    ['putUser', 'replace', 'users'],
    ['patchUser', 'patch', 'users'],
    ['dropUser', 'remove', 'users'],
    ['getSettings', 'read', 'users/{}/settings'],
    ['putSettings', 'replace', 'users/{}/settings'],
    ['listPets', 'list', 'users/{}/pets'],
    ['addPet', 'create', 'users/{}/pets'],
    ['banUser', 'act', 'users'],
    ['putLabel', 'replace', 'labels'],
    ['price', 'compute', null],
  ]);
});

function plain(operationId: string, schema: object = { $ref: '#/components/schemas/User' }) {
  const content = JSON.parse(JSON.stringify({ 'application/json': { schema } }));
  return { operationId, responses: { '200': { description: 'Fine.', content } } };
}
