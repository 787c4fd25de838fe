import { reveal, sanitize, type SanitizeOptions } from '../events/sanitize.ts';

/** Joiners, variation selectors, keycaps and skin tones: terminals disagree on the width of what they make. */
const UNSTEADY =
  /\u200d|\u20e3|[\ufe00-\ufe0f]|\u{1f3fb}|\u{1f3fc}|\u{1f3fd}|\u{1f3fe}|\u{1f3ff}|[\u{1f1e6}-\u{1f1ff}]/u;
const UNSTEADY_ALL = new RegExp(UNSTEADY.source, 'gu');

/**
 * Outside text as it may stand on the screen: sanitised, and every emoji in its plain form, so that what we count is
 * what the terminal draws. A family becomes its members, a flag its letters. One cell too many would push a row apart.
 */
export function printable(text: string, options: SanitizeOptions = {}): string {
  const safe = sanitize(text, options);
  return UNSTEADY.test(safe) ? safe.replaceAll(UNSTEADY_ALL, plainForm) : safe;
}

/** The same for what a person must judge exactly: nothing is removed, everything invisible is shown. */
export function exactly(text: string): string {
  const safe = reveal(text, { multiline: true });
  return safe.replaceAll(
    UNSTEADY_ALL,
    (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}>`,
  );
}

function plainForm(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point >= 0x1f1e6 && point <= 0x1f1ff ? String.fromCharCode(0x41 + point - 0x1f1e6) : '';
}
