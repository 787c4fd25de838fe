/** What `plumb verify` and `plumb drift` run against: a spec, a subject, and how much of it. */
import { sanitize } from '../events/sanitize.ts';
import { lintSpec } from '../spec/lint.ts';
import { loadSpec } from '../spec/load.ts';
import type { Finding, Spec } from '../spec/model.ts';
import { type ResolvedSpec, resolveSpec } from '../spec/resolve.ts';
import type { Shard, SubjectSource, VerifyOptions } from '../verify/model.ts';
import { credentialsFrom } from '../verify/wire/credentials.ts';
import { durationMs, type Flags, textsOf, wholeNumber } from './arguments.ts';
import { exitOfUnresolved, findingsText } from './findings-text.ts';
import { EXIT, type Io } from './io.ts';
import { subjectOf, titleOfContract } from './subject-of.ts';
import { unknownClause } from './unknown-clause.ts';

/** The flags that say what to run against. */
export const TARGET_OPTIONS = {
  start: { type: 'string' },
  url: { type: 'string' },
  seed: { type: 'string' },
  runs: { type: 'string' },
  time: { type: 'string' },
  shard: { type: 'string' },
  workers: { type: 'string' },
} as const;

export interface Target {
  kind: 'target';
  resolved: ResolvedSpec;
  spec: Spec;
  /** What reading the spec found; one of severity error means that not all of it can be checked. */
  findings: Finding[];
  subject: SubjectSource;
  amount: Pick<VerifyOptions, 'seed' | 'runs' | 'timeMs' | 'shard' | 'workers' | 'credentials'>;
}

/** Reads flags, spec and subject; what is wrong is told on standard error, and `exit` is the exit code. */
export async function readTarget(
  command: string,
  positionals: string[],
  flags: Flags,
  io: Io,
): Promise<Target | { kind: 'exit'; exit: number }> {
  const usage = (message: string): { kind: 'exit'; exit: number } => {
    io.stderr(`plumb ${command}: ${sanitize(message)}\n`);
    return { kind: 'exit', exit: EXIT.usage };
  };
  if (positionals.length > 1) return usage(`one spec at a time, not ${positionals.length}`);
  const seed = wholeNumber(flags, 'seed', -2_147_483_648, 2_147_483_647);
  if (seed.kind === 'usage') return usage(seed.message);
  const runs = wholeNumber(flags, 'runs', 1, 1_000_000);
  if (runs.kind === 'usage') return usage(runs.message);
  const time = durationMs(flags, 'time');
  if (time.kind === 'usage') return usage(time.message);
  const workers = wholeNumber(flags, 'workers', 1, 64);
  if (workers.kind === 'usage') return usage(workers.message);
  const shard = shardOf(flags['shard']);
  if (typeof shard === 'string') return usage(shard);

  const resolution = resolveSpec(positionals[0], io.cwd);
  if (resolution.kind === 'unresolved') {
    io.stderr(`plumb ${command}: ${findingsText(resolution.findings)}\n`);
    return { kind: 'exit', exit: exitOfUnresolved(resolution.findings) };
  }
  const { resolved } = resolution;
  const loaded = await loadSpec(resolved.file, { name: resolved.name });
  if (loaded.kind === 'invalid') {
    io.stderr(`plumb ${command}: ${findingsText([...resolution.findings, ...loaded.findings])}\n`);
    return { kind: 'exit', exit: EXIT.undecided };
  }
  const { contract } = loaded.spec;
  if (command === 'drift' && contract !== 'openapi')
    return usage(
      `drift is for HTTP services: ${titleOfContract(contract)} has no routes and statuses; use plumb verify`,
    );
  if (flags['endpoint'] !== undefined && contract !== 'graphql')
    return usage(`--endpoint is for GraphQL: ${titleOfContract(contract)} says its own paths`);
  if (workers.value !== undefined && contract !== 'openapi')
    return usage(
      `--workers is for HTTP services: ${titleOfContract(contract)} is checked in one thread; use --shard I/N`,
    );
  if (shard !== undefined && contract === 'json-schema')
    return usage('--shard is not for data files: give each machine files of its own with --data GLOB');
  const unknown = unknownClause(loaded.spec, textsOf(flags['clause']));
  if (unknown !== undefined) return usage(unknown);
  const subject = subjectOf(flags, resolved, contract, io.cwd);
  if (typeof subject === 'string') return usage(subject);
  const unready = [
    ...loaded.findings.filter(({ severity }) => severity === 'error'),
    ...lintSpec(loaded.spec, { errorsOnly: true }),
  ];
  if (unready.length > 0)
    io.stderr(`plumb ${command}: the spec is not ready, so not all of it can be checked\n${findingsText(unready)}\n`);
  const amount = {
    credentials: credentialsFrom(loaded.spec, io.env, resolved.auth),
    ...(seed.value === undefined ? {} : { seed: seed.value }),
    ...(runs.value === undefined ? {} : { runs: runs.value }),
    ...(time.value === undefined ? {} : { timeMs: time.value }),
    ...(workers.value === undefined ? {} : { workers: workers.value }),
    ...(shard === undefined ? {} : { shard }),
  };
  return { kind: 'target', resolved, spec: loaded.spec, findings: loaded.findings, subject, amount };
}

/** `2/5`, or what is wrong with it. */
function shardOf(text: Flags[string]): Shard | string | undefined {
  if (text === undefined) return undefined;
  const [, index = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(String(text)) ?? []).map(Number);
  return index >= 1 && index <= of
    ? { index, of }
    : `--shard wants I/N with 1 ≤ I ≤ N, such as 2/5, not ${String(text)}`;
}
