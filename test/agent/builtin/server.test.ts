/** Whatever is sent to a service that the built-in agent wrote, it keeps no more of it than it needs. */
import { expect, onTestFinished, test } from 'vitest';
import { startSubject } from '../../../src/verify/subject/index.ts';
import { fixtureSpec, writeService } from '../../support/synthesized.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a body that is too large is refused, and the next call is served', async () => {
  const cwd = temporaryFolder();
  writeService(cwd, await fixtureSpec('todos'));
  const started = await startSubject({ kind: 'command', start: 'node server.js', cwd });
  if (started.kind !== 'subject') throw new Error(started.message);
  const { subject } = started;
  onTestFinished(() => subject.stop());
  const statuses: (number | string)[] = [];
  for (const length of [9 * 1024 * 1024, 10]) {
    const body = JSON.stringify({ title: 'x'.repeat(length) });
    const headers = { 'content-type': 'application/json' };
    const answer = await subject.send({ method: 'POST', path: '/todos', headers, body });
    statuses.push(answer.kind === 'answer' ? answer.status : answer.message);
  }
  expect(statuses).toEqual([413, 201]);
});
