import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import { lineage, LINEAGE_EVENTS, type LineageRow } from '../../lineage/lineage.ts';
import type { SqliteLog } from '../../record/sqlite-log.ts';
import { formatUsd } from '../../session/format.ts';
import { loadSpec } from '../../spec/load.ts';
import { resolveSpec } from '../../spec/resolve.ts';
import { readArguments } from '../arguments.ts';
import { contractVersions } from '../contract-history.ts';
import { EXIT, type Io } from '../io.ts';
import { withLog } from '../stored-log.ts';
import { table } from '../table.ts';
import { localTime } from './sessions.ts';

interface SpecLineage {
  spec: string;
  /** Digests of the contract as it is in the working tree; null where it cannot be read. */
  current: { semanticDigest: string; documentDigest: string } | null;
  versions: LineageRow[];
}

/** `plumb lineage [SPEC] [--json]`: the versions of a spec, or of every spec that was worked on. */
export async function lineageCommand(args: string[], io: Io): Promise<number> {
  const parsed = readArguments(args, { json: { type: 'boolean' } });
  if (parsed.kind === 'usage' || parsed.value.positionals.length > 1) {
    io.stderr(`plumb lineage: ${parsed.kind === 'usage' ? parsed.message : 'wants one spec, or none for all'}\n`);
    return EXIT.usage;
  }
  const [given] = parsed.value.positionals;
  const show = async (log: SqliteLog | null): Promise<number> => {
    const names = given === undefined ? (log?.specs() ?? []) : [given];
    const lineages: SpecLineage[] = [];
    for (const name of names) lineages.push(await lineageOf(name, log, io.cwd));
    const known = lineages.filter((one) => one.versions.length > 0 || one.current !== null);
    if (given !== undefined && known.length === 0) {
      io.stderr(
        `plumb lineage: there is no spec ${JSON.stringify(given)} here, and none was recorded; ${knownSpecs(log)}\n`,
      );
      return EXIT.undecided;
    }
    if (parsed.value.flags['json'] === true)
      io.stdout(`${toSafeJson({ format: 'plumbline.lineage/1', specs: known })}\n`);
    else io.stdout(known.length === 0 ? NONE : known.map(lineageText).join('\n'));
    return EXIT.pass;
  };
  return withLog(io, 'lineage', { work: show, none: () => show(null) });
}

/** The lineage of a spec that a person named, from the log and from git. */
async function lineageOf(given: string, log: SqliteLog | null, cwd: string): Promise<SpecLineage> {
  const resolution = resolveSpec(given, cwd);
  const resolved = resolution.kind === 'resolved' ? resolution.resolved : null;
  const spec = resolved?.name ?? given;
  const events = log?.eventsOfSpec(spec, LINEAGE_EVENTS) ?? [];
  const git = resolved === null ? [] : contractVersions(resolved.root, resolved.file, spec);
  const read = resolved === null ? null : await loadSpec(resolved.file, { name: spec });
  const current =
    read?.kind === 'spec'
      ? { semanticDigest: read.spec.semanticDigest, documentDigest: read.spec.documentDigest }
      : null;
  return { spec, current, versions: lineage(spec, events, git) };
}

function lineageText({ spec, current, versions }: SpecLineage): string {
  const name = sanitize(spec);
  if (versions.length === 0) {
    const now = current === null ? '' : ` (the contract is now ${current.semanticDigest.slice(0, 12)})`;
    return `${name} has no recorded versions yet${now}. Record one with: plumb run ${name}\n`;
  }
  const head = ['', 'VERSION', 'CODE', 'WHEN', 'VERDICT', 'HOLD', 'GOOD', 'COST', 'BY', 'SESSION'];
  const rows = versions.map((row) => [
    row.semanticDigest === current?.semanticDigest ? 'now' : '',
    row.semanticDigest.slice(0, 12),
    row.codeTree?.slice(0, 12) ?? '–',
    localTime(row.at),
    { pass: '✓ pass', fail: '✗ fail', error: '! error', none: '–' }[row.verdict ?? 'none'],
    row.properties === null ? '–' : `${row.properties.passed}/${row.properties.total}`,
    row.knownGood ? 'yes' : 'no',
    row.origin === 'git' ? '–' : row.costUsdMicros === null ? 'unpriced' : formatUsd(row.costUsdMicros),
    sanitize(row.author),
    row.session ?? `git ${row.commit?.slice(0, 8) ?? ''}`,
  ]);
  const good = versions.find((row) => row.knownGood && row.semanticDigest !== current?.semanticDigest);
  const next =
    good === undefined ? '' : `\nto go back: plumb rollback ${name} --to ${good.semanticDigest.slice(0, 12)}\n`;
  return `${name}: ${versions.length === 1 ? 'one version' : `${versions.length} versions, newest first`}\n${table([head, ...rows], [5, 7])}${next}`;
}

const NONE = 'No spec was worked on here yet. Begin with: plumb open SPEC, plumb run SPEC, or plumb demo\n';

function knownSpecs(log: SqliteLog | null): string {
  const names = log?.specs() ?? [];
  return names.length === 0
    ? 'give the path of a contract'
    : `recorded: ${names.map((name) => sanitize(name)).join(', ')}`;
}
