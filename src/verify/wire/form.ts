/** Bodies of `application/x-www-form-urlencoded` (OpenAPI 3.1 §4.8.15.3). */
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Encoding } from '../../spec/model.ts';
import { encoded, pairsOf, textOf } from './styles.ts';

/** The pairs of a form, or undefined where one of its fields cannot be said. */
export function formText(value: JsonValue, encoding: Record<string, Encoding>): string | undefined {
  if (!isObject(value)) return undefined;
  const pairs = Object.entries(value).map(([name, field]) => fieldPairs(name, field, encoding[name]));
  return pairs.includes(undefined) ? undefined : pairs.flatMap((one) => one ?? []).join('&');
}

function fieldPairs(name: string, value: JsonValue, encoding: Encoding | undefined): string[] | undefined {
  if (encoding?.style !== undefined) {
    const { style, explode = style === 'form', allowReserved = false, innerSeparators = [] } = encoding;
    return pairsOf(name, { style, explode, allowReserved, innerSeparators }, value);
  }
  const items = Array.isArray(value) ? value : [value];
  const texts = items.map((item) => fieldText(item));
  if (texts.includes(undefined)) return undefined;
  return texts.map((text) => `${encoded(name)}=${encoded(text ?? '')}`);
}

/** A field by itself: a scalar as text, what has parts as JSON, which is its default media type. */
export function fieldText(value: JsonValue): string | undefined {
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : textOf(value);
}
