import { relative } from 'node:path';
import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import type { SqliteLog } from '../../record/sqlite-log.ts';
import type { Finding } from '../../spec/model.ts';
import { resolveSpec } from '../../spec/resolve.ts';
import { rollbackCommit } from '../../workspace/index.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, type Io } from '../io.ts';
import { readyFor } from '../../spec/load.ts';
import { prepareRollback, type PreparedRollback } from '../rollback-plan.ts';
import { withLog } from '../stored-log.ts';
import { table } from '../table.ts';

type Prepared = Extract<PreparedRollback, { kind: 'prepared' }>;

const OPTIONS = {
  to: { type: 'string' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/**
 * `plumb rollback SPEC --to VERSION`: puts a known-good pair of spec and code onto a new branch by a forward commit.
 * Without `--yes` it prints the plan and changes nothing; no file, index or branch of the user's is ever touched.
 */
export async function rollbackCommand(args: string[], io: Io): Promise<number> {
  const parsed = readArguments(args, OPTIONS);
  if (parsed.kind === 'usage') return usage(io, parsed.message);
  const { flags, positionals } = parsed.value;
  const { to } = flags;
  const [given] = positionals;
  if (given === undefined || positionals.length > 1 || typeof to !== 'string')
    return usage(io, 'wants a spec and a version: plumb rollback SPEC --to VERSION; the versions: plumb lineage SPEC');
  if (flags['yes'] === true && flags['dry-run'] === true)
    return usage(io, '--yes does it and --dry-run does not; give one of them');
  const json = flags['json'] === true;
  const resolution = resolveSpec(given, io.cwd);
  const resolved = resolution.kind === 'resolved' ? resolution.resolved : null;
  await readyFor(resolved?.file ?? '');
  return withLog(io, 'rollback', {
    work: (log) => {
      if (resolved === null && !log.specs().includes(given)) return usage(io, findingLine(resolution.findings));
      const prepared = prepareRollback(resolved?.name ?? given, resolved, { to, log });
      if (prepared.kind !== 'prepared') return tell(io, json, prepared);
      return flags['yes'] === true ? doIt(io, json, prepared, log) : showPlan(io, json, prepared);
    },
    none: () => {
      if (resolved === null) return usage(io, findingLine(resolution.findings));
      const message = `no session was recorded here yet, so no version is known to be good; make one with: plumb run ${resolved.name}`;
      return tell(io, json, { kind: 'refused', message });
    },
  });
}

function doIt(io: Io, json: boolean, prepared: Prepared, log: SqliteLog): number {
  const { plan, request } = prepared;
  const { spec, from, row } = plan;
  // Known to be writable before git is: a rollback that cannot be recorded is not made.
  const session = log.newSession();
  log.lease(session);
  const made = rollbackCommit(request);
  if (made.kind === 'refused') return tell(io, json, { kind: 'refused', message: made.reason });
  const { branch, commit } = made.value;
  const by = { kind: 'human', name: io.env['USER'] ?? 'engineer' } as const;
  log.append(session, { type: 'rolledBack', spec, from: from ?? 'none', to: row.semanticDigest, branch, commit }, by);
  const { semanticDigest, documentDigest, codeTree } = row;
  log.append(
    session,
    { type: 'specVersionRecorded', spec, semanticDigest, documentDigest, codeTree, verdict: 'pass' },
    by,
  );
  const git = isWithin(io.cwd, request.repository) ? 'git' : `git -C ${request.repository}`;
  if (json) io.stdout(`${toSafeJson({ ...planJson(prepared), done: true, commit, session })}\n`);
  else
    io.stdout(
      `${planText(prepared)}\nDone: ${branch} is at ${commit.slice(0, 12)}; your working tree, index and branch are as they were.\n` +
        `next: ${sanitize(git)} switch ${branch}   or   ${sanitize(git)} merge ${branch}\n`,
    );
  return EXIT.pass;
}

function showPlan(io: Io, json: boolean, prepared: Prepared): number {
  if (json) io.stdout(`${toSafeJson({ ...planJson(prepared), done: false })}\n`);
  else io.stdout(`${planText(prepared)}\nNothing was changed. To do it, add --yes\n`);
  return EXIT.pass;
}

function planText({ plan, request }: Prepared): string {
  const { spec, from, row, branch, changes, notRestored } = plan;
  const sign = { added: '+', modified: '~', deleted: '-' };
  const hold = row.properties === null ? '' : `, ${row.properties.passed} of ${row.properties.total} properties hold`;
  const left = from === null ? 'no contract' : from.slice(0, 12);
  return [
    `Roll ${sanitize(spec)} back from ${left} to ${row.semanticDigest.slice(0, 12)} with code ${row.codeTree.slice(0, 12)}`,
    `  known good: verified in session ${row.verifiedIn ?? 'unknown'}${hold}`,
    `  on a new branch ${sanitize(branch)}, as a commit on top of HEAD of ${sanitize(request.repository)}`,
    '',
    table(changes.map(({ path, kind }) => [`  ${sign[kind]}`, kind, sanitize(path)])).trimEnd(),
    '',
    'Not restored:',
    ...notRestored.map((what) => `  ${what}`),
    '',
  ].join('\n');
}

function planJson({ plan, request }: Prepared): Record<string, unknown> {
  const { spec, from, row, branch, changes, notRestored } = plan;
  const { semanticDigest, documentDigest, codeTree, verifiedIn, properties } = row;
  const to = { semanticDigest, documentDigest, codeTree, verifiedIn, properties };
  const { repository } = request;
  return { format: 'plumbline.rollback/1', spec, from, to, repository, branch, changes, notRestored };
}

function isWithin(cwd: string, folder: string): boolean {
  const path = relative(folder, cwd);
  return path === '' || (!path.startsWith('..') && !path.startsWith('.plumb'));
}

function tell(io: Io, json: boolean, refusal: { kind: 'refused' | 'undecided'; message: string }): number {
  if (json) io.stdout(`${toSafeJson({ format: 'plumbline.rollback/1', ...refusal })}\n`);
  io.stderr(`plumb rollback: ${sanitize(refusal.message)}\n`);
  return refusal.kind === 'refused' ? EXIT.refused : EXIT.undecided;
}

function findingLine(findings: readonly Finding[]): string {
  const [first] = findings.filter(({ severity }) => severity === 'error');
  if (first === undefined) return 'the spec cannot be found';
  return sanitize(first.hint === undefined ? first.message : `${first.message}; ${first.hint}`);
}

function usage(io: Io, message: string): number {
  io.stderr(`plumb rollback: ${message}\n`);
  return EXIT.usage;
}
