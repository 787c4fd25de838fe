/** Correct services under many seeds: `node test/bench/verify-seeds.ts [SEEDS] [RUNS]`; any line but the last is a false alarm. */
import { report as reportFigure } from './figure.ts';
import { type ServiceName, verifyService } from '../support/reference-services.ts';

const seeds = Number(process.argv[2] ?? 1000);
const runs = Number(process.argv[3] ?? 20);
let alarms = 0;
for (let seed = 0; seed < seeds; seed++) {
  const name = (['todo', 'bank', 'library', 'vacation-balance'] satisfies ServiceName[])[seed % 4] ?? 'todo';
  const report = await verifyService(name, { seed, runs });
  for (const property of report.properties) {
    if (property.verdict === 'pass') continue;
    alarms++;
    const why = property.reason ?? `${property.counterexample?.expected}; got ${property.counterexample?.actual}`;
    console.log(`${name} seed ${seed}: ${property.verdict} ${property.id}: ${why}`);
  }
}
reportFigure({
  figure: `false alarms in ${seeds} seeds of correct services, ${runs} runs each`,
  value: alarms,
  unit: '',
  limit: { atMost: 0 },
});
