/** Readiness of patterns: a service that matches a slow one can be stopped by one request. */
import { at, isObject } from '../../events/index.ts';
import type { Spec } from '../model.ts';
import { walk } from '../openapi/walk.ts';
import type { Report } from '../report.ts';
import { slowTextOf } from './slow-pattern.ts';

/** Patterns that are tried; a contract has hundreds, not thousands of different ones. */
const MOST_PATTERNS = 2000;

/** Reports patterns on which matching explodes; each place where one stands. */
export function lintPatterns(spec: Spec, report: Report): void {
  const known = new Map<string, string | undefined>();
  const check = (pattern: string, pointer: string): void => {
    if (!known.has(pattern) && known.size < MOST_PATTERNS) known.set(pattern, slowTextOf(pattern));
    const slow = known.get(pattern);
    if (slow !== undefined)
      report(
        'warning',
        'slow-pattern',
        pointer,
        `the time to match this pattern doubles with each repeat of a text such as ${JSON.stringify(slow)}`,
        'write it so that no two of its repeats can take the same text, or bound the length before it is matched',
      );
  };
  walk(spec.document, ({ kind, node, pointer }) => {
    if (kind !== 'schema') return;
    const { pattern, patternProperties } = node;
    if (typeof pattern === 'string') check(pattern, at(pointer, 'pattern'));
    if (isObject(patternProperties))
      for (const name of Object.keys(patternProperties)) check(name, at(pointer, 'patternProperties', name));
  });
}
