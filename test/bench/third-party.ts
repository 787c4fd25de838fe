/**
 * Services of third parties' frameworks, each with the contract that its framework writes: planted bugs found and false
 * alarms on the correct ones, beside Schemathesis. `node test/bench/third-party.ts [BUGS]`: at most so many bugs, spread
 * over the services (default 4); `all` for all. The services need Python with `fastapi`, `uvicorn` and `flask-smorest`:
 * `python3`, or what the environment variable PYTHON names.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSpec } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';
import type { HttpSource } from '../../src/verify/model.ts';
import { startSubject } from '../../src/verify/subject/index.ts';
import { report } from './figure.ts';
import { hasPeer, type Look, peerLook, spread } from './peer.ts';

const python = process.env['PYTHON'] ?? 'python3';
const folder = join(import.meta.dirname, 'third-party');
const services = ['blog', 'books'];
const needed = ['fastapi', 'uvicorn', 'flask_smorest'];
const { status } = spawnSync(python, ['-c', `import ${needed.join(', ')}`]);
if (status !== 0) {
  console.log(`${python} lacks one of ${needed.join(', ')}: install them from PyPI, or name another Python in PYTHON`);
  report({ figure: 'third-party services: Python packages are missing', value: 0, unit: 'bugs' });
  process.exit(0);
}

const contracts = mkdtempSync(join(tmpdir(), 'plumb-third-'));
process.on('exit', () => rmSync(contracts, { recursive: true, force: true }));
const planted = services.flatMap((service) => {
  const dumped = spawnSync(python, [`${service}.py`, 'dump'], { cwd: folder, encoding: 'utf8' });
  if (dumped.status !== 0) throw new Error(`${service}.py wrote no contract: ${dumped.stderr}`);
  writeFileSync(contractOf(service), dumped.stdout);
  const code = readFileSync(join(folder, `${service}.py`), 'utf8');
  const bugs = [...code.matchAll(/\bbug\('([\w-]+)'\)/g)].map((match) => match[1] ?? '');
  return [...new Set(bugs)].map((bug): [string, string] => [service, bug]);
});
const wanted = process.argv[2] === 'all' ? planted.length : Number(process.argv[2] ?? 4);
const chosen = spread(planted, Math.min(wanted, planted.length));
const tools: [string, (service: string, bug: string) => Promise<Look>][] = [['plumb', ours]];
if (hasPeer()) tools.push(['schemathesis', theirs]);

const totals = new Map<string, { found: number; seconds: number; alarms: number }>();
for (const [name, look] of tools) {
  const total = { found: 0, seconds: 0, alarms: 0 };
  totals.set(name, total);
  const twins = new Map<string, Look>();
  for (const [service, bug] of chosen) {
    let twin = twins.get(service);
    if (twin === undefined) {
      twins.set(service, (twin = await look(service, '')));
      total.alarms += twin.findings.size;
      console.log(`${name} ${service}: ${[...twin.findings].join(', ') || 'no finding'}`);
    }
    const seen = await look(service, bug);
    const fresh = [...seen.findings].filter((finding) => !twin.findings.has(finding));
    total.found += fresh.length > 0 ? 1 : 0;
    total.seconds += seen.seconds;
    console.log(
      `${name} ${service} ${bug}: ${fresh[0] ?? 'not found'} (${seen.seconds.toFixed(1)} s, ${seen.cases} cases)`,
    );
  }
}

const [own, peer] = [totals.get('plumb'), totals.get('schemathesis')];
if (own !== undefined) {
  report({
    figure: `third-party services: planted bugs found, of ${chosen.length}`,
    value: own.found,
    unit: 'bugs',
    ...(peer === undefined ? {} : { limit: { atLeast: peer.found }, peer: `Schemathesis ${peer.found}` }),
  });
  report({ figure: 'third-party services: false alarms', value: own.alarms, unit: 'findings', limit: { atMost: 0 } });
  if (peer !== undefined)
    report({
      figure: 'third-party services: share of the time of Schemathesis',
      value: own.seconds / peer.seconds,
      unit: '',
      limit: { atMost: 0.1 },
    });
}

function contractOf(service: string): string {
  return join(contracts, `${service}.json`);
}

function sourceOf(service: string, bug: string): HttpSource {
  return { kind: 'command', start: `${python} ${service}.py`, cwd: folder, env: { BUG: bug }, readyTimeoutMs: 30_000 };
}

async function ours(service: string, bug: string): Promise<Look> {
  const since = performance.now();
  const loaded = await loadSpec(contractOf(service));
  if (loaded.kind !== 'spec') throw new Error(loaded.findings.map((finding) => finding.message).join('\n'));
  const { properties, cases } = await verify({ spec: loaded.spec, subject: sourceOf(service, bug) });
  const failed = properties.filter(({ verdict }) => verdict === 'fail');
  return { findings: new Set(failed.map(({ id }) => id)), seconds: (performance.now() - since) / 1000, cases };
}

async function theirs(service: string, bug: string): Promise<Look> {
  const started = await startSubject(sourceOf(service, bug));
  if (started.kind !== 'subject') throw new Error(started.message);
  try {
    return peerLook(contractOf(service), started.subject.baseUrl);
  } finally {
    await started.subject.stop();
  }
}
