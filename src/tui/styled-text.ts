import type { Line, Span } from './line.ts';
import type { Theme } from './theme.ts';

/** The last guard: views sanitise what they show, and nothing that one forgot may reach the terminal. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** A row with its styles as SGR sequences; each style ends with its span, so that nothing leaks. */
export function styledText(line: Line, theme: Theme): string {
  return merged(line)
    .map(({ text, tone, bold, inverse }) => {
      const safe = text.replaceAll(CONTROL, '?');
      const color = theme[tone ?? 'plain'];
      const on = [color, bold === true ? '1' : '', inverse === true ? '7' : ''].filter((code) => code !== '');
      const off = [color === '' ? '' : '39', bold === true ? '22' : '', inverse === true ? '27' : ''].filter(
        (code) => code !== '',
      );
      return on.length === 0 ? safe : `\u001b[${on.join(';')}m${safe}\u001b[${off.join(';')}m`;
    })
    .join('');
}

/** Neighbours of one look become one span; blanks take the look of what is before them. */
function merged(line: Line): Span[] {
  const spans: Span[] = [];
  for (const part of line) {
    const last = spans.at(-1);
    if (part.text === '') continue;
    if (last !== undefined && (sameLook(last, part) || (isBlank(part) && last.inverse !== true))) {
      spans[spans.length - 1] = { ...last, text: last.text + part.text };
    } else spans.push(part);
  }
  return spans;
}

function isBlank(part: Span): boolean {
  return part.inverse !== true && /^ *$/.test(part.text);
}

function sameLook(a: Span, b: Span): boolean {
  return (
    (a.tone ?? 'plain') === (b.tone ?? 'plain') &&
    (a.bold ?? false) === (b.bold ?? false) &&
    (a.inverse ?? false) === (b.inverse ?? false)
  );
}
