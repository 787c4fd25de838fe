import type { EventBody } from '../../src/events/index.ts';
import { quietTail } from '../../src/session/live-tail.ts';
import { fold } from '../../src/session/state.ts';
import type { Scene } from '../../src/tui/scene.ts';
import { initialView, type View } from '../../src/tui/view.ts';
import { stampedEvents } from './stamped-events.ts';

/** A scene of recorded facts at a size; parts of the view and of the scene may be set. */
export function sceneOf(
  bodies: readonly EventBody[],
  columns: number,
  rows: number,
  parts: { view?: Partial<View>; scene?: Partial<Omit<Scene, 'view' | 'size'>> } = {},
): Scene {
  const state = fold(stampedEvents(bodies));
  return {
    snapshot: { state, tail: quietTail, approval: null, at: state.at },
    lineage: [],
    replay: null,
    ...parts.scene,
    view: { ...initialView, ...parts.view },
    size: { columns, rows },
  };
}
