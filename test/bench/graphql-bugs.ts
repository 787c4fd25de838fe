/**
 * `node test/bench/graphql-bugs.ts [SEEDS] [BUG …|short]`. How many of the bookstore's planted bugs are found by whole runs, by any property, and by the one that is meant to;
 * and how many seeds the correct bookstore passes. The limit beside it: Karlsson's black-box property-based testing of
 * GraphQL found 73 % of seeded faults (arXiv 2012.07380).
 */
import { BUGS } from '../support/graphql/bugs.ts';
import { report as reportFigure } from './figure.ts';
import { reproduce, verifyBookstore } from '../support/graphql/bookstores.ts';

const seeds = Number(process.argv[2] ?? '20');
const only = process.argv.slice(3);
const RUNS = 40;
/** One of each kind, none over HTTP, where a service is started again and again. */
const SHORT = ['nested-null', 'dates-unchecked', 'filter-off-by-one', 'tags-not-kept', 'pages-overlap'];

let found = 0;
let meant = 0;
let told = 0;
const bugs = BUGS.filter(([, bug]) => only.length === 0 || (only.includes('short') ? SHORT : only).includes(bug));
for (const [way, bug, property] of bugs) {
  const report = await verifyBookstore(way, bug, { seed: 7, runs: RUNS, skipObjectives: true });
  const failed = report.properties.filter(({ verdict }) => verdict === 'fail');
  const own = failed.find(({ id }) => id === property);
  const script = (own ?? failed[0])?.counterexample?.reproducer ?? '';
  const statuses = await Promise.all([reproduce(script, way, bug), reproduce(script, way, '')]);
  if (failed.length > 0) found++;
  if (own !== undefined) meant++;
  if (statuses[0] === 1 && statuses[1] === 0) told++;
  const seen =
    failed.length === 0 ? 'MISSED' : own === undefined ? `by ${failed.map(({ id }) => id).join(', ')}` : property;
  console.log(
    `${bug.padEnd(28)} ${seen}; script ${statuses.join('/')} (1/0 is right), ${(report.durationMs / 1000).toFixed(1)} s`,
  );
}
console.log(`by the property meant ${meant}, told apart by script ${told}`);
reportFigure({
  figure: `planted GraphQL bugs found of ${bugs.length}`,
  value: (found * 100) / bugs.length,
  unit: '%',
  limit: { atLeast: 95 },
  peer: 'property-based testing of GraphQL in arXiv 2012.07380: 73 %',
});
reportFigure({
  figure: 'scripts that tell the bug from the correct bookstore',
  value: (told * 100) / bugs.length,
  unit: '%',
  limit: { atLeast: 95 },
});

let silent = 0;
let cases = 0;
let ms = 0;
for (let seed = 1; seed <= seeds; seed++) {
  const report = await verifyBookstore('module', '', { seed, runs: 15 });
  cases += report.cases;
  ms += report.durationMs;
  if (report.verdict === 'pass') silent++;
  else
    console.log(
      `seed ${seed}: ${report.verdict} ${report.properties
        .filter(({ verdict }) => verdict !== 'pass')
        .map(({ id, reason }) => `${id} ${reason ?? ''}`)
        .join('; ')}`,
    );
}
if (seeds > 0) {
  reportFigure({
    figure: `false alarms of the correct bookstore in ${seeds} seeds (${cases} cases)`,
    value: seeds - silent,
    unit: '',
    limit: { atMost: 0 },
  });
  reportFigure({ figure: 'GraphQL cases in process', value: (cases * 1000) / ms, unit: 'cases/s' });
}
