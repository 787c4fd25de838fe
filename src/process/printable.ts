/* oxlint-disable no-control-regex -- control characters are what this file is about */
const stringSequence = /(?:\x1b[P\]X^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?/g;
const controlSequence = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?/g;
const otherEscape = /\x1b[ -/]*[0-~]?/g;
const control = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const invisible = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Text from a process that is safe to draw: escape sequences (whole, cut or 8-bit) are dropped, a carriage return
 * ends a line, other control characters become pictures, bidi and invisible ones become `<U+XXXX>`. Run it on the
 * accumulated text, since a sequence may be split over chunks.
 */
export function printable(text: string): string {
  return text
    .replace(stringSequence, '')
    .replace(controlSequence, '')
    .replace(otherEscape, '')
    .replace(/\r\n?/g, '\n')
    .replace(control, (char) => {
      const code = char.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : `<U+00${hex(code)}>`;
    })
    .replace(invisible, (char) => `<U+${hex(char.codePointAt(0) ?? 0).padStart(4, '0')}>`);
}

function hex(code: number): string {
  return code.toString(16).toUpperCase();
}
