import { createRandom } from '../draw/random.ts';
import { prepare } from '../pattern/draw-pattern.ts';
import { compilePattern } from '../pattern/pattern.ts';
import { Refused } from '../refused.ts';

const MOST = 8;
const LONGEST = 200;

/**
 * Texts that just miss a pattern: one that fits with a character more, fewer or in the other case. They show an
 * expression that forgot an anchor, a bound or a flag, which an arbitrary text seldom does. Empty where none was found.
 */
export function nearMisses(source: string): string[] {
  const found = new Set<string>();
  try {
    const pattern = compilePattern(source, '');
    const draw = prepare(pattern, 1, LONGEST);
    for (let seed = 1; seed <= 3 && found.size < MOST; seed++) {
      const text = draw(createRandom(seed));
      if (text === undefined) continue;
      for (const miss of neighboursOf(text)) if (found.size < MOST && !pattern.test(miss)) found.add(miss);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  return [...found];
}

function neighboursOf(text: string): string[] {
  const characters = [...text];
  const [first = ''] = characters;
  const last = characters.at(-1) ?? '';
  const upper = text.toUpperCase();
  return [
    text + last,
    first + text,
    characters.slice(0, -1).join(''),
    characters.slice(1).join(''),
    upper === text ? text.toLowerCase() : upper,
    `${text}\n`,
    ` ${text}`,
  ];
}
