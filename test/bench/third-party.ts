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
import { contest, type Contested } from './contest.ts';
import { spread } from './peer.ts';

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

function contested({ name, start, contract, base, token }: Service): Contested {
  return {
    name,
    contract,
    base,
    ...(token === undefined
      ? {}
      : {
          environment: { [`PLUMB_AUTH_${token.scheme.toUpperCase()}`]: token.value },
          headers: { Authorization: `Bearer ${token.value}` },
        }),
    source: (bug) => ({ kind: 'command', start, cwd: folder, env: { BUG: bug }, readyTimeoutMs: 30_000 }),
  };
}

await contest(
  'third-party services',
  chosen.map(([service, bug]) => [contested(service), bug]),
);
