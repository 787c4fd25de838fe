import type { Event } from '../events/index.ts';
import { GLYPH } from './marks.ts';
import { initial, reduce, type State } from './state.ts';

/** A place on the time bar that a reviewer looks for. */
export interface Mark {
  index: number;
  glyph: string;
  word: string;
}

/** A recorded session that can be looked at anywhere. Indexes count from 0. */
export interface Timeline {
  events: readonly Event[];
  marks: readonly Mark[];
  /** The state after the event at this index; clamped. */
  stateAt(index: number): State;
  /** The nearest place in a direction; the end where there is none. */
  next(from: number, step: 1 | -1, kind: 'event' | 'round' | 'verdict'): number;
}

const EVERY = 64;

/** Folds once; a jump then folds at most the events since the last checkpoint. */
export function createTimeline(events: readonly Event[]): Timeline {
  const checkpoints: State[] = [initial];
  let state = initial;
  for (const [index, event] of events.entries()) {
    state = reduce(state, event);
    if ((index + 1) % EVERY === 0) checkpoints.push(state);
  }
  const marks = events.flatMap((event, index) => {
    const mark = markOf(event);
    return mark === null ? [] : [{ index, ...mark }];
  });
  const clamp = (index: number): number => Math.max(0, Math.min(events.length - 1, index));
  return {
    events,
    marks,
    stateAt(index) {
      const count = events.length === 0 ? 0 : clamp(index) + 1;
      const from = Math.floor(count / EVERY);
      return events.slice(from * EVERY, count).reduce(reduce, checkpoints[from] ?? initial);
    },
    next(from, step, kind) {
      if (kind === 'event') return clamp(from + step);
      for (let index = from + step; index >= 0 && index < events.length; index += step) {
        const type = events[index]?.type;
        if (
          kind === 'round'
            ? type === 'roundStarted' || type === 'promptSubmitted'
            : type === 'verificationFinished' || type === 'sessionEnded'
        )
          return index;
      }
      return step === 1 ? clamp(events.length - 1) : 0;
    },
  };
}

function markOf(event: Event): { glyph: string; word: string } | null {
  switch (event.type) {
    case 'promptSubmitted':
      return { glyph: '›', word: 'prompt' };
    case 'changeProposed':
      return { glyph: '±', word: 'change' };
    case 'verificationFinished':
      return { glyph: GLYPH[event.verdict], word: event.verdict };
    case 'changeApplied':
      return { glyph: '◆', word: 'applied' };
    case 'rolledBack':
      return { glyph: '↩', word: 'rolled back' };
    case 'sessionEnded':
      return { glyph: '■', word: 'end' };
    default:
      return null;
  }
}
