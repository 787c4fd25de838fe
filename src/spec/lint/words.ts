/** Words in descriptions that two readers take differently; a number or a rule would settle them. */
import { at } from '../../events/index.ts';
import { walk } from '../openapi/walk.ts';
import type { Spec } from '../model.ts';
import { textOf } from '../reader.ts';
import type { Report } from '../report.ts';

const VAGUE =
  /\b(fast|quick|quickly|slow|slowly|large|huge|small|tiny|recent|recently|soon|reasonable|reasonably|appropriate|appropriately|adequate|sufficient|sufficiently|efficient|efficiently|frequently|occasionally|normally|usually|typically|approximately|roughly|user-friendly|robust|etc)\b/i;

/** Reports the first vague word of each description that a builder would have to act on. */
export function lintWords(spec: Spec, report: Report): void {
  walk(spec.document, ({ kind, node, pointer }) => {
    if (kind === 'document' || kind === 'example' || kind === 'server' || kind === 'components') return;
    for (const member of ['summary', 'description', 'message']) {
      const word = VAGUE.exec(textOf(node, member) ?? '')?.[1];
      if (word !== undefined)
        report(
          'note',
          'vague-word',
          at(pointer, member),
          `"${word}" means different things to different readers`,
          'say it with a number or a rule',
        );
    }
  });
}
