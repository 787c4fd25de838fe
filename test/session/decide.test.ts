/** What a person asks for becomes facts, an effect, or a refusal that says what to do instead. */
import { expect, it } from 'vitest';
import { decide } from '../../src/session/decide.ts';
import { fold } from '../../src/session/state.ts';
import { stampedEvents } from '../support/stamped-events.ts';
import { vacationSession } from '../support/vacation-session.ts';

const loaded = fold(stampedEvents(vacationSession('loaded')));
const busy = fold(stampedEvents(vacationSession('working')));
const done = fold(stampedEvents(vacationSession('passing')));

it('a prompt starts a turn, an empty one implements the spec, and none while the agent works', () => {
  expect(decide(loaded, { type: 'submitPrompt', text: ' add a limit ' })).toEqual({
    kind: 'effect',
    effect: { type: 'startTurn', prompt: 'add a limit' },
  });
  expect(decide(loaded, { type: 'submitPrompt', text: '  ' })).toEqual({
    kind: 'effect',
    effect: { type: 'startTurn', prompt: null },
  });
  expect(decide(busy, { type: 'submitPrompt', text: 'x' })).toEqual({
    kind: 'refused',
    message: 'the agent is working; esc stops it',
  });
});

it('stop and resume need something to stop and nothing that runs', () => {
  expect(decide(busy, { type: 'stop' })).toEqual({ kind: 'effect', effect: { type: 'stopTurn' } });
  expect(decide(loaded, { type: 'stop' }).kind).toBe('refused');
  expect(decide(busy, { type: 'resume' }).kind).toBe('refused');
});

it('a decision on a hunk is a fact; one on a hunk that is gone is refused', () => {
  expect(decide(done, { type: 'acceptHunk', hunk: 'h2a' })).toEqual({
    kind: 'append',
    events: [{ type: 'hunkAccepted', change: 'change-2', hunk: 'h2a' }],
  });
  expect(decide(done, { type: 'rejectHunk', hunk: 'h1a' })).toEqual({
    kind: 'refused',
    message: 'this hunk is no longer part of the change',
  });
  expect(decide(done, { type: 'reopenHunk', hunk: 'h2a' }).kind).toBe('refused');
});

it('accepting all decides only what is undecided', () => {
  const events = [...vacationSession('passing'), { type: 'hunkRejected' as const, change: 'change-2', hunk: 'h2b' }];
  expect(decide(fold(stampedEvents(events)), { type: 'acceptAll' })).toEqual({
    kind: 'append',
    events: [
      { type: 'hunkAccepted', change: 'change-2', hunk: 'h2a' },
      { type: 'hunkAccepted', change: 'change-2', hunk: 'h2c' },
    ],
  });
});

it('applying takes exactly the accepted hunks, and refuses without one', () => {
  expect(decide(done, { type: 'applyAccepted' })).toEqual({
    kind: 'refused',
    message: 'no hunk is accepted; y accepts one, a all',
  });
  const events = [...vacationSession('passing'), { type: 'hunkAccepted' as const, change: 'change-2', hunk: 'h2c' }];
  expect(decide(fold(stampedEvents(events)), { type: 'applyAccepted' })).toEqual({
    kind: 'effect',
    effect: { type: 'applyHunks', change: 'change-2', tree: '2'.repeat(64), hunks: ['h2c'] },
  });
});
