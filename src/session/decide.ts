import type { EventBody } from '../events/index.ts';
import type { Intent } from './intent.ts';
import { hunksOf, pendingHunks } from './review.ts';
import type { State } from './state.ts';

/** What follows from an intent: facts to append, an effect to start, or a refusal with what to do instead. */
export type Decision =
  { kind: 'append'; events: EventBody[] } | { kind: 'effect'; effect: Effect } | { kind: 'refused'; message: string };

/** Work that the runtime does; its outcome comes back as events. */
export type Effect =
  | { type: 'startTurn'; prompt: string | null }
  | { type: 'stopTurn' }
  | { type: 'applyHunks'; change: string; tree: string; hunks: string[] }
  | { type: 'answerApproval'; call: string; approved: boolean }
  | { type: 'quit' };

/** Judges an intent by the state. Pure; the runtime appends and starts. */
export function decide(state: State, intent: Intent): Decision {
  switch (intent.type) {
    case 'submitPrompt': {
      if (isBusy(state)) return refused('the agent is working; esc stops it');
      const prompt = intent.text.trim();
      return { kind: 'effect', effect: { type: 'startTurn', prompt: prompt === '' ? null : prompt } };
    }
    case 'resume':
      return isBusy(state)
        ? refused('the agent is working already')
        : { kind: 'effect', effect: { type: 'startTurn', prompt: null } };
    case 'stop':
      return isBusy(state) ? { kind: 'effect', effect: { type: 'stopTurn' } } : refused('nothing is running');
    case 'acceptHunk':
      return onHunk(state, intent.hunk, (change, hunk) => ({ type: 'hunkAccepted', change, hunk }));
    case 'rejectHunk':
      return onHunk(state, intent.hunk, (change, hunk) => ({ type: 'hunkRejected', change, hunk }));
    case 'reopenHunk':
      if (state.change.decisions[intent.hunk] === undefined) return refused('this hunk is undecided already');
      return onHunk(state, intent.hunk, (change, hunk) => ({ type: 'hunkReopened', change, hunk }));
    case 'acceptAll':
      return onPending(state, (change, hunk) => ({ type: 'hunkAccepted', change, hunk }));
    case 'rejectAll':
      return onPending(state, (change, hunk) => ({ type: 'hunkRejected', change, hunk }));
    case 'applyAccepted': {
      if (isBusy(state)) return refused('the agent is working; esc stops it first');
      const { change, tree, decisions } = state.change;
      const hunks = hunksOf(state).flatMap(({ hunk }) => (decisions[hunk.id] === 'accepted' ? [hunk.id] : []));
      if (hunks.length === 0) return refused('no hunk is accepted; y accepts one, a all');
      return { kind: 'effect', effect: { type: 'applyHunks', change, tree, hunks } };
    }
    case 'approveCommand':
      return { kind: 'effect', effect: { type: 'answerApproval', call: intent.call, approved: true } };
    case 'refuseCommand':
      return { kind: 'effect', effect: { type: 'answerApproval', call: intent.call, approved: false } };
    case 'quit':
      return { kind: 'effect', effect: { type: 'quit' } };
    default:
      return intent satisfies never;
  }
}

/** True while the agent or the verification works. */
export function isBusy(state: State): boolean {
  return state.outcome.activity === 'working' || state.outcome.activity === 'verifying';
}

function refused(message: string): Decision {
  return { kind: 'refused', message };
}

function onHunk(state: State, hunk: string, fact: (change: string, hunk: string) => EventBody): Decision {
  const known = hunksOf(state).some((row) => row.hunk.id === hunk);
  return known
    ? { kind: 'append', events: [fact(state.change.change, hunk)] }
    : refused('this hunk is no longer part of the change');
}

function onPending(state: State, fact: (change: string, hunk: string) => EventBody): Decision {
  const pending = pendingHunks(state);
  return pending.length === 0
    ? refused('every hunk is decided')
    : { kind: 'append', events: pending.map(({ hunk }) => fact(state.change.change, hunk.id)) };
}
