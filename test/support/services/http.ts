/** What the reference services share: routing, bodies and answers over plain node:http. */
import { createServer, type IncomingMessage } from 'node:http';

export interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Undefined where there is no body; `malformed` where it is not JSON. */
  body: unknown;
  malformed: boolean;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** The planted bug that this process has, from the environment; none in a correct service. */
export const bug = process.env['BUG'] ?? '';

/** Serves on the loopback at PORT. */
export function serve(handle: (request: Request) => Answer | undefined | Promise<Answer>): void {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://localhost');
      const text = Buffer.concat(chunks).toString();
      let body: unknown;
      let malformed = false;
      try {
        if (text !== '') body = JSON.parse(text);
      } catch {
        malformed = true;
      }
      const request: Request = {
        method: incoming.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        body,
        malformed,
      };
      if (bug === 'bytes-are-500' && text.includes('\ufffd')) {
        outgoing.writeHead(500).end();
        return;
      }
      const write = (answer: Answer): void => {
        outgoing.writeHead(answer.status, {
          ...(answer.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...answer.headers,
        });
        outgoing.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
      };
      const answer = handle(request);
      // No answer at all: the connection hangs.
      if (answer === undefined) return;
      if (answer instanceof Promise) void answer.then(write);
      else write(answer);
    });
  });
  server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
}

/** True for a plain JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for an integer within bounds. */
export function isInteger(value: unknown, minimum: number, maximum: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum;
}

/** True for a text whose length in code points is within bounds. */
export function isText(value: unknown, minimum: number, maximum: number): value is string {
  if (typeof value !== 'string') return false;
  const length = [...value].length;
  return length >= minimum && length <= maximum;
}

/** True for a day that exists, `2024-02-29`. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const [year = 0, month = 0, day = 0] = value.split('-').map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= (lengths[month - 1] ?? 0);
}
