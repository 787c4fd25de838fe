/**
 * Takes secrets out of what is about to be written. Sessions are replayed, exported and shown to reviewers, so a
 * secret must be gone before it is on disk, not when it is displayed. Digests stay: they are what the record stands on.
 */
import type { EventBody, JsonObject, JsonValue } from '../events/index.ts';

/** Shorter values are words and flags more often than secrets, and replacing them would garble the record. */
const SHORTEST_SECRET = 8;
/** Names that hold secrets, except those that say where one lies. */
const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD/i;
const LOCATION_NAME = /_(FILE|PATH|DIR|HOME|SOCK|ID|URL|NAME|FILENAME)$/i;
/** Members of an event that hold digests; they are left alone where the value looks like one. */
const DIGEST_MEMBER = /(digest|hash|tree|commit)$|^(hunk|change|from|to)$/i;
const DIGEST_VALUE = /^[0-9a-f]{6,64}$/;
/** Deeper values come from hostile input only. */
const DEEPEST = 200;

/** What looks like a secret whoever owns it. Every pattern runs in linear time. */
const SHAPES: readonly { kind: string; pattern: RegExp; keep?: string }[] = [
  {
    kind: 'private-key',
    // What may stand in a key, plain or JSON-escaped; its END line is made of the same characters.
    pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\:,-]*/g,
  },
  { kind: 'anthropic-key', pattern: /\bsk-ant-[A-Za-z0-9_-]{8,}/g },
  { kind: 'github-token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})/g },
  { kind: 'aws-key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    kind: 'aws-secret',
    pattern: /(aws_?secret_?access_?key["'\\\s]{0,8}[:=]["'\\\s]{0,8})[A-Za-z0-9/+]{40}/gi,
    keep: '$1',
  },
  { kind: 'bearer', pattern: /\b(Bearer\s{1,4})(?=[A-Za-z._~+/-]{0,200}\d)[A-Za-z0-9._~+/-]{8,}=*/gi, keep: '$1' },
  {
    kind: 'url-password',
    pattern: /([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@"'\\]{0,100}:)(?![$<{*])[^\s/?#@"'\\]{1,200}(?=@)/gi,
    keep: '$1',
  },
];

/** Replaces secrets by `‹redacted:KIND›` in a text, or in every string (nested keys included) of an event's body. */
export interface Redactor {
  text(text: string): string;
  body(body: EventBody): JsonObject;
}

/** A redactor that also knows the live values of the environment's secret variables, escaped or encoded ones too. */
export function createRedactor(env: Readonly<Record<string, string | undefined>>): Redactor {
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !SECRET_NAME.test(name) || LOCATION_NAME.test(name)) continue;
    const secret = value.trim();
    if (secret.length >= SHORTEST_SECRET) for (const form of formsOf(secret)) known.set(form, name);
  }
  const forms = [...known.keys()].sort((a, b) => b.length - a.length);

  function live(input: string): string {
    let output = input;
    for (const form of forms)
      if (output.includes(form)) output = output.replaceAll(form, () => mark(known.get(form) ?? 'secret'));
    return output;
  }

  function text(input: string): string {
    let output = live(input);
    for (const { kind, pattern, keep } of SHAPES) output = output.replace(pattern, `${keep ?? ''}${mark(kind)}`);
    return output;
  }

  function walk(value: JsonValue, depth: number): JsonValue {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > DEEPEST) return '‹left out: nested too deeply›';
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), walk(item, depth + 1)]));
  }

  function member(type: string, key: string, item: JsonValue): JsonValue {
    if (typeof item !== 'string') return walk(item, 1);
    if (DIGEST_MEMBER.test(key) && DIGEST_VALUE.test(item)) return item;
    // Verdicts bind to the contract's exact text, and its examples look like secrets without being any.
    return type === 'specLoaded' && key === 'text' ? live(item) : text(item);
  }

  function body(value: EventBody): JsonObject {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, JsonValue]) => [key, member(value.type, key, item)]),
    );
  }

  return { text, body };
}

function mark(kind: string): string {
  return `‹redacted:${kind}›`;
}

/** The forms in which a secret turns up inside other text: as it is, in JSON once and twice, in a URL, in base64. */
function formsOf(secret: string): Set<string> {
  const once = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return new Set([secret, once, twice, encodeURIComponent(secret), base64]);
}
