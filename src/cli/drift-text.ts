/** Drift as text: by kind, each with the place in the contract that would say it. */
import { relative } from 'node:path';
import type { DriftItem } from '../events/index.ts';
import { sanitize } from '../events/sanitize.ts';
import type { Spec } from '../spec/model.ts';

const TITLES: Record<DriftItem['kind'], string> = {
  route: 'routes that are not in the contract',
  method: 'methods that are not in the contract',
  status: 'statuses that are not documented',
  mediaType: 'content types that are not documented',
  field: 'fields that no schema names',
  header: 'headers that are not documented',
};

/** Ends in one line that counts. */
export function driftText(
  seen: { items: DriftItem[]; answers: number; source: string; warnings: string[] },
  spec: Spec,
  cwd: string,
): string {
  const lines: string[] = [];
  for (const kind of Object.keys(TITLES) as DriftItem['kind'][]) {
    const items = seen.items.filter((item) => item.kind === kind);
    if (items.length === 0) continue;
    lines.push(TITLES[kind]);
    for (const item of items) {
      const { file, line, column } = spec.locate(item.clause);
      lines.push(`  ${item.operation === undefined ? '' : `${item.operation}  `}${item.name}  ${item.seen}×`);
      lines.push(
        `    e.g. ${item.example}`,
        `    at   ${relative(cwd, file) || file}:${line}:${column}  ${item.clause}`,
      );
    }
    lines.push('');
  }
  lines.push(...seen.warnings.map((warning) => `! ${warning}`));
  const count = seen.items.length === 0 ? 'no drift' : `${seen.items.length} undocumented`;
  lines.push(`${count}; ${seen.answers === 1 ? '1 exchange' : `${seen.answers} exchanges`} with ${seen.source}`);
  return lines.map((line) => `${sanitize(line)}\n`).join('');
}
