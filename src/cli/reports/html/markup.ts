import { reveal } from '../../../events/sanitize.ts';

/** Markup that may stand in the page as it is. */
export type Markup = { readonly markup: string };

type Part = string | number | Markup | readonly Markup[];

/** A template whose strings are markup and whose values are text, unless they are markup themselves. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return { markup: strings.map((text, index) => text + written(parts[index])).join('') };
}

/** Text in which nothing is markup; control and bidi characters are shown as pictures. */
export function escaped(text: string): string {
  return reveal(text, { multiline: true })
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Nothing at all. */
export const NOTHING: Markup = { markup: '' };

function written(part: Part | undefined): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map((one) => one.markup).join('');
}
