/**
 * Every bench, one after another, and one table of their figures beside the limit or the peer:
 * `npm run bench [-- NAME …]`, on a built checkout and a quiet machine. Exits 1 where a limit is missed or a bench fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beside, FIGURES_FILE, holds, shown, type Figure } from './figure.ts';

/** Arguments that keep a bench under half a minute on two cores; a longer look is each bench's own command. */
const SHORT: Record<string, string[]> = {
  tui: ['5'],
  'graphql-bugs': ['2', 'short'],
  'verify-rate': ['3000'],
  'verify-seeds': ['12', '10'],
  mutants: ['bank', '40', '50'],
  'mutants-functions': ['slash,ordinal', '100'],
  'verify-memory': ['20000'],
  'third-party': ['2'],
};
const NOT_A_BENCH = new Set(['run.ts', 'figure.ts', 'corpus-document.ts', 'peer.ts', 'contest.ts']);

const all = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !NOT_A_BENCH.has(file))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`there is no bench ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'plumb-bench-'));
const rows: Record<string, string>[] = [];
let wrong = false;
try {
  console.log(`${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}, Node ${process.versions.node}`);
  for (const name of asked.length > 0 ? asked : all) {
    console.log(`\n── ${name}`);
    const file = join(folder, name);
    const { status, signal } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, `${name}.ts`), ...(SHORT[name] ?? [])],
      { stdio: 'inherit', env: { ...process.env, [FIGURES_FILE]: file }, timeout: 300_000 },
    );
    const figures = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    for (const line of figures) {
      const figure = JSON.parse(line) as Figure;
      wrong ||= !holds(figure);
      rows.push({ bench: name, figure: figure.figure, value: shown(figure), 'limit or peer': beside(figure) });
    }
    if (status !== 0) {
      wrong = true;
      rows.push({
        bench: name,
        figure: 'the bench itself',
        value: `ended with ${status ?? signal}`,
        'limit or peer': '',
      });
    } else if (figures.length === 0)
      rows.push({
        bench: name,
        figure: 'none',
        value: 'skipped',
        'limit or peer': 'the bench says above what is missing',
      });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log('');
table(['bench', 'figure', 'value', 'limit or peer']);
process.exitCode = wrong ? 1 : 0;

function table(columns: readonly string[]): void {
  const width = (column: string): number => Math.max(column.length, ...rows.map((row) => row[column]?.length ?? 0));
  const line = (row: Record<string, string>): string =>
    columns
      .map((column) => (row[column] ?? '').padEnd(width(column)))
      .join('  ')
      .trimEnd();
  console.log(line(Object.fromEntries(columns.map((column) => [column, column]))));
  for (const row of rows) console.log(line(row));
}
