/** What the client's errors mean: the fault, whether it may pass, what it cost, and one line for a person. */
import type { APIError } from '@anthropic-ai/sdk';
import { sanitize } from '../../events/sanitize.ts';
import { isObject } from '../../events/index.ts';
import type { ModelFailure } from '../model.ts';

/** The error classes, handed in because the client is loaded only when it is needed. */
export interface ErrorClasses {
  APIError: typeof APIError;
}

type Failure = Pick<ModelFailure, 'fault' | 'retryable'>;

/** What a status means (Messages API, page "Errors"). */
function byStatus(status: number, message: string): Failure {
  if (status === 401 || status === 403) return { fault: 'badKey', retryable: false };
  if (status === 429) return { fault: 'rateLimited', retryable: true };
  if (status === 529) return { fault: 'overloaded', retryable: true };
  if (status === 408 || status === 409 || status >= 500) return { fault: 'server', retryable: true };
  if (/prompt is too long|context (window|length)|exceeds? .*context/i.test(message)) {
    return { fault: 'contextExceeded', retryable: false };
  }
  return { fault: 'badRequest', retryable: false };
}

/** What the type of an error in the stream means. */
function byType(type: string | null): Failure {
  switch (type) {
    case 'overloaded_error':
      return { fault: 'overloaded', retryable: true };
    case 'rate_limit_error':
      return { fault: 'rateLimited', retryable: true };
    case 'authentication_error':
    case 'permission_error':
      return { fault: 'badKey', retryable: false };
    case 'invalid_request_error':
    case 'not_found_error':
    case 'request_too_large':
      return { fault: 'badRequest', retryable: false };
    default:
      return { fault: 'streamError', retryable: true };
  }
}

export interface FaultContext {
  /** True once the response's status and headers came. */
  responded: boolean;
  model: string;
  baseUrl: string | null;
  secrets: string[];
}

/** No connection was made, so nothing was sent and nothing can have been charged. */
const NEVER_SENT =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT|UND_ERR_CONNECT|bad port|invalid url|unknown scheme/i;

/** What happened to a request that ended in an exception. */
export function faultOf(
  error: unknown,
  classes: ErrorClasses,
  context: FaultContext,
): Omit<ModelFailure, 'type' | 'billing'> & { reached: boolean } {
  const text = describe(error);
  const clean = (message: string): string => hide(sanitize(message), context.secrets).slice(0, 600);
  if (error instanceof classes.APIError && typeof error.status === 'number') {
    const { status } = error;
    const kind = byStatus(status, text);
    const headers = error.headers instanceof Headers ? error.headers : new Headers();
    const asked = headers.get('x-should-retry');
    const retryable = asked === 'true' || (asked !== 'false' && kind.retryable);
    const message = clean(`${status}: ${text}${advice(kind.fault, status, context)}`);
    return { fault: kind.fault, retryable, status, message, retryAfterMs: retryAfter(headers), reached: false };
  }
  if (context.responded) {
    const reported = error instanceof classes.APIError && error.error !== undefined;
    if (reported) {
      const message = clean(`the stream reported an error: ${text}`);
      return { ...byType(error.type), status: null, message, retryAfterMs: null, reached: true };
    }
    const message = clean(`the answer was cut off: ${text}`);
    return { fault: 'streamCut', retryable: true, status: null, message, retryAfterMs: null, reached: true };
  }
  if (/invalid header/i.test(text)) {
    const message = 'the key holds characters that no header may; check ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN';
    return { fault: 'badKey', retryable: false, status: null, message, retryAfterMs: null, reached: false };
  }
  const refused = NEVER_SENT.test(text);
  const server = context.baseUrl ?? 'api.anthropic.com';
  const message = clean(
    `no answer from ${server}: ${text}${refused ? '; check the network and ANTHROPIC_BASE_URL' : ''}`,
  );
  return { fault: 'network', retryable: true, status: null, message, retryAfterMs: null, reached: !refused };
}

function advice(fault: ModelFailure['fault'], status: number, context: FaultContext): string {
  if (fault === 'badKey') return '; check ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, or use --agent builtin';
  if (status === 404) return `; is ${context.model} a model of this server? (--model)`;
  return '';
}

/** The innermost messages: what the API says, and the causes that the client wraps. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const body = 'error' in error ? error.error : undefined;
  const detail = isObject(body) ? body['error'] : undefined;
  const said = isObject(detail) && typeof detail['message'] === 'string' ? detail['message'] : null;
  if (said !== null)
    return isObject(detail) && typeof detail['type'] === 'string' ? `${detail['type']}: ${said}` : said;
  const parts: string[] = [];
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code = 'code' in at && typeof at.code === 'string' ? ` (${at.code})` : '';
    const part = `${at.message}${code}`;
    const wrapper = /^(Connection error\.|fetch failed)$/.test(part) && at.cause instanceof Error;
    if (!wrapper && part.trim() !== '' && !parts.includes(part)) parts.push(part);
  }
  return parts.join(': ') || error.name;
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110 §10.2.3); in ms. */
function retryAfter(headers: Headers): number | null {
  const millis = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(millis)) return Math.max(0, millis);
  const header = headers.get('retry-after');
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isFinite(date) ? Math.max(0, date - Date.now()) : null;
}

function hide(text: string, secrets: string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text);
}
