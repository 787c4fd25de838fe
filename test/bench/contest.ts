/**
 * Planted bugs that the engine finds, false alarms and times, beside the peer on the same services: each as a process of
 * its own, on a service that already runs, by the clock of whoever waits for it. With a peer the engine runs a second
 * time, in a tenth of what the peer took. No latency is measured under load, which the peer does not do. On a built
 * checkout.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { HttpSource } from '../../src/verify/model.ts';
import { startSubject } from '../../src/verify/subject/index.ts';
import type { VerifyReport } from '../../src/events/index.ts';
import { report } from './figure.ts';
import { hasPeer, type Look, peerLook } from './peer.ts';

export interface Contested {
  name: string;
  contract: string;
  /** Path below which the contract has its operations. */
  base?: string;
  /** What a client is allowed by, as the engine reads it and as the peer does. */
  environment?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  source: (bug: string) => HttpSource;
}

const LAUNCHER = resolve(import.meta.dirname, '../../bin/plumb.js');

interface Total {
  found: number;
  seconds: number;
  cases: number;
  alarms: number;
}

type Way = 'plumb' | 'schemathesis' | 'plumb in a tenth';

/** The least time that the engine is given, below which it would not even start. */
const LEAST_SECONDS = 0.3;

/** Looks at each bug and at the correct twin of each service, and reports the figures under a title. */
export async function contest(title: string, chosen: readonly (readonly [Contested, bug: string])[]): Promise<void> {
  const peered = hasPeer();
  const ways: Way[] = peered ? ['schemathesis', 'plumb', 'plumb in a tenth'] : ['plumb'];
  const totals = new Map(ways.map((way): [Way, Total] => [way, { found: 0, seconds: 0, cases: 0, alarms: 0 }]));
  const twins = new Map<string, Look>();
  for (const [service, bug] of chosen) {
    let peerSeconds = 0;
    for (const way of ways) {
      const look = async (which: string): Promise<Look> => {
        const seen = await lookAt(service, which, way, peerSeconds / 10);
        if (way === 'schemathesis') peerSeconds = seen.seconds;
        return seen;
      };
      const total = totals.get(way);
      if (total === undefined) throw new Error(way);
      let twin = twins.get(`${way} ${service.name}`);
      if (twin === undefined) {
        twins.set(`${way} ${service.name}`, (twin = await look('')));
        total.alarms += twin.findings.size;
        console.log(`${way}, ${service.name} as it should be: ${[...twin.findings].join(', ') || 'no finding'}`);
      }
      const seen = await look(bug);
      const fresh = [...seen.findings].filter((finding) => !twin.findings.has(finding));
      total.found += fresh.length > 0 ? 1 : 0;
      total.seconds += seen.seconds;
      total.cases += seen.cases;
      const took = `${seen.seconds.toFixed(1)} s, ${seen.cases} cases`;
      console.log(`${way}, ${service.name} ${bug}: ${fresh[0] ?? 'not found'} (${took})`);
    }
  }
  reportAll(title, chosen.length, totals);
}

function reportAll(title: string, all: number, totals: ReadonlyMap<Way, Total>): void {
  const [own, peer, short] = (['plumb', 'schemathesis', 'plumb in a tenth'] as const).map((way) => totals.get(way));
  if (own === undefined) return;
  const beside = peer === undefined ? {} : { peer: `Schemathesis ${peer.found}` };
  const more = Math.min(all, (peer?.found ?? all) + 1);
  report({
    figure: `${title}: planted bugs found, of ${all}`,
    value: own.found,
    unit: 'bugs',
    ...(peer === undefined ? {} : { limit: { atLeast: more } }),
    ...beside,
  });
  report({ figure: `${title}: false alarms`, value: own.alarms, unit: 'findings', limit: { atMost: 0 } });
  if (peer === undefined || short === undefined) return;
  report({
    figure: `${title}: planted bugs found in a tenth of the time of Schemathesis, of ${all}`,
    value: short.found,
    unit: 'bugs',
    limit: { atLeast: more },
    ...beside,
  });
  const share = own.seconds / peer.seconds;
  report({ figure: `${title}: share of the time of Schemathesis`, value: share, unit: '', limit: { atMost: 0.1 } });
  const rate = own.cases / own.seconds / (peer.cases / peer.seconds);
  report({
    figure: `${title}: cases/s, times the rate of Schemathesis`,
    value: rate,
    unit: '×',
    limit: { atLeast: 10 },
  });
}

async function lookAt(service: Contested, bug: string, way: Way, seconds: number): Promise<Look> {
  const started = await startSubject(service.source(bug));
  if (started.kind !== 'subject') throw new Error(started.message);
  const url = started.subject.baseUrl + (service.base ?? '');
  try {
    if (way === 'schemathesis') return peerLook(service.contract, url, service.headers);
    return ours(service, url, way === 'plumb' ? [] : ['--time', `${Math.round(timeFor(seconds) * 1000)}ms`]);
  } finally {
    await started.subject.stop();
  }
}

/** Of the time of a whole process: Node and the end take some. */
function timeFor(seconds: number): number {
  return Math.max(LEAST_SECONDS, seconds - LEAST_SECONDS);
}

const folder = mkdtempSync(join(tmpdir(), 'plumb-contest-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A copy of a contract in one file without its objectives, each of which is one line. */
function withoutObjectives({ name, contract }: Contested): string {
  const text = readFileSync(contract, 'utf8');
  const rest = text.replaceAll(/^ *x-objective: \{.*\}\n/gm, '');
  if (rest === text) return contract;
  const copy = join(folder, `${name}.yaml`);
  writeFileSync(copy, rest);
  return copy;
}

function ours(service: Contested, url: string, more: readonly string[]): Look {
  const contract = withoutObjectives(service);
  const since = performance.now();
  const args = [LAUNCHER, 'verify', contract, '--url', url, '--json', ...more];
  const run = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...service.environment },
    maxBuffer: 1e9,
  });
  const seconds = (performance.now() - since) / 1000;
  if (run.status === null || run.status === 2) throw new Error(`plumb ended with ${run.status}: ${run.stderr}`);
  const { properties, cases } = JSON.parse(run.stdout) as VerifyReport;
  const failed = properties.filter(({ verdict }) => verdict === 'fail');
  return { findings: new Set(failed.map(({ id }) => id)), seconds, cases };
}
