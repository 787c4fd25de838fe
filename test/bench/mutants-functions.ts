/**
 * How strong the properties are on functions of others: small packages of the registry, each held to a contract as a
 * careful user would write it (`functions/`). They are installed into a folder of their own; without a network the bench
 * says so. `node test/bench/mutants-functions.ts [NAMES] [RUNS]`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSpec } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';
import { report as reportFigure } from './figure.ts';

const VERSIONS: Record<string, string> = {
  'escape-string-regexp': '5.0.0',
  'fast-luhn': '2.0.2',
  leven: '4.0.0',
  ms: '2.1.3',
  ordinal: '1.0.3',
  'parse-ms': '4.0.0',
  slash: '5.1.0',
};
const [names = Object.keys(VERSIONS).join(','), runs = '200'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'plumb-bench-functions-'));
let [caught, reached, total] = [0, 0, 0];
try {
  writeFileSync(join(folder, 'package.json'), '{}');
  for (const name of names.split(',')) {
    const wanted = `${name}@${VERSIONS[name] ?? 'latest'}`;
    const installed = spawnSync(
      'npm',
      ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', wanted],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    if (installed.status !== 0) {
      console.log(`${wanted} is missing, as it cannot be installed: ${installed.stderr.trim().split('\n')[0] ?? ''}`);
      continue;
    }
    // As code of one's own: what lies under node_modules is nobody's to change.
    const code = join(folder, 'code', name);
    cpSync(join(folder, 'node_modules', name), code, { recursive: true });
    for (const test of readdirSync(code).filter((file) => /test/.test(file)))
      rmSync(join(code, test), { recursive: true });
    const { main } = JSON.parse(readFileSync(join(code, 'package.json'), 'utf8')) as { main?: string };
    const loaded = await loadSpec(join(import.meta.dirname, 'functions', `${name}.openrpc.yaml`));
    if (loaded.kind !== 'spec') throw new Error(`${name}: ${JSON.stringify(loaded.findings)}`);
    const { verdict, mutation, properties, warnings } = await verify({
      spec: loaded.spec,
      subject: {
        kind: 'module',
        file: main === undefined ? 'index.js' : main.endsWith('.js') ? main : `${main}.js`,
        cwd: code,
      },
      runs: Number(runs),
      mutants: {},
      code: { root: code, includes: () => true },
    });
    if (mutation === undefined) {
      const open = properties.find((one) => one.verdict !== 'pass');
      const shown = open?.counterexample;
      const why = shown === undefined ? open?.reason : JSON.stringify([shown.input, shown.expected, shown.actual]);
      console.log(`${name}: no mutants (${verdict}): ${open?.id ?? ''} ${why ?? ''}; ${warnings.join('; ')}`);
      continue;
    }
    for (const one of mutation.mutants.filter(({ outcome }) => outcome === 'survived' || outcome === 'unspecified'))
      console.log(
        `  ${one.outcome} ${one.file}:${one.line}:${one.column} ${one.mutator}: ${one.before} → ${one.after}`,
      );
    const killed = mutation.killed + mutation.timedOut + mutation.crashed;
    caught += killed;
    reached += killed + mutation.survived;
    total += killed + mutation.survived + mutation.unspecified;
    const score = (mutation.score ?? 0) * 100;
    const perSecond = (mutation.total * 1000) / mutation.durationMs;
    reportFigure({ figure: `mutants of ${name} that are noticed`, value: score, unit: `% of ${mutation.total}` });
    reportFigure({ figure: `mutants of ${name} tried`, value: perSecond, unit: '/s' });
  }
  if (reached > 0) {
    reportFigure({
      figure: 'mutants of functions of others that are noticed, of those in code that their contract reaches',
      value: (caught * 100) / reached,
      unit: '%',
      limit: { atLeast: 80 },
    });
    const whole = (caught * 100) / total;
    reportFigure({
      figure: 'the same of all mutants, code that no contract speaks of included',
      value: whole,
      unit: '%',
      limit: { atLeast: 80 },
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
