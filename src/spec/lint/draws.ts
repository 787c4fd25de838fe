/** Readiness of inputs: what no value can be made of, no property can be tried with. */
import { at } from '../../events/index.ts';
import type { Spec } from '../model.ts';
import { walk } from '../openapi/walk.ts';
import type { Report } from '../report.ts';

/** What is known of the making of values. */
export interface Draws {
  /** Why no value of the schema at a pointer can be made for a request; undefined where it can. */
  undrawable: (schema: string) => { pointer: string; keyword?: string; reason: string } | undefined;
  /** No array has more items, no object more members, no text more characters. */
  largest: { items: number; characters: number };
}

/** Reports what values cannot be made of: contradictions, sizes out of reach, what is not supported. */
export function lintDraws(spec: Spec, report: Report, { undrawable, largest }: Draws): void {
  const told = new Set<string>();
  const bounds = { minItems: largest.items, minProperties: largest.items, minLength: largest.characters };
  walk(spec.document, ({ kind, node, pointer }) => {
    if (kind !== 'schema') return;
    for (const [keyword, most] of Object.entries(bounds)) {
      const least = node[keyword];
      if (typeof least !== 'number' || least <= most) continue;
      told.add(at(pointer, keyword));
      report(
        'warning',
        'out-of-reach',
        at(pointer, keyword),
        `nothing that large is made (at most ${most}), so that no property tries it`,
        'is so large a value meant?',
      );
    }
  });
  for (const schema of new Set(inputsOf(spec))) {
    const found = undrawable(schema);
    if (found === undefined) continue;
    const { pointer, keyword, reason } = found;
    if (told.has(pointer)) continue;
    told.add(pointer);
    report(
      'warning',
      'no-value',
      pointer,
      `no value can be made for a request: ${keyword === undefined ? '' : `${keyword}: `}${reason}`,
      'plumb verify cannot decide what needs one',
    );
  }
}

function inputsOf(spec: Spec): string[] {
  const ofOperations = spec.operations.flatMap(({ parameters, requestBody }) => [
    ...parameters.map(({ schema }) => schema),
    ...(requestBody?.content ?? []).map(({ schema }) => schema),
  ]);
  const ofMethods = spec.methods.flatMap(({ parameters }) => parameters.map(({ schema }) => schema));
  return [...ofOperations, ...ofMethods].filter((schema) => schema !== undefined);
}
