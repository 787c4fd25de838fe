import { resolve } from 'node:path';
import type { DriftItem, JsonValue } from '../../events/index.ts';
import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import { readText } from '../../spec/disk.ts';
import type { Spec } from '../../spec/model.ts';
import { createDriftRecorder } from '../../verify/drift/drift.ts';
import { pathsFor } from '../../verify/drift/routes.ts';
import { readHar } from '../../verify/drift/har.ts';
import { readArguments } from '../arguments.ts';
import { driftText } from '../drift-text.ts';
import { EXIT, type Io } from '../io.ts';
import { progressOn } from '../verify-progress.ts';
import { readTarget, TARGET_OPTIONS, type Target } from '../verify-target.ts';

const OPTIONS = { ...TARGET_OPTIONS, har: { type: 'string' }, json: { type: 'boolean' } } as const;
const MAX_HAR_BYTES = 256 * 1024 * 1024;

interface Seen {
  kind: 'seen';
  items: DriftItem[];
  /** Answers that were looked at. */
  answers: number;
  source: string;
  warnings: string[];
}

/** `plumb drift SPEC`: names what the service does, or recorded traffic shows, that the contract does not say. */
export async function driftCommand(args: string[], io: Io): Promise<number> {
  const parsed = readArguments(args, OPTIONS);
  if (parsed.kind === 'usage') {
    io.stderr(`plumb drift: ${sanitize(parsed.message)}\n`);
    return EXIT.usage;
  }
  const { flags, positionals } = parsed.value;
  const target = await readTarget('drift', positionals, flags, io);
  if (target.kind === 'exit') return target.exit;
  const seen =
    typeof flags['har'] === 'string' ? recorded(resolve(io.cwd, flags['har']), target.spec) : await lively(target, io);
  if (io.isTty) io.stderr('\r\x1b[K');
  if (io.signal.aborted) return EXIT.interrupted;
  if (seen.kind === 'undecided') {
    io.stderr(`plumb drift: ${sanitize(seen.reason)}\n`);
    return EXIT.undecided;
  }
  const { items, answers, source, warnings } = seen;
  const { name, semanticDigest } = target.spec;
  const document = {
    format: 'plumbline.drift/1',
    spec: { name, semanticDigest },
    source,
    answers,
    drift: items,
    warnings,
  };
  io.stdout(flags['json'] === true ? `${toSafeJson(document)}\n` : driftText(seen, target.spec, io.cwd));
  return items.length === 0 ? EXIT.pass : EXIT.fail;
}

/** Exercises the service as `plumb verify` does, and looks at every answer. */
async function lively(
  { spec, subject, amount }: Target,
  io: Io,
): Promise<Seen | { kind: 'undecided'; reason: string }> {
  const { verify } = await import('../../verify/index.ts');
  const options = { spec, subject, skipObjectives: true, drift: true, signal: io.signal, onEvent: progressOn(io) };
  const report = await verify({ ...options, ...amount });
  const answers = report.coverage.operations.covered;
  if (answers === 0) {
    const [own, others] = [report.properties.filter(({ kind }) => kind === 'acceptance'), report.properties];
    const told = [...own, ...others].find((one) => (one.reason ?? one.counterexample) !== undefined);
    const reason = told?.reason ?? told?.counterexample?.actual ?? report.warnings[0];
    const why = reason ?? 'plumb verify says what each answered instead';
    return { kind: 'undecided', reason: `no operation answered as documented, so nothing is known: ${why}` };
  }
  const unseen = report.coverage.operations.total - answers;
  const operations = counted(unseen, 'operation', 'operations');
  const warnings = unseen === 0 ? [] : [`${operations} never answered as documented; plumb verify says why`];
  return { kind: 'seen', items: report.drift ?? [], answers: report.cases, source: report.subject, warnings };
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function recorded(path: string, spec: Spec): Seen | { kind: 'undecided'; reason: string } {
  const text = readText(path, MAX_HAR_BYTES);
  const undecided = (reason: string): { kind: 'undecided'; reason: string } => ({ kind: 'undecided', reason });
  if (text.kind !== 'text')
    return undecided(`${path} cannot be read: ${text.kind === 'none' ? 'it is not there' : text.message}`);
  let archive: JsonValue;
  try {
    // Some recorders begin a file with a byte order mark (RFC 8259 §8.1 lets readers ignore it).
    archive = JSON.parse(text.text.replace(/^\uFEFF/, '')) as JsonValue;
  } catch (error) {
    return undecided(`${path} cannot be read: it is not JSON (${error instanceof Error ? error.message : ''})`);
  }
  const read = readHar(archive);
  if (read.kind === 'invalid') return undecided(`${path}: ${read.message}`);
  // A browser's archive holds other hosts too: the contract is about the origins on which one of its paths was asked.
  const own = new Set(
    read.exchanges.filter((one) => pathsFor(spec, one.path.split('?')[0] ?? '').length > 0).map((one) => one.origin),
  );
  if (own.size === 0) return undecided(`no request in ${path} is on a path of the contract`);
  const recorders = [...own].map((origin) => {
    const recorder = createDriftRecorder(spec, origin);
    for (const exchange of read.exchanges) if (exchange.origin === origin) recorder.see(exchange);
    return recorder;
  });
  const answers = read.exchanges.filter((one) => own.has(one.origin)).length;
  const warnings = [
    ...(read.skipped === 0
      ? []
      : [`${counted(read.skipped, 'entry', 'entries')} without a usable URL or status skipped`]),
    ...(read.unread === 0
      ? []
      : [`${counted(read.unread, 'body', 'bodies')} of JSON not looked at, being cut or broken`]),
  ];
  return { kind: 'seen', items: recorders.flatMap((one) => one.items()), answers, source: path, warnings };
}
