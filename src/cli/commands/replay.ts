import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describeBreak } from '../../events/chain.ts';
import type { Event } from '../../events/index.ts';
import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import { lineage } from '../../lineage/lineage.ts';
import { auditVerdicts } from '../../record/audit.ts';
import { LogFault } from '../../record/log-fault.ts';
import { blobsOf, readBundle, saveNew, writeBundle } from '../../record/session-bundle.ts';
import { sessionMarkdown } from '../../record/session-markdown.ts';
import { eventLine } from '../../session/event-line.ts';
import { renderSessionText } from '../../session/session-text.ts';
import { fold } from '../../session/state.ts';
import { readArguments, wholeNumber, type Flags } from '../arguments.ts';
import { EXIT, type Io } from '../io.ts';
import { paneRows } from '../lineage-pane.ts';
import { isFileName, sessionOfFile, sessionOfLog, type Found, type RecordedSession } from '../recorded-session.ts';
import { withLog } from '../stored-log.ts';
import { noScreen } from '../../tui/fits.ts';

const OPTIONS = {
  at: { type: 'string' },
  verify: { type: 'boolean' },
  export: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
  plain: { type: 'boolean' },
} as const;

/**
 * `plumb replay ID|FILE`: what a recorded session was at an instant. It folds recorded events; it runs nothing, and
 * needs neither network nor key.
 */
export async function replayCommand(args: string[], io: Io): Promise<number> {
  const parsed = readArguments(args, OPTIONS);
  if (parsed.kind === 'usage') return usage(io, parsed.message);
  const { flags, positionals } = parsed.value;
  const [name] = positionals;
  if (name === undefined || positionals.length > 1)
    return usage(io, 'wants one session id or file; list the sessions with: plumb sessions');
  const at = wholeNumber(flags, 'at', 1, Number.MAX_SAFE_INTEGER);
  if (at.kind === 'usage') return usage(io, at.message);
  const form = flags['export'];
  if (form !== undefined && form !== 'json' && form !== 'md') return usage(io, '--export wants json or md');
  if (flags['out'] !== undefined && form === undefined)
    return usage(io, '--out says where an export goes; add --export json or md');

  const go = (found: Found): number | Promise<number> => {
    if (found.kind === 'session') return replay(found.session, { flags, at: at.value }, io);
    io.stderr(`plumb replay: ${sanitize(found.message)}\n`);
    return found.kind === 'broken' ? EXIT.fail : EXIT.undecided;
  };
  if (isFileName(name, io.cwd)) return go(sessionOfFile(name, io.cwd));
  return withLog(io, 'replay', {
    work: (log) => go(sessionOfLog(name, log)),
    none: () => {
      io.stderr(
        `plumb replay: there is no log here yet; start a session with plumb open or plumb demo, or name a file such as sessions/NAME.plumb.json\n`,
      );
      return EXIT.undecided;
    },
  });
}

async function replay(
  session: RecordedSession,
  options: { flags: Flags; at: number | undefined },
  io: Io,
): Promise<number> {
  const { flags, at } = options;
  if (flags['verify'] === true) return verify(session, flags['json'] === true, io);
  if (session.broken !== null) {
    io.stderr(
      `plumb replay: the record is not whole: ${sanitize(describeBreak(session.broken))}; what is left of it: plumb replay ${session.name} --verify\n`,
    );
    return EXIT.fail;
  }
  const last = session.events.at(-1)?.seq ?? 0;
  if (at !== undefined && at > last) return usage(io, `--at wants an event from 1 to ${last}`);
  const events = at === undefined ? session.events : session.events.slice(0, at);
  if (typeof flags['export'] === 'string') return exportSession({ ...session, events }, flags, io);
  if (flags['json'] === true) {
    const { hash, seq } = events.at(-1) ?? { hash: '', seq: 0 };
    io.stdout(
      `${toSafeJson({ format: 'plumbline.replay/1', session: events[0]?.session ?? '', seq, of: last, head: hash, events })}\n`,
    );
    return EXIT.pass;
  }
  if (io.isTty && at === undefined && flags['plain'] !== true && noScreen(io, io.env) === null) {
    const { openReplay } = await import('../../tui/replay-app.tsx');
    await openReplay(events, { host: process, signal: io.signal, lineage: versionsOf(session) });
    return EXIT.pass;
  }
  if (at === undefined) io.stdout(`${events.flatMap((event) => eventLine(event) ?? []).join('\n')}\n\n`);
  io.stdout(`${renderSessionText(fold(events), io.columns).trimEnd()}\n`);
  return EXIT.pass;
}

/** What is known of the spec's versions: from the whole log, or from a bundle's own events. */
function versionsOf({ events, ofSpec }: RecordedSession): ReturnType<typeof paneRows> {
  const { spec, version } = fold(events).header;
  return paneRows(lineage(spec, ofSpec(spec)), version, Date.now());
}

function exportSession(session: RecordedSession, flags: Flags, io: Io): number {
  const text = flags['export'] === 'md' ? sessionMarkdown(session.events) : writeBundle(session.events, session.blob);
  if (typeof flags['out'] !== 'string') {
    io.stdout(text);
    return EXIT.pass;
  }
  try {
    const saved = saveNew(resolve(io.cwd, flags['out']), text);
    if (saved.kind === 'saved') io.stderr(`wrote ${flags['out']}; open it with: plumb replay ${flags['out']}\n`);
    else io.stderr(`plumb replay: ${saved.message}\n`);
    return saved.kind === 'saved' ? EXIT.pass : EXIT.refused;
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    io.stderr(`plumb replay: ${error.message}\n`);
    return EXIT.undecided;
  }
}

/** 0 where the record is whole and its verdicts follow from it, 1 with each finding, 3 where it holds nothing to check. */
function verify(session: RecordedSession, json: boolean, io: Io): number {
  const { events, broken } = session;
  const head = events.at(-1)?.hash ?? null;
  const findings = [
    ...(broken === null ? [] : [`the chain is broken: ${describeBreak(broken)}`]),
    ...blobFindings(session),
    ...auditVerdicts(events),
    ...foldFindings(session),
  ];
  const verdict = findings.length > 0 ? 'fail' : events.length === 0 ? 'error' : 'pass';
  const named = [...new Set(events.flatMap(blobsOf))];
  const blobs = { named: named.length, present: named.filter((hash) => isKept(session, hash)).length };
  if (json)
    io.stdout(
      `${toSafeJson({ format: 'plumbline.replay-verify/1', session: session.name, verdict, events: events.length, blobs, head, findings })}\n`,
    );
  else if (verdict === 'pass')
    io.stdout(
      `✓ whole: ${events.length} events, chain, blobs, verdicts and state agree; ${blobs.present} of ${blobs.named} blobs are kept; head ${head ?? ''}\n`,
    );
  else io.stdout(findings.map((finding) => `✗ ${sanitize(finding)}\n`).join('') || '! the session holds no events\n');
  return { pass: EXIT.pass, fail: EXIT.fail, error: EXIT.undecided }[verdict];
}

/** A blob that is not there is no finding: a bundle leaves out what held a secret. One with other bytes is. */
function blobFindings(session: RecordedSession): string[] {
  return session.events.flatMap((event) =>
    blobsOf(event).flatMap((hash) => {
      try {
        session.blob(hash);
        return [];
      } catch (error) {
        return [`event ${event.seq}: ${error instanceof Error ? error.message : String(error)}`];
      }
    }),
  );
}

/** Whether a blob that an event names is there; secrets, and what a bundle left out, are not. */
function isKept(session: RecordedSession, hash: string): boolean {
  try {
    return session.blob(hash) !== undefined;
  } catch {
    return false;
  }
}

/** The state after a way out and back in must be the state that the log gives. */
function foldFindings({ events, broken }: RecordedSession): string[] {
  if (events.length === 0 || broken !== null) return [];
  const copy = readBundle(
    writeBundle(events, () => undefined),
    'its export',
  );
  if (copy.kind !== 'bundle') return [`it cannot be exported: ${copy.message}`];
  return isDeepStrictEqual(plain(copy.bundle.events), plain(events))
    ? []
    : ['the state folded from its export differs'];
}

function plain(events: readonly Event[]): unknown {
  return JSON.parse(JSON.stringify(fold(events)));
}

function usage(io: Io, message: string): number {
  io.stderr(`plumb replay: ${message}\n`);
  return EXIT.usage;
}
