import type { Actor, Event, EventBody, EventOf, EventType, LiveDelta, Recorder } from '../../src/events/index.ts';

/** A recorder that keeps everything in memory, in order. The hashes are not real. */
export interface MemoryRecorder extends Recorder {
  events: Event[];
  deltas: LiveDelta[];
  of<T extends EventType>(type: T): EventOf<T>[];
  types(): EventType[];
}

/** A recorder whose clock is the sequence number; `earlier` are the events of a run before. */
export function memoryRecorder(earlier: readonly Event[] = []): MemoryRecorder {
  const events: Event[] = [...earlier];
  const deltas: LiveDelta[] = [];
  return {
    events,
    deltas,
    append(body: EventBody, by: Actor = { kind: 'system', name: 'plumb' }) {
      const seq = events.length + 1;
      const at = Date.parse('2026-11-23T00:00:00Z') + seq;
      const envelope = { id: `e${seq}`, session: 's', seq, at, by, v: 1, prevHash: '', hash: '' };
      // Events go through JSON in a real log; what JSON cannot hold must show here too.
      const event: Event = { ...envelope, ...(JSON.parse(JSON.stringify(body)) as EventBody) };
      events.push(event);
      return event;
    },
    live: (delta) => void deltas.push(delta),
    of: <T extends EventType>(type: T) => events.filter((event): event is EventOf<T> => event.type === type),
    types: () => events.map((event) => event.type),
  };
}
