/**
 * How strong the properties are: the share of small changes of the reference services' code that they notice.
 * `node test/bench/mutants.ts [SERVICES] [MOST] [RUNS]`; the survivors are listed, as some of them change nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from '../../src/verify/index.ts';
import { type ServiceName, serviceSpec } from '../support/reference-services.ts';
import { writeServiceWithoutBugs } from '../support/services-without-bugs.ts';
import { report as reportFigure } from './figure.ts';

const [names = 'todo,bank,library,vacation-balance', most = '150', runs = '100'] = process.argv.slice(2);
for (const name of names.split(',') as ServiceName[]) {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-bench-mutants-'));
  try {
    writeServiceWithoutBugs(name, folder);
    const app = join(folder, 'app');
    const { verdict, mutation, warnings } = await verify({
      spec: await serviceSpec(name),
      subject: { kind: 'command', start: 'node server.js', cwd: app },
      skipObjectives: true,
      runs: Number(runs),
      mutants: { most: Number(most) },
      code: { root: app, includes: () => true },
      onEvent(event) {
        if (event.type === 'mutants' && event.done % 25 === 0)
          console.error(`${name}: ${event.done} of ${event.total}, ${event.survived} survived`);
      },
    });
    if (mutation === undefined) {
      console.log(`${name}: no mutants (${verdict}): ${warnings.join('; ')}`);
      continue;
    }
    for (const one of mutation.mutants.filter(({ outcome }) => outcome === 'survived' || outcome === 'unspecified'))
      console.log(`  ${one.outcome} ${one.line}:${one.column} ${one.mutator}: ${one.before} → ${one.after}`);
    const counts = `${mutation.survived} survived, ${mutation.unspecified} unspecified, ${mutation.timedOut} timed out`;
    console.log(`${name}: ${mutation.total} of ${mutation.sampledFrom ?? mutation.total} mutants; ${counts}`);
    const score = (mutation.score ?? 0) * 100;
    reportFigure({
      figure: `mutants of ${name} that are noticed, those that change nothing included`,
      value: score,
      unit: '%',
    });
    const perSecond = (mutation.total * 1000) / mutation.durationMs;
    reportFigure({ figure: `mutants of ${name} tried`, value: perSecond, unit: '/s' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
