/** Punycode (RFC 3492): labels beyond ASCII, written in it. */

const BASE = 36;
const DELIMITER = '-';

/** The code points of a label after `xn--`; undefined where it is not Punycode. */
export function decodePunycode(text: string): string | undefined {
  const end = text.lastIndexOf(DELIMITER);
  const points = Array.from(end > 0 ? text.slice(0, end) : '', (character) => character.codePointAt(0) ?? 0);
  let [point, index, bias] = [128, 0, 72];
  for (let at = end > 0 ? end + 1 : 0; at < text.length;) {
    const before = index;
    for (let [weight, k] = [1, BASE]; ; k += BASE) {
      const digit = at < text.length ? digitOf(text.charCodeAt(at++)) : BASE;
      if (digit >= BASE) return undefined;
      index += digit * weight;
      const threshold = Math.min(26, Math.max(1, k - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (weight > 2 ** 31) return undefined;
    }
    const size = points.length + 1;
    bias = adapt(index - before, size, before === 0);
    point += Math.floor(index / size);
    index %= size;
    if (point > 0x10ffff) return undefined;
    points.splice(index++, 0, point);
  }
  return String.fromCodePoint(...points);
}

/** The Punycode of a label, without `xn--`. */
export function encodePunycode(label: string): string {
  const points = [...label].map((character) => character.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < 128);
  let text = String.fromCodePoint(...basic) + (basic.length > 0 ? DELIMITER : '');
  let [point, delta, bias, done] = [128, 0, 72, basic.length];
  while (done < points.length) {
    const next = Math.min(...points.filter((each) => each >= point));
    delta += (next - point) * (done + 1);
    point = next;
    for (const each of points) {
      if (each < point) delta++;
      if (each !== point) continue;
      let rest = delta;
      for (let k = BASE; ; k += BASE) {
        const threshold = Math.min(26, Math.max(1, k - bias));
        if (rest < threshold) break;
        text += digit(threshold + ((rest - threshold) % (BASE - threshold)));
        rest = Math.floor((rest - threshold) / (BASE - threshold));
      }
      text += digit(rest);
      bias = adapt(delta, done + 1, done === basic.length);
      delta = 0;
      done++;
    }
    delta++;
    point++;
  }
  return text;
}

function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 22;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x61 : BASE;
}

function digit(value: number): string {
  return String.fromCharCode(value < 26 ? 0x61 + value : value + 22);
}

function adapt(delta: number, size: number, first: boolean): number {
  let rest = first ? Math.floor(delta / 700) : delta >> 1;
  rest += Math.floor(rest / size);
  let k = 0;
  for (; rest > 455; k += BASE) rest = Math.floor(rest / 35);
  return k + Math.floor((36 * rest) / (rest + 38));
}
