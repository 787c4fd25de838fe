/** The recorded session that ships with the project is what a newcomer opens first: it must open with every version. */
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { auditVerdicts } from '../../src/record/audit.ts';
import { loadBundle } from '../../src/record/session-bundle.ts';
import { fold } from '../../src/session/state.ts';
import { plumb } from '../support/plumb.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FILE = resolve(import.meta.dirname, '../../sessions/vacation-balance.plumb.json');

test('its chain holds, its verdicts follow from its counterexamples, and it folds to a passing session', () => {
  const opened = loadBundle(FILE);
  if (opened.kind !== 'bundle') throw new Error(opened.message);
  const { events } = opened.bundle;
  expect(auditVerdicts(events)).toEqual([]);
  const { header, outcome, rounds } = fold(events);
  expect(header).toMatchObject({ spec: 'vacation-balance', agent: 'builtin' });
  expect(outcome).toMatchObject({ activity: 'ended', verdict: 'pass', partial: false });
  expect(outcome.ended).toMatchObject({ reason: 'passed', unsatisfied: [] });
  expect(rounds.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'pass']);
});

test('plumb replays it in an empty folder, whole and at an instant, without a terminal', async () => {
  const cwd = temporaryFolder();
  const whole = await plumb(['replay', FILE, '--verify'], { cwd });
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  expect(whole.stdout).toMatch(/^✓ whole: \d+ events/);
  const end = await plumb(['replay', FILE], { cwd });
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout).toContain('all 191 properties pass');
  const early = await plumb(['replay', FILE, '--at', '3'], { cwd });
  expect(early).toMatchObject({ code: 0, stderr: '' });
  expect(early.stdout).not.toContain('all 191 properties pass');
});
