/**
 * Distinct planted bugs found, and the time and rate, beside Schemathesis on the same services in the same run. A bug is
 * found where a tool reports something on the buggy service that it does not report on its correct twin.
 * `node test/bench/peers.ts [BUGS]`: at most so many bugs, spread over the services (default 6); `all` for all.
 * Schemathesis is the command `st`, or what the environment variable SCHEMATHESIS names (it installs from PyPI).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  contractOf,
  plantedBugs,
  type ServiceName,
  serviceSource,
  verifyService,
} from '../support/reference-services.ts';
import { startSubject } from '../../src/verify/subject/index.ts';
import { report } from './figure.ts';

const peer = process.env['SCHEMATHESIS'] ?? 'st';
const wanted = process.argv[2] === 'all' ? Infinity : Number(process.argv[2] ?? 6);
const planted = plantedBugs();
const chosen = spread(planted, Math.min(wanted, planted.length));

interface Look {
  /** What was reported, without the input. */
  findings: Set<string>;
  seconds: number;
  cases: number;
}

const version = spawnSync(peer, ['--version'], { encoding: 'utf8' });
const hasPeer = version.status === 0;
if (!hasPeer) console.log(`Schemathesis is missing (${peer}): install it from PyPI, or name it in SCHEMATHESIS`);
else console.log(version.stdout.trim());

const tools: [string, (service: ServiceName, bug: string) => Promise<Look>][] = [['plumb', ours]];
if (hasPeer) tools.push(['schemathesis', theirs]);

const totals = new Map<string, { found: number; seconds: number; cases: number; alarms: number }>();
for (const [name, look] of tools) {
  const total = { found: 0, seconds: 0, cases: 0, alarms: 0 };
  totals.set(name, total);
  const twins = new Map<ServiceName, Look>();
  for (const [service, bug] of chosen) {
    let twin = twins.get(service);
    if (twin === undefined) {
      twins.set(service, (twin = await look(service, '')));
      total.alarms += twin.findings.size;
    }
    const seen = await look(service, bug);
    const fresh = [...seen.findings].filter((finding) => !twin.findings.has(finding));
    total.found += fresh.length > 0 ? 1 : 0;
    total.seconds += seen.seconds;
    total.cases += seen.cases;
    const said = fresh[0] ?? 'not found';
    console.log(`${name.padEnd(12)} ${service} ${bug}: ${said} (${seen.seconds.toFixed(1)} s, ${seen.cases} cases)`);
  }
}

const plumb = totals.get('plumb');
const schemathesis = totals.get('schemathesis');
if (plumb !== undefined) {
  const all = chosen.length;
  report({
    figure: `planted bugs found, of ${all}`,
    value: plumb.found,
    unit: 'bugs',
    limit: { atLeast: schemathesis === undefined ? all : Math.min(all, schemathesis.found + 1) },
    ...(schemathesis === undefined ? {} : { peer: `Schemathesis ${schemathesis.found}` }),
  });
  report({ figure: 'false alarms on the correct twins', value: plumb.alarms, unit: 'findings', limit: { atMost: 0 } });
  if (schemathesis !== undefined) {
    const rate = plumb.cases / plumb.seconds / (schemathesis.cases / schemathesis.seconds);
    report({
      figure: 'share of the time of Schemathesis',
      value: plumb.seconds / schemathesis.seconds,
      unit: '',
      limit: { atMost: 0.1 },
    });
    report({ figure: 'cases/s, times the rate of Schemathesis', value: rate, unit: '×', limit: { atLeast: 10 } });
  }
}

/** As the peer, on a service that already runs, and by the tool's own clock, from reading the contract on. */
async function ours(service: ServiceName, bug: string): Promise<Look> {
  const started = await startSubject(serviceSource(service, bug));
  if (started.kind !== 'subject') throw new Error(started.message);
  try {
    const since = performance.now();
    const subject = { kind: 'url', url: started.subject.baseUrl } as const;
    const { properties, cases } = await verifyService(service, { subject });
    const failed = properties.filter(({ verdict }) => verdict === 'fail');
    const findings = new Set(failed.map(({ id }) => id));
    return { findings, seconds: (performance.now() - since) / 1000, cases };
  } finally {
    await started.subject.stop();
  }
}

interface PeerReport {
  running_time: number;
  test_cases: { generated: number };
  failures: { code: string; operations: (string | { label?: string })[] }[];
}

async function theirs(service: ServiceName, bug: string): Promise<Look> {
  const started = await startSubject(serviceSource(service, bug));
  if (started.kind !== 'subject') throw new Error(started.message);
  const folder = mkdtempSync(join(tmpdir(), 'plumb-peers-'));
  try {
    const file = join(folder, 'report.json');
    const args = ['run', contractOf(service), '--url', started.subject.baseUrl, '--seed', '1', '--no-color'];
    const options = { encoding: 'utf8', timeout: 300_000, cwd: folder } as const;
    const run = spawnSync(peer, [...args, '--report', 'json', '--report-json-path', file], options);
    if (run.status !== 0 && run.status !== 1) throw new Error(`${peer} ended with ${run.status}: ${run.stderr}`);
    const read = JSON.parse(readFileSync(file, 'utf8')) as PeerReport;
    const findings = read.failures.flatMap(({ code, operations }) =>
      operations.map((one) => `${code} ${typeof one === 'string' ? one : (one.label ?? '')}`),
    );
    return { findings: new Set(findings), seconds: read.running_time, cases: read.test_cases.generated };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await started.subject.stop();
  }
}

/** So many of a list, evenly spread. */
function spread<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]).filter(
    (one) => one !== undefined,
  );
}
