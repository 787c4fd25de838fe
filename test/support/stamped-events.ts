import type { Actor, Event, EventBody } from '../../src/events/index.ts';

/** Events as a log would hand them out, one second apart; the hashes are not real. */
export function stampedEvents(
  bodies: readonly EventBody[],
  options: { stepMs?: number; session?: string } = {},
): Event[] {
  const { stepMs = 1_000, session = '7c1e' } = options;
  const by: Actor = { kind: 'agent', name: 'builtin' };
  return bodies.map((body, index) => ({
    id: `e${index + 1}`,
    session,
    seq: index + 1,
    at: Date.parse('2026-11-23T12:00:00Z') + index * stepMs,
    by,
    v: 1,
    prevHash: '',
    hash: '',
    ...body,
  }));
}
