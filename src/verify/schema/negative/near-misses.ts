import { createRandom } from '../draw/random.ts';
import { prepare } from '../pattern/draw-pattern.ts';
import { longest, shortest } from '../pattern/lengths.ts';
import { compilePattern } from '../pattern/pattern.ts';
import { Refused } from '../refused.ts';

const MOST = 10;
const LONGEST = 200;

/**
 * Texts that just miss a pattern: the longest that fits with a character more, the shortest with one fewer, and others
 * with something around them or in the other case. They show an expression that forgot a bound, an anchor or a flag,
 * which an arbitrary text seldom does. Empty where none was found.
 */
export function nearMisses(source: string): string[] {
  const found = new Set<string>();
  try {
    const pattern = compilePattern(source, '');
    const add = (miss: string): void => {
      if (found.size < MOST && !pattern.test(miss)) found.add(miss);
    };
    const [least, most] = [shortest(pattern.parsed.part), longest(pattern.parsed.part)];
    if (most <= LONGEST) {
      const text = prepare(pattern, most, most)(createRandom(1));
      if (text !== undefined) add(text + lastOf(text));
    }
    if (least > 1) {
      const text = prepare(pattern, least, least)(createRandom(1));
      if (text !== undefined) add([...text].slice(0, -1).join(''));
    }
    const draw = prepare(pattern, 1, LONGEST);
    for (let seed = 1; seed <= 3 && found.size < MOST; seed++) {
      const text = draw(createRandom(seed));
      if (text === undefined) continue;
      for (const miss of neighboursOf(text)) add(miss);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  return [...found];
}

function neighboursOf(text: string): string[] {
  const characters = [...text];
  const [first = ''] = characters;
  const upper = text.toUpperCase();
  return [
    ` ${text}`,
    // Not one newline at the end: to many engines `$` stands before it, too, and correct services use those.
    `${text}\n${lastOf(text)}`,
    upper === text ? text.toLowerCase() : upper,
    text + lastOf(text),
    first + text,
    characters.slice(0, -1).join(''),
    characters.slice(1).join(''),
  ];
}

function lastOf(text: string): string {
  return [...text].at(-1) ?? '';
}
