import type { Event, LiveDelta } from '../events/index.ts';
import { createLiveTail, type LiveTail, quietTail } from './live-tail.ts';
import { fold, reduce, type State } from './state.ts';

/** A command that waits for the engineer's answer. */
export interface Approval {
  call: string;
  title: string;
  /** The exact command. */
  detail: string;
}

/** One consistent picture of a session. */
export interface Snapshot {
  state: State;
  tail: LiveTail;
  approval: Approval | null;
  /** Epoch milliseconds when it was taken. */
  at: number;
}

/** What a screen needs: a picture, and to be told when there is a newer one. */
export interface Store {
  subscribe(listener: () => void): () => void;
  /** The same object until something changed and listeners were told. */
  snapshot(): Snapshot;
}

/** The writing side; the runtime holds it. */
export interface SessionStore extends Store {
  /** Folds one recorded event. */
  append(event: Event): void;
  /** Takes in what streams by. */
  live(delta: LiveDelta): void;
  /** Shows an approval prompt, or takes it away. */
  ask(approval: Approval | null): void;
  /** The state right now, not throttled. */
  state(): State;
}

export interface StoreOptions {
  events?: Iterable<Event>;
  /** Epoch milliseconds. */
  now: () => number;
  /** Longest time between a change and its notice. */
  frameMs?: number;
}

/** A store over a fold. Listeners are told at most once per frame, however fast events and deltas come. */
export function createStore(options: StoreOptions): SessionStore {
  const { now } = options;
  const frameMs = options.frameMs ?? 33;
  const listeners = new Set<() => void>();
  const tail = createLiveTail();
  let state = fold(options.events ?? []);
  let approval: Approval | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let current: Snapshot = { state, tail: quietTail, approval, at: now() };

  const publish = (): void => {
    timer = null;
    current = { state, tail: tail.snapshot(now()), approval, at: now() };
    for (const listener of listeners) listener();
  };
  const changed = (): void => {
    timer ??= setTimeout(publish, frameMs);
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => current,
    append(event) {
      state = reduce(state, event);
      tail.settle(event);
      changed();
    },
    live(delta) {
      tail.add(delta, now());
      changed();
    },
    ask(next) {
      approval = next;
      changed();
    },
    state: () => state,
  };
}
