/** Gathers what a rollback needs from the log, git and the snapshot store, and plans it. Writes nothing. */
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import type { Event } from '../events/index.ts';
import { lineage, LINEAGE_EVENTS } from '../lineage/lineage.ts';
import {
  planRollback,
  rollbackTarget,
  type Files,
  type RollbackPlan,
  type RollbackTarget,
} from '../lineage/plan-rollback.ts';
import type { SqliteLog } from '../record/sqlite-log.ts';
import { resolveSpec, type ResolvedSpec } from '../spec/resolve.ts';
import type { RollbackRequest } from '../workspace/index.ts';
import { git, splitNul } from '../workspace/git.ts';
import { createGuard } from '../workspace/guard.ts';
import { contentOf, openObjects } from '../workspace/objects.ts';
import { splitTexts } from '../spec/bundle/files.ts';
import { contractAt, contractVersions, digestsOf, readBlobs, type ContractVersion } from './contract-history.ts';

type CommitFiles = RollbackRequest['files'];

export type PreparedRollback =
  | { kind: 'prepared'; plan: RollbackPlan; request: RollbackRequest }
  | { kind: 'refused' | 'undecided'; message: string };

/**
 * Plans going back to a version, in the repository whose session verified it (the demo's is not the one that the person
 * stands in). HEAD is read, the working tree and the index are not.
 */
export function prepareRollback(
  name: string,
  given: ResolvedSpec | null,
  options: { to: string; log: SqliteLog },
): PreparedRollback {
  const { to, log } = options;
  const events = log.eventsOfSpec(name, LINEAGE_EVENTS);
  const rows = lineage(name, events, given === null ? [] : contractVersions(given.root, given.file, name));
  const decision = rollbackTarget({ spec: name, to, rows });
  if (decision.kind === 'refused') return decision;
  const { row } = decision.target;
  // The verdict is only as good as the record that it stands in; reading that record checks its chain.
  const verified = row.verifiedIn === null ? [] : log.read(row.verifiedIn);
  const resolved = placeOf(name, verified, given);
  if (resolved === null)
    return undecided(
      `the repository that session ${row.verifiedIn ?? ''} worked in is gone, and no contract of ${name} is here; nothing was changed`,
    );
  const { root, file } = resolved;
  const contract = relative(root, file).split(sep).join('/');
  if (contract.startsWith('..'))
    return refused(
      `the contract ${file} lies outside the repository ${root}, so spec and code cannot go back as a pair; copy it into the repository first`,
    );
  const head = git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: root });
  if (head.kind !== 'ok')
    return refused(
      `a rollback is a commit on a new branch, and ${root} is no git repository with a commit; make one: git init, git add, git commit`,
    );
  const parent = head.stdout.toString().trim();

  const current = contractAt(root, parent, { file, name });
  const text =
    current?.documentDigest === row.documentDigest
      ? current.text
      : contractText(row.documentDigest, { events, history: contractVersions(root, file, name), file, name });
  if (text === null)
    return undecided(
      `the text of ${name} @ ${row.semanticDigest.slice(0, 12)} is neither in the log nor in the history of HEAD; nothing was changed`,
    );
  const store = dirname(log.file);
  const code = codeFiles(store, row.codeTree);
  if (code.kind === 'lost') return undecided(`${code.message}; nothing was changed`);
  const parts = splitTexts(text) ?? [{ path: contract, text }];
  const now = filesAt(root, parent, { resolved, contract: parts.map(({ path }) => path) });
  const then: CommitFiles = {
    ...code.files,
    ...Object.fromEntries(
      parts.map((part) => [
        part.path,
        { content: Buffer.from(part.text), executable: now[part.path]?.executable ?? false },
      ]),
    ),
  };
  const target = { ...decision.target, branch: unusedBranch(root, decision.target) };
  const plan = planRollback(target, { digest: current?.semanticDigest ?? null, files: hashed(now) }, hashed(then));
  if (plan.changes.length === 0)
    return refused(
      `HEAD of ${root} already holds ${name} @ ${row.semanticDigest.slice(0, 12)} with that code; there is nothing to roll back`,
    );
  const changed = plan.changes.map(({ path }) => path);
  const request: RollbackRequest = {
    repository: root,
    paths: changed,
    files: Object.fromEntries(Object.entries(then).filter(([path]) => changed.includes(path))),
    branch: plan.branch,
    parent,
    digest: row.semanticDigest,
    message: messageOf(plan),
    storeDir: relative(root, store),
  };
  return { kind: 'prepared', plan, request };
}

/** The spec where its session worked, if that repository is still there; else where the person's words led. */
function placeOf(name: string, verified: readonly Event[], given: ResolvedSpec | null): ResolvedSpec | null {
  const started = verified.find((event) => event.type === 'sessionStarted');
  if (started?.type !== 'sessionStarted' || started.repository === null) return given;
  if (started.repository === given?.root || !existsSync(started.repository)) return given;
  const there = resolveSpec(started.specFile, started.repository);
  return there.kind === 'resolved' ? { ...there.resolved, name } : given;
}

/** The files of the contract and the writable code as a commit has them; symlinks and submodules are not ours. */
function filesAt(
  root: string,
  commit: string,
  { resolved, contract }: { resolved: ResolvedSpec; contract: string[] },
): CommitFiles {
  const guard = createGuard(root, resolved.code, contract);
  const tree = git(['ls-tree', '-r', '-z', commit], { cwd: root });
  const lines = tree.kind === 'ok' ? splitNul(tree.stdout) : [];
  const entries = lines.flatMap((line) => {
    const parts = /^(100644|100755) blob ([0-9a-f]+)\t(.+)$/s.exec(line);
    const path = parts?.[3] ?? '';
    return parts !== null && (contract.includes(path) || guard.writable(path))
      ? [{ path, oid: parts[2] ?? '', executable: parts[1] === '100755' }]
      : [];
  });
  const contents = readBlobs(
    root,
    entries.map(({ oid }) => oid),
  );
  return Object.fromEntries(
    entries.flatMap(({ path, executable }, index) => {
      const content = contents[index];
      return content === null || content === undefined ? [] : [[path, { content, executable }] as const];
    }),
  );
}

/** The exact text that has a document digest: as it was recorded, else as git has it. */
function contractText(
  documentDigest: string,
  from: { events: readonly Event[]; history: readonly ContractVersion[]; file: string; name: string },
): string | null {
  const recorded = from.events.findLast(
    (event) => event.type === 'specLoaded' && event.documentDigest === documentDigest,
  );
  // A secret that was taken out of the record would otherwise come back as a hole in the contract.
  if (
    recorded?.type === 'specLoaded' &&
    digestsOf(recorded.text, from.file, from.name)?.documentDigest === documentDigest
  )
    return recorded.text;
  const committed = from.history.find((version) => version.documentDigest === documentDigest);
  return committed?.text ?? null;
}

function codeFiles(
  store: string,
  tree: string,
): { kind: 'files'; files: CommitFiles } | { kind: 'lost'; message: string } {
  const objects = openObjects(store);
  try {
    const snapshot = objects.readTree(tree);
    if (snapshot === null)
      return {
        kind: 'lost',
        message: `the snapshot ${tree.slice(0, 12)} is not in ${store}/objects, so the code of that version is not on this machine`,
      };
    const entries = Object.entries(snapshot.files).map(
      ([path, { blob, executable }]) => [path, { content: contentOf(objects, blob), executable }] as const,
    );
    return { kind: 'files', files: Object.fromEntries(entries) };
  } catch (error) {
    return { kind: 'lost', message: error instanceof Error ? error.message : String(error) };
  }
}

function hashed(files: CommitFiles): Files {
  return Object.fromEntries(
    Object.entries(files).map(([path, { content, executable }]) => [
      path,
      { blob: hash('sha256', content), executable },
    ]),
  );
}

function unusedBranch(root: string, { branch }: RollbackTarget): string {
  const taken = (name: string): boolean =>
    git(['rev-parse', '--verify', '--quiet', `refs/heads/${name}`], { cwd: root }).kind === 'ok';
  if (!taken(branch)) return branch;
  for (let number = 2; ; number++) if (!taken(`${branch}-${number}`)) return `${branch}-${number}`;
}

function messageOf({ spec, row, from }: RollbackPlan): string {
  const to = row.semanticDigest.slice(0, 12);
  return [
    `${spec}: roll back to ${to}`,
    '',
    `Spec ${from === null ? 'none' : from.slice(0, 12)} -> ${to}, code tree ${row.codeTree.slice(0, 12)}.`,
    `The pair was verified in session ${row.verifiedIn ?? 'unknown'}: ${row.properties?.passed ?? 0} of ${row.properties?.total ?? 0} properties hold.`,
  ].join('\n');
}

function refused(message: string): PreparedRollback {
  return { kind: 'refused', message };
}

function undecided(message: string): PreparedRollback {
  return { kind: 'undecided', message };
}
