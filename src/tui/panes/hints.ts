import { fitLine, type Line, lineWidth, span, spread } from '../line.ts';
import { type Context, keymap } from '../keymap.ts';
import { keyLabel } from './help.ts';

/** The bottom row: the answer to the last key, or the keys that matter here and the one that lists all. */
export function hintLine(
  contexts: readonly Context[],
  options: { message: string; busy: boolean; width: number },
): Line {
  const { message, busy, width } = options;
  if (message !== '') return fitLine([span(' '), span(message, 'warn')], width);
  const words = new Map<string, string>();
  for (const context of contexts) {
    for (const { context: of, keys, hint } of keymap) {
      if (of !== context || hint === undefined || hint === 'keys' || (hint === 'stop' && !busy)) continue;
      const label = keyLabel(keys[0] ?? '');
      if (![...words.values()].some((labels) => labels.split(' ').includes(label))) {
        words.set(hint, words.has(hint) ? `${words.get(hint) ?? ''} ${label}` : label);
      }
    }
  }
  const last: Line = [span('?', 'plain', true), span(' keys ', 'dim')];
  const room = width - lineWidth(last) - 3;
  let line: Line = [span(' ')];
  for (const [hint, labels] of words) {
    const next = [
      ...line,
      ...(line.length > 1 ? [span(' · ', 'dim')] : []),
      span(labels, 'plain', true),
      span(` ${hint}`, 'dim'),
    ];
    if (lineWidth(next) > room) break;
    line = next;
  }
  return contexts.includes('help') || contexts.includes('approval') ? fitLine(line, width) : spread(line, last, width);
}
