import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { type Dispatcher, Pool } from 'undici';
import type { JsonValue } from '../../events/index.ts';
import type { Subject, SubjectAnswer } from '../model.ts';

/** Longer answers are a fault. */
const maxAnswerBytes = 4 * 1024 * 1024;
const defaultTimeoutMs = 10_000;

/** One origin's keep-alive connections; `send` is {@link Subject.send}. */
export interface Sender {
  send: Subject['send'];
  /** Drops the connections; requests in flight become faults. */
  close(): Promise<void>;
}

/** Sends to the origin of `baseUrl`, whose path, if it has one, is put before each request's. Redirects are answers. */
export function createSender(baseUrl: string): Sender {
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  const pool = new Pool(origin, {
    connections: 16,
    allowH2: false,
    // We close an idle connection before a service is likely to, so that its closing is not taken for a reset.
    keepAliveTimeout: 1000,
    keepAliveMaxTimeout: 1000,
    // The deadline below covers the whole answer.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: 0,
  });
  return {
    send: (request, signal) =>
      new Promise((resolve) => {
        const limitMs = request.timeoutMs ?? defaultTimeoutMs;
        let startedAt = performance.now();
        let controller: Dispatcher.DispatchController | null = null;
        let settled = false;
        let status = 0;
        let headers: Record<string, string> = {};
        let chunks: Buffer[] = [];
        let bytes = 0;
        const settle = (answer: SubjectAnswer): void => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          signal?.removeEventListener('abort', interrupt);
          resolve(answer);
        };
        const fault = (message: string): void => {
          settle({ kind: 'fault', message, ms: performance.now() - startedAt });
          controller?.abort(new Error(message));
        };
        const interrupt = (): void => fault('interrupted');
        const timer = setTimeout(
          () => fault(status === 0 ? `no answer in ${limitMs} ms` : `answer not complete in ${limitMs} ms`),
          limitMs,
        );
        if (signal?.aborted) return interrupt();
        signal?.addEventListener('abort', interrupt, { once: true });
        try {
          pool.dispatch(
            {
              path: prefix + request.path,
              // undici takes any token; its type lists the registered methods.
              method: request.method as Dispatcher.HttpMethod,
              headers: request.headers,
              body: request.body ?? null,
            },
            {
              onRequestStart(started) {
                controller = started;
                if (settled) started.abort(new Error('too late'));
                else startedAt = performance.now();
              },
              onRequestUpgrade(_controller, statusCode, _headers, socket) {
                socket.destroy();
                fault(`switched protocols with status ${statusCode}`);
              },
              onResponseStart(_controller, statusCode, received) {
                if (statusCode < 200) return;
                status = statusCode;
                headers = joined(received);
              },
              onResponseData(_controller, chunk) {
                bytes += chunk.length;
                if (bytes > maxAnswerBytes) {
                  chunks = [];
                  fault(`answer longer than ${maxAnswerBytes} bytes`);
                } else if (!settled) chunks.push(chunk);
              },
              onResponseEnd() {
                const ms = performance.now() - startedAt;
                settle(answered(status, headers, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes), ms));
              },
              onResponseError(_controller, error) {
                fault(described(error));
              },
            },
          );
        } catch (error) {
          fault(described(error));
        }
      }),
    close: () => pool.destroy(),
  };
}

function answered(
  status: number,
  headers: Record<string, string>,
  body: Buffer | undefined,
  ms: number,
): SubjectAnswer {
  const decoded = decompressed(body ?? Buffer.alloc(0), headers['content-encoding']);
  if (decoded === null) return { kind: 'fault', message: 'malformed answer: its content encoding does not hold', ms };
  const text = decoded.toString('utf8');
  const json = isJson(headers['content-type']) ? parsed(text) : undefined;
  return { kind: 'answer', status, headers, text, ...(json === undefined ? {} : { json }), ms };
}

function decompressed(body: Buffer, encoding: string | undefined): Buffer | null {
  if (encoding === undefined || body.length === 0) return body;
  const options = { maxOutputLength: maxAnswerBytes };
  try {
    switch (encoding.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, options);
      case 'deflate':
        return inflateSync(body, options);
      case 'br':
        return brotliDecompressSync(body, options);
      default:
        return body;
    }
  } catch {
    return null;
  }
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*[\w.+-]+\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function joined(received: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in received) {
    const value = received[name];
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET') return 'connection reset';
  if (code === 'EPIPE') return 'connection closed while the request was sent';
  if (code === 'UND_ERR_SOCKET') return `connection closed before the answer was complete (${error.message})`;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'malformed answer: headers too long';
  if (code.startsWith('HPE_') || error.name === 'HTTPParserError') return `malformed HTTP answer (${error.message})`;
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'malformed answer: shorter than its content-length';
  if (code.startsWith('UND_ERR_INVALID') || code === 'UND_ERR_NOT_SUPPORTED' || code.startsWith('UND_ERR_REQ'))
    return `request cannot be sent: ${error.message}`;
  return error.message || code || error.name;
}
