/** Runs the engine on the bookstore, as a module or over HTTP, correct or with a planted bug, and runs reproducers. */
import type { VerifyReport } from '../../../src/events/index.ts';
import { loadSpec } from '../../../src/spec/load.ts';
import type { Spec } from '../../../src/spec/model.ts';
import { verify } from '../../../src/verify/index.ts';
import type { HttpSource, SubjectSource, VerifyOptions } from '../../../src/verify/model.ts';
import { startSubject } from '../../../src/verify/subject/index.ts';
import { scriptStatus } from '../script-status.ts';

export type Way = 'module' | 'http';

const folder = import.meta.dirname;

/** The contract of the bookstore, or another one beside it. */
export async function bookstoreSpec(name = 'bookstore'): Promise<Spec> {
  const loaded = await loadSpec(`${folder}/${name}.graphql`);
  if (loaded.kind !== 'spec') throw new Error(loaded.findings.map(({ message }) => message).join('\n'));
  return loaded.spec;
}

/** The bookstore as a service. */
export function overHttp(bug: string, env: Record<string, string> = {}): HttpSource {
  return { kind: 'command', start: 'exec node bookstore-server.ts', cwd: folder, env: { BUG: bug, ...env } };
}

function subjectOf(way: Way, bug: string): SubjectSource {
  return way === 'http' ? overHttp(bug) : { kind: 'module', file: 'bookstore.ts', cwd: folder, env: { BUG: bug } };
}

/** Verifies the bookstore. */
export async function verifyBookstore(
  way: Way,
  bug: string,
  options: Partial<VerifyOptions> = {},
): Promise<VerifyReport> {
  return verify({ spec: await bookstoreSpec(), subject: subjectOf(way, bug), ...options });
}

/** Verifies the module of `range.graphql`, whose one rule stands on an input type. */
export async function verifyRange(bug: string, options: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  const subject: SubjectSource = { kind: 'module', file: 'range.ts', cwd: folder, env: { BUG: bug } };
  return verify({ spec: await bookstoreSpec('range'), subject, seed: 1, runs: 20, ...options });
}

/** Exit status of a reproducer on a fresh instance: 1 where the failure shows, 0 where it does not. */
export async function reproduce(
  script: string,
  way: Way,
  bug: string,
  env: Record<string, string> = {},
): Promise<number | null> {
  if (way === 'module') return scriptStatus(script, { BUG: bug });
  const started = await startSubject(overHttp(bug, env));
  if (started.kind !== 'subject') throw new Error(started.message);
  try {
    return await scriptStatus(script, { ...env, BASE: `${started.subject.baseUrl}/graphql` });
  } finally {
    await started.subject.stop();
  }
}
