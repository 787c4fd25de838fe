/**
 * Services of third parties' frameworks, each with the contract that its framework writes: planted bugs found and false
 * alarms on the correct ones, beside Schemathesis. `node test/bench/third-party.ts [BUGS]`: at most so many bugs, spread
 * over the services (default 4); `all` for all; names of services after it look at those only. Two of them need Python
 * with `fastapi`, `uvicorn` and `flask-smorest`: `python3`, or what the environment variable PYTHON names.
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
const needed = ['fastapi', 'uvicorn', 'flask_smorest'];
const { status } = spawnSync(python, ['-c', `import ${needed.join(', ')}`]);
if (status !== 0)
  console.log(`${python} lacks one of ${needed.join(', ')}: install them from PyPI, or name another Python in PYTHON`);

interface Service {
  name: string;
  code: string;
  start: string;
  contract: string;
  /** Path below which its contract has its operations. */
  base: string;
  /** What holds the credentials of a client of it, by scheme and as a header. */
  token?: { scheme: string; value: string };
}

const contracts = mkdtempSync(join(tmpdir(), 'plumb-third-'));
process.on('exit', () => rmSync(contracts, { recursive: true, force: true }));
const asked = process.argv.slice(3);
const services = [
  ...(status === 0 ? ['blog', 'books'].map(inPython) : []),
  {
    name: 'studio',
    code: 'studio.ts',
    start: `${process.execPath} studio.ts`,
    contract: join(folder, 'studio.yaml'),
    base: '/api',
    token: { scheme: 'token', value: 'studio-token-ada' },
  },
].filter(({ name }) => asked.length === 0 || asked.includes(name));

/** The contract is what its framework writes. */
function inPython(name: string): Service {
  const dumped = spawnSync(python, [`${name}.py`, 'dump'], { cwd: folder, encoding: 'utf8' });
  if (dumped.status !== 0) throw new Error(`${name}.py wrote no contract: ${dumped.stderr}`);
  const contract = join(contracts, `${name}.json`);
  writeFileSync(contract, dumped.stdout);
  return { name, code: `${name}.py`, start: `${python} ${name}.py`, contract, base: '' };
}

const planted = services.flatMap((service) => {
  const code = readFileSync(join(folder, service.code), 'utf8');
  const bugs = [...code.matchAll(/\bbug\('([\w-]+)'\)/g)].map((match) => match[1] ?? '');
  return [...new Set(bugs)].map((bug): [Service, string] => [service, bug]);
});
const wanted = process.argv[2] === 'all' ? planted.length : Number(process.argv[2] ?? 4);
const chosen = spread(planted, Math.min(wanted, planted.length));
const tools: [string, (service: Service, bug: string) => Promise<Look>][] = [['plumb', ours]];
if (hasPeer()) tools.push(['schemathesis', theirs]);

const totals = new Map<string, { found: number; seconds: number; alarms: number }>();
for (const [name, look] of tools) {
  const total = { found: 0, seconds: 0, alarms: 0 };
  totals.set(name, total);
  const twins = new Map<Service, Look>();
  for (const [service, bug] of chosen) {
    let twin = twins.get(service);
    if (twin === undefined) {
      twins.set(service, (twin = await look(service, '')));
      total.alarms += twin.findings.size;
      console.log(`${name} ${service.name}: ${[...twin.findings].join(', ') || 'no finding'}`);
    }
    const seen = await look(service, bug);
    const fresh = [...seen.findings].filter((finding) => !twin.findings.has(finding));
    total.found += fresh.length > 0 ? 1 : 0;
    total.seconds += seen.seconds;
    console.log(
      `${name} ${service.name} ${bug}: ${fresh[0] ?? 'not found'} (${seen.seconds.toFixed(1)} s, ${seen.cases} cases)`,
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

function sourceOf({ start }: Service, bug: string): HttpSource {
  return { kind: 'command', start, cwd: folder, env: { BUG: bug }, readyTimeoutMs: 30_000 };
}

async function ours(service: Service, bug: string): Promise<Look> {
  const since = performance.now();
  const loaded = await loadSpec(service.contract);
  if (loaded.kind !== 'spec') throw new Error(loaded.findings.map((finding) => finding.message).join('\n'));
  const { spec } = loaded;
  const { token } = service;
  const credentials = token === undefined ? {} : { [token.scheme]: { variable: 'TOKEN', value: token.value } };
  const { properties, cases } = await verify({ spec, subject: sourceOf(service, bug), credentials });
  const failed = properties.filter(({ verdict }) => verdict === 'fail');
  return { findings: new Set(failed.map(({ id }) => id)), seconds: (performance.now() - since) / 1000, cases };
}

async function theirs(service: Service, bug: string): Promise<Look> {
  const started = await startSubject(sourceOf(service, bug));
  if (started.kind !== 'subject') throw new Error(started.message);
  const { token } = service;
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token.value}` };
  try {
    return peerLook(service.contract, started.subject.baseUrl + service.base, headers);
  } finally {
    await started.subject.stop();
  }
}
