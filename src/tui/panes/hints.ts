import { fitLine, type Line, lineWidth, span } from '../line.ts';
import { type Context, keymap } from '../keymap.ts';
import { keyLabel } from './help.ts';

/** The bottom row: the answer to the last key, or the keys that matter here. */
export function hintLine(contexts: readonly Context[], message: string, width: number): Line {
  if (message !== '') return fitLine([span(' '), span(message, 'warn')], width);
  const words = new Map<string, string>();
  for (const context of contexts) {
    for (const { context: of, keys, hint } of keymap) {
      if (of !== context || hint === undefined) continue;
      const label = keyLabel(keys[0] ?? '');
      if (![...words.values()].some((labels) => labels.split(' ').includes(label))) {
        words.set(hint, words.has(hint) ? `${words.get(hint) ?? ''} ${label}` : label);
      }
    }
  }
  let line: Line = [span(' ')];
  for (const [hint, labels] of words) {
    const next = [
      ...line,
      ...(line.length > 1 ? [span(' · ', 'dim')] : []),
      span(labels, 'plain', true),
      span(` ${hint}`, 'dim'),
    ];
    if (lineWidth(next) > width) break;
    line = next;
  }
  return fitLine(line, width);
}
