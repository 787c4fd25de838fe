/**
 * How strong the properties are: the share of small changes of the code of the example services that they notice, all
 * that no call can tell left out (each is listed with the rule that says so), and the share of all as it is.
 * `builtin` is the service that the built-in agent makes of the shipped example.
 * `node test/bench/mutants.ts [SERVICES] [MOST] [RUNS] [SECONDS_EACH]`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MutationReport } from '../../src/events/index.ts';
import { verify } from '../../src/verify/index.ts';
import { type ServiceName, serviceSpec } from '../support/reference-services.ts';
import { writeServiceWithoutBugs } from '../support/services-without-bugs.ts';
import { report as reportFigure } from './figure.ts';

/** What is asked of the example services. */
const GOAL = 95;
const repository = join(import.meta.dirname, '../..');

const [names = 'todo,bank,library,vacation-balance', most = '2000', runs = '100', seconds = '900'] =
  process.argv.slice(2);
const all = { caught: 0, alive: 0, equivalent: 0, isWhole: true };
for (const name of names.split(',')) {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-bench-mutants-'));
  try {
    const app = name === 'builtin' ? builtinService(folder) : serviceWithoutBugs(name as ServiceName, folder);
    const { verdict, mutation, warnings } = await verify({
      spec: await serviceSpec(name === 'builtin' ? 'vacation-balance' : (name as ServiceName)),
      subject: { kind: 'command', start: 'node server.js', cwd: app },
      skipObjectives: true,
      runs: Number(runs),
      timeMs: Number(seconds) * 1000,
      mutants: { most: Number(most) },
      code: { root: app, includes: () => true },
      onEvent(event) {
        if (event.type === 'mutants' && event.done % 25 === 0)
          console.error(`${name}: ${event.done} of ${event.total}, ${event.survived} survived`);
      },
    });
    if (mutation === undefined) console.log(`${name}: no mutants (${verdict}): ${warnings.join('; ')}`);
    else show(name, mutation);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const decided = all.caught + all.alive;
if (decided > 0) {
  reportFigure({
    figure: `mutants of ${names} that are noticed, but for ${all.equivalent} that no call can tell`,
    value: (all.caught * 100) / decided,
    unit: '%',
    ...(all.isWhole ? { limit: { atLeast: GOAL } } : {}),
  });
  const value = (all.caught * 100) / (decided + all.equivalent);
  reportFigure({ figure: 'the same of all of them, those that no call can tell included', value, unit: '%' });
}

function serviceWithoutBugs(name: ServiceName, folder: string): string {
  writeServiceWithoutBugs(name, folder);
  return join(folder, 'app');
}

function builtinService(folder: string): string {
  const run = (command: string, ...args: string[]): string => {
    const { stdout, status, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (status !== 0 && command === 'git') throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  cpSync(join(repository, 'specs'), join(folder, 'specs'), { recursive: true });
  run('git', 'init', '-q');
  run('git', 'add', '-A');
  run('git', '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-qm', 'specs');
  const plumb = join(repository, 'bin/plumb.js');
  const events = run(process.execPath, plumb, 'run', 'specs/vacation-balance', '--agent', 'builtin', '--json');
  const { branch } = JSON.parse(events.trim().split('\n').at(-1) ?? '{}') as { branch?: string };
  if (branch === undefined) throw new Error('the built-in agent has made nothing');
  run('git', 'checkout', '-q', branch);
  return join(folder, 'services/vacation-balance');
}

function show(name: string, mutation: MutationReport): void {
  for (const one of mutation.mutants) {
    if (!['survived', 'unspecified', 'likelyEquivalent'].includes(one.outcome)) continue;
    const why = one.equivalent === undefined ? '' : ` (${one.equivalent})`;
    console.log(
      `  ${one.outcome} ${one.file}:${one.line}:${one.column} ${one.mutator}: ${one.before} → ${one.after}${why}`,
    );
  }
  const { killed, timedOut, crashed, survived, unspecified, likelyEquivalent, notTried, total, sampledFrom } = mutation;
  console.log(
    `${name}: ${total} of ${sampledFrom ?? total} mutants; ${killed} killed, ${timedOut} timed out, ${crashed} crashed, ${survived} survived, ${unspecified} unspecified, ${likelyEquivalent} likely equivalent, ${notTried} not tried`,
  );
  reportFigure({
    figure: `mutants of ${name} that are noticed, but for ${likelyEquivalent} that no call can tell`,
    value: (mutation.score ?? 0) * 100,
    unit: `% of ${total - likelyEquivalent - notTried}`,
    // A sample says too little; and in the code of the built-in agent some steps make up for one another.
    ...(name === 'builtin' || sampledFrom !== undefined ? {} : { limit: { atLeast: GOAL } }),
  });
  const perSecond = ((total - notTried) * 1000) / mutation.durationMs;
  reportFigure({ figure: `mutants of ${name} tried`, value: perSecond, unit: '/s' });
  if (name === 'builtin') return;
  all.caught += killed + timedOut + crashed;
  all.alive += survived + unspecified;
  all.equivalent += likelyEquivalent;
  if (sampledFrom !== undefined || notTried > 0) all.isWhole = false;
}
