/** Schemathesis on one service, for the benches that put it beside the engine. It installs from PyPI. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command `st`, or what the environment variable SCHEMATHESIS names. */
const peer = process.env['SCHEMATHESIS'] ?? 'st';

/** What a tool reported on one service. */
export interface Look {
  /** Without the input. */
  findings: Set<string>;
  /** Of the whole process. */
  seconds: number;
  cases: number;
}

/** True where the peer is there; says so, or what is missing. */
export function hasPeer(): boolean {
  const { status, stdout } = spawnSync(peer, ['--version'], { encoding: 'utf8' });
  if (status === 0) console.log(stdout.trim());
  else console.log(`Schemathesis is missing (${peer}): install it from PyPI, or name it in SCHEMATHESIS`);
  return status === 0;
}

interface PeerReport {
  test_cases: { generated: number };
  failures: { code: string; operations: (string | { label?: string })[] }[];
}

/** What the peer finds, as it comes out of the box but for the seed. */
export function peerLook(contract: string, url: string, headers: Readonly<Record<string, string>> = {}): Look {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-peers-'));
  try {
    const file = join(folder, 'report.json');
    const args = ['run', contract, '--url', url, '--seed', '1', '--no-color'].concat(
      ...Object.entries(headers).map(([name, value]) => ['-H', `${name}: ${value}`]),
    );
    const options = { encoding: 'utf8', timeout: 300_000, cwd: folder } as const;
    const since = performance.now();
    const run = spawnSync(peer, [...args, '--report', 'json', '--report-json-path', file], options);
    const seconds = (performance.now() - since) / 1000;
    if (run.status !== 0 && run.status !== 1) throw new Error(`${peer} ended with ${run.status}: ${run.stderr}`);
    const read = JSON.parse(readFileSync(file, 'utf8')) as PeerReport;
    const findings = read.failures.flatMap(({ code, operations }) =>
      operations.map((one) => `${code} ${typeof one === 'string' ? one : (one.label ?? '')}`),
    );
    return { findings: new Set(findings), seconds, cases: read.test_cases.generated };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** So many of a list, evenly spread. */
export function spread<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]).filter(
    (one) => one !== undefined,
  );
}
