/** What belongs to one thing, entity tags, and merge patches, on a service that is none of the reference services. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { VerifyReport } from '../../src/events/index.ts';
import { loadSpec } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';

const folder = fileURLToPath(new URL('../bench/third-party', import.meta.url));

async function verifyStudio(bug: string, clauses?: string[]): Promise<VerifyReport> {
  const loaded = await loadSpec(`${folder}/studio.yaml`);
  if (loaded.kind !== 'spec') throw new Error(JSON.stringify(loaded.findings));
  const credentials = { token: { variable: 'STUDIO_TOKEN', value: 'studio-token-ada' } };
  const subject = { kind: 'command', start: 'node studio.ts', cwd: folder, env: { BUG: bug } } as const;
  return verify({
    spec: loaded.spec,
    subject,
    credentials,
    runs: clauses === undefined ? 20 : 60,
    ...(clauses === undefined ? {} : { clauses }),
  });
}

const PROJECTS = '#/paths/~1projects';
const TASK = `${PROJECTS}~1{projectId}~1tasks~1{taskId}`;

// A correct service passes as a whole, with all that is checked of lists, tags and uploads.
test('a correct studio passes', async () => {
  const { verdict, properties } = await verifyStudio('');
  const failing = properties.filter((one) => one.verdict !== 'pass').map(({ id, reason }) => [id, reason]);
  expect({ verdict, failing }).toEqual({ verdict: 'pass', failing: [] });
});

test.each([
  ['any-project', 'stateful wrong parent getTask', `${TASK}/get`],
  ['tag-stays', 'stateful sequence createProject /projects/{}', `${PROJECTS}/post`],
  ['name-units', 'conformance createProject letters', `${PROJECTS}/post`],
  ['caption-lost', 'stateful created-is-readable uploadFile', `${PROJECTS}~1{projectId}~1files/post`],
  ['match-ignored', 'rejection replaceProject stale If-Match', `${PROJECTS}~1{projectId}/put`],
  ['null-kept', 'stateful sequence createTask /projects/{}/tasks/{}', `${PROJECTS}~1{projectId}~1tasks/post`],
])('a studio with the bug %s fails %s', async (bug, property, clause) => {
  const { properties } = await verifyStudio(bug, [clause]);
  const found = properties.find(({ id }) => id === property);
  expect({ verdict: found?.verdict, reproducible: found?.counterexample?.reproducible }).toEqual({
    verdict: 'fail',
    reproducible: true,
  });
});
