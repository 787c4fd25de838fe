/** Takes the credentials of a run out of what a service answered or printed before anyone sees it. */
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Credentials } from '../model.ts';

/** Shorter ones are words, and would garble a report; they are never in a request that is shown. */
const SHORTEST = 6;

/** Replaces every credential in every text of a value, in whatever form, by `$VARIABLE`. */
export function redactorOf(credentials: Credentials): <T extends JsonValue | object>(value: T) => T {
  const forms = new Map<string, string>();
  const held = Object.values(credentials).flatMap(({ other, ...own }) => (other === undefined ? [own] : [own, other]));
  for (const { variable, value } of held) {
    if (value === undefined || value.length < SHORTEST) continue;
    const parts = [value, ...(value.includes(':') ? [value.slice(value.indexOf(':') + 1)] : [])];
    for (const part of parts.filter((one) => one.length >= SHORTEST))
      for (const form of formsOf(part)) forms.set(form, `$${variable}`);
  }
  const longest = [...forms].toSorted(([a], [b]) => b.length - a.length);
  const text = (input: string): string =>
    longest.reduce(
      (output, [form, name]) => (output.includes(form) ? output.replaceAll(form, () => name) : output),
      input,
    );
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), walk(item)]));
  };
  return (value) => (longest.length === 0 ? value : (walk(value) as typeof value));
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const quoted = secret.replaceAll("'", `'\\''`);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    quoted,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
    secret.toLowerCase(),
  ];
}
