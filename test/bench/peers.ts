/**
 * Distinct planted bugs found, and the time and rate, beside Schemathesis on the same services in the same run. A bug is
 * found where a tool reports something on the buggy service that it does not report on its correct twin.
 * `node test/bench/peers.ts [BUGS]`: at most so many bugs, spread over the services (default 6); `all` for all.
 * Schemathesis is the command `st`, or what the environment variable SCHEMATHESIS names (it installs from PyPI).
 */
import {
  contractOf,
  plantedBugs,
  type ServiceName,
  serviceSource,
  verifyService,
} from '../support/reference-services.ts';
import { startSubject } from '../../src/verify/subject/index.ts';
import { report } from './figure.ts';
import { hasPeer, type Look, peerLook, spread } from './peer.ts';

const wanted = process.argv[2] === 'all' ? Infinity : Number(process.argv[2] ?? 6);
const planted = plantedBugs();
const chosen = spread(planted, Math.min(wanted, planted.length));

const tools: [string, (service: ServiceName, bug: string) => Promise<Look>][] = [['plumb', ours]];
if (hasPeer()) tools.push(['schemathesis', theirs]);

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

async function theirs(service: ServiceName, bug: string): Promise<Look> {
  const started = await startSubject(serviceSource(service, bug));
  if (started.kind !== 'subject') throw new Error(started.message);
  try {
    return peerLook(contractOf(service), started.subject.baseUrl);
  } finally {
    await started.subject.stop();
  }
}
