/**
 * Correct services under many seeds: `node test/bench/verify-seeds.ts [SEEDS] [RUNS] [FROM]`. Each line that names a
 * seed is a false alarm, or a property that could not be decided.
 */
import { report as reportFigure } from './figure.ts';
import { type ServiceName, verifyService } from '../support/reference-services.ts';

const seeds = Number(process.argv[2] ?? 1000);
const runs = Number(process.argv[3] ?? 20);
const from = Number(process.argv[4] ?? 0);
const names: ServiceName[] = [
  'todo',
  'bank',
  'library',
  'vacation-balance',
  'vault',
  'depot',
  'board',
  'desk',
  'shop',
  'garage',
];

let alarms = 0;
let cases = 0;
for (let seed = from; seed < from + seeds; seed++) {
  const name = names[seed % names.length] ?? 'todo';
  const report = await verifyService(name, { seed, runs });
  cases += report.cases;
  for (const property of report.properties) {
    if (property.verdict === 'pass') continue;
    alarms++;
    const why = property.reason ?? `${property.counterexample?.expected}; got ${property.counterexample?.actual}`;
    console.log(`${name} seed ${seed}: ${property.verdict} ${property.id}: ${why}`);
  }
  if ((seed + 1 - from) % 50 === 0) console.log(`${seed + 1 - from} seeds, ${cases} cases, ${alarms} alarms`);
}
reportFigure({
  figure: `false alarms in ${seeds} seeds of correct services, ${runs} runs each (${cases} cases)`,
  value: alarms,
  unit: '',
  limit: { atMost: 0 },
});
