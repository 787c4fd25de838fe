import type { View } from './view.ts';

/** Holds the view state outside React, so that two keys in one tick see each other. */
export interface ViewStore {
  subscribe(listener: () => void): () => void;
  get(): View;
  set(view: View): void;
}

/** A view store with its first view. */
export function createViewStore(first: View): ViewStore {
  const listeners = new Set<() => void>();
  let view = first;
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get: () => view,
    set(next) {
      if (next === view) return;
      view = next;
      for (const listener of listeners) listener();
    },
  };
}
