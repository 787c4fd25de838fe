import type { Dispatcher } from 'undici';
import type { Subject, SubjectAnswer, SubjectRequest } from '../model.ts';
import { pathBelow } from '../wire/path-below.ts';
import { answered, isStream, maxAnswerBytes, type RawAnswer } from './answer.ts';
import { Connection, poolOf, type Tracked } from './connections.ts';

const defaultTimeoutMs = 10_000;
/** How long a stream without end is listened to after its headers, and after its first words, and how much is kept. */
const streamMs = 400;
const streamHeardMs = 100;
const streamBytes = 256 * 1024;
/** Connections that ordinary cases share, and those that calls under load have beside them, so that none waits for us. */
const ordinary = 16;
const underLoad = 512;

/** One origin's keep-alive connections; `send` is {@link Subject.send}. */
export interface Sender {
  send: Subject['send'];
  /** Drops the connections; requests in flight become faults. */
  close(): Promise<void>;
}

/**
 * Sends to the origin of `baseUrl`, whose path is put before each request's that does not begin with it already.
 * Redirects are answers.
 *
 * A service may close a kept connection at any time (RFC 9112 §9.3.1). A request that went out on a connection used
 * before, and got no byte back before that was closed, is sent once more, whatever its method, on a connection of its
 * own. Should the service have taken it the first time, a POST happens twice; closing without a word is then its doing.
 */
export function createSender(baseUrl: string): Sender {
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  const pool = poolOf(origin, ordinary);
  let wide: Dispatcher | undefined;
  let inFlight = 0;
  return {
    send(request, signal) {
      const dispatcher = inFlight < ordinary ? pool : (wide ??= poolOf(origin, underLoad));
      inFlight++;
      const path = prefix + pathBelow(prefix, request.path);
      return exchange({ origin, pool: dispatcher, path, request, signal }).finally(() => {
        inFlight--;
      });
    },
    async close() {
      await Promise.all([pool.destroy(), wide?.destroy()]);
    },
  };
}

interface Sending {
  origin: string;
  pool: Dispatcher;
  path: string;
  request: SubjectRequest;
  signal: AbortSignal | undefined;
}

function exchange({ origin, pool, path, request, signal }: Sending): Promise<SubjectAnswer> {
  return new Promise((resolve) => {
    const limitMs = request.timeoutMs ?? defaultTimeoutMs;
    let startedAt = performance.now();
    let controller: Dispatcher.DispatchController | null = null;
    let settled = false;
    let status = 0;
    let received: RawAnswer['received'] = {};
    let chunks: Buffer[] = [];
    let bytes = 0;
    let stream: NodeJS.Timeout | undefined;
    let reused = false;
    let own: Connection | undefined;
    let first: Error | undefined;
    const settle = (answer: SubjectAnswer): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      clearTimeout(stream);
      signal?.removeEventListener('abort', interrupt);
      void own?.destroy();
      resolve(answer);
    };
    const fault = (message: string): void => {
      settle({ kind: 'fault', message, ms: performance.now() - startedAt });
      controller?.abort(new Error(message));
    };
    const interrupt = (): void => fault('interrupted');
    const complete = (partial: boolean): void => {
      const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes);
      const retried = own !== undefined;
      settle(answered({ status, received, body, partial, retried, ms: performance.now() - startedAt }));
    };
    const cut = (): void => {
      complete(true);
      controller?.abort(new Error('heard enough'));
    };
    const timer = setTimeout(
      () => fault(status === 0 ? `no answer in ${limitMs} ms` : `answer not complete in ${limitMs} ms`),
      limitMs,
    );
    if (signal?.aborted) return interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });

    const handler: Tracked = {
      onRequestStart(started) {
        controller = started;
        reused = handler.connection?.take() ?? false;
        if (settled) started.abort(new Error('too late'));
        else startedAt = performance.now();
      },
      onRequestUpgrade(_controller, statusCode, _headers, socket) {
        socket.destroy();
        fault(`switched protocols with status ${statusCode}`);
      },
      onResponseStart(_controller, statusCode, headers) {
        if (statusCode < 200) return;
        handler.connection?.heard();
        status = statusCode;
        received = headers;
        if (isStream(headers)) stream = setTimeout(cut, Math.min(streamMs, limitMs));
      },
      onResponseData(_controller, chunk) {
        if (settled) return;
        if (stream !== undefined && bytes === 0) {
          clearTimeout(stream);
          stream = setTimeout(cut, Math.min(streamHeardMs, limitMs));
        }
        bytes += chunk.length;
        chunks.push(chunk);
        if (stream !== undefined && bytes > streamBytes) return cut();
        if (bytes <= maxAnswerBytes) return;
        chunks = [];
        fault(`answer longer than ${maxAnswerBytes} bytes`);
      },
      onResponseEnd: () => complete(false),
      onResponseError(_controller, error) {
        // What happened first is told: a service that ended under the request refuses the next one.
        if (own !== undefined && first !== undefined && status === 0)
          return fault(`${described(first)}; sent once more: ${described(error)}`);
        if (settled || status !== 0 || !reused || own !== undefined || !isClosed(error)) return fault(described(error));
        first = error;
        own = new Connection(origin);
        dispatch(own);
      },
    };
    const dispatch = (dispatcher: Dispatcher): void => {
      try {
        dispatcher.dispatch(
          {
            path,
            // undici takes any token; its type lists the registered methods.
            method: request.method as Dispatcher.HttpMethod,
            headers: request.headers,
            body: request.body ?? null,
          },
          handler,
        );
      } catch (error) {
        fault(described(error));
      }
    };
    dispatch(pool);
  });
}

/** True where the other side closed the connection. */
function isClosed(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(error.code)
  );
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET') return 'connection reset';
  if (code === 'EPIPE') return 'connection closed while the request was sent';
  if (code === 'ERR_ASSERTION') return 'malformed HTTP answer (its status is below 100)';
  if (code === 'UND_ERR_SOCKET') return `connection closed before the answer was complete (${error.message})`;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'malformed answer: headers too long';
  if (code.startsWith('HPE_') || error.name === 'HTTPParserError') return `malformed HTTP answer (${error.message})`;
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'malformed answer: shorter than its content-length';
  if (code.startsWith('UND_ERR_INVALID') || code === 'UND_ERR_NOT_SUPPORTED' || code.startsWith('UND_ERR_REQ'))
    return `request cannot be sent: ${error.message}`;
  return error.message || code || error.name;
}
