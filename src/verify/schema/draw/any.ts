import type { JsonValue } from '../../../events/json.ts';
import type { Random } from './random.ts';

const WORDS = ['a', 'b', 'word', 'Zoë', 'null', '0', 'two words', '日本', '😀', '"quoted"', '-', 'x'.repeat(40)];
const NAMES = ['a', 'b', 'id', 'name', 'x1'];

/** Any JSON value, small: what stands where a schema says nothing. */
export function drawAny(random: Random, room: number): JsonValue {
  switch (random.below(room > 0 ? 8 : 6)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.between(-10, 100);
    case 3:
      return random.chance(0.2) ? '' : random.pick(WORDS);
    case 4:
      return random.between(-1_000, 100_000) / 100;
    case 5:
      return random.chance(0.5) ? random.between(0, 1_000_000) : `${random.pick(NAMES)}${random.below(10_000)}`;
    case 6:
      return Array.from({ length: random.below(3) }, () => drawAny(random, room - 2));
    default: {
      const result: Record<string, JsonValue> = {};
      for (let count = random.below(3); count > 0; count--) result[random.pick(NAMES)] = drawAny(random, room - 2);
      return result;
    }
  }
}
