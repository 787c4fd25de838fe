import type { Verdict } from '../events/index.ts';
import type { Io } from './io.ts';

/** How the person started us, so that a command that we print works when it is pasted. */
export function invocation(io: Io): string {
  return io.env['npm_lifecycle_event'] === undefined ? 'plumb' : 'npm run -s plumb --';
}

/** What to try after a session, one command a line with what it shows. */
export function nextSteps(
  io: Io,
  session: { id: string; spec: string; version: string; branch: string | null; verdict: Verdict | null },
): string {
  const plumb = invocation(io);
  const rows: [string, string][] = [
    [`${plumb} replay ${session.id}`, 'step through what happened'],
    [`${plumb} lineage ${session.spec}`, 'the versions of the spec and their verdicts'],
    // Only a version that passed can be gone back to.
    ...(session.verdict === 'pass' ? [rollbackStep(plumb, session)] : [resumeStep(plumb, session)]),
  ];
  const width = Math.max(...rows.map(([command]) => command.length));
  const lines = rows.map(([command, about]) => `  ${command.padEnd(width)}  # ${about}`);
  const where = session.branch === null ? [] : [`the code is on the branch ${session.branch}`];
  return ['', ...where, 'what to try next:', ...lines, ''].join('\n');
}

function rollbackStep(plumb: string, session: { spec: string; version: string }): [string, string] {
  const version = session.version.slice(0, 12);
  return [`${plumb} rollback ${session.spec} --to ${version} --dry-run`, 'the way back to this version'];
}

function resumeStep(plumb: string, session: { id: string }): [string, string] {
  return [`${plumb} run --resume ${session.id}`, 'go on where it stopped'];
}
