/** Notices that an answer went silent: the client's own time limit ends with the headers. */

export interface ActivityWatch {
  /** Aborted when the caller's signal is, and when the silence lasts too long. */
  readonly signal: AbortSignal;
  /** Counts every byte of a response, `ping`s included, as a sign of life. */
  tap(response: Response): Response;
  /** Counts an event that brings the reply forward. */
  progress(): void;
  /** Milliseconds of silence that ended the request; null where none did. */
  stalled(): number | null;
  stop(): void;
}

/** A server that only ever says that it is alive gets this many times the patience. */
const PATIENCE_WITH_PINGS = 10;

/** Watches one request: no byte for `idleMs`, or no event for ten times that, ends it. */
export function watchActivity(caller: AbortSignal, idleMs: number): ActivityWatch {
  const controller = new AbortController();
  let silentMs: number | null = null;
  const expire = (ms: number) => (): void => {
    silentMs = ms;
    controller.abort();
  };
  const bytes = setTimeout(expire(idleMs), idleMs);
  const events = setTimeout(expire(idleMs * PATIENCE_WITH_PINGS), idleMs * PATIENCE_WITH_PINGS);
  return {
    signal: AbortSignal.any([caller, controller.signal]),
    tap(response) {
      bytes.refresh();
      if (response.body === null) return response;
      const counted = response.body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, out) {
            bytes.refresh();
            out.enqueue(chunk);
          },
        }),
      );
      const { status, statusText, headers } = response;
      return new Response(counted, { status, statusText, headers });
    },
    progress: () => void events.refresh(),
    stalled: () => silentMs,
    stop() {
      clearTimeout(bytes);
      clearTimeout(events);
    },
  };
}
