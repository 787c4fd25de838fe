import { resolve } from 'node:path';
import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import type { VerifyReport } from '../../events/index.ts';
import type { Finding } from '../../spec/model.ts';
import { loadSpec } from '../../spec/load.ts';
import { lintSpec } from '../../spec/lint.ts';
import { type ResolvedSpec, resolveSpec } from '../../spec/resolve.ts';
import type { SubjectSource, VerifyEvent } from '../../verify/model.ts';
import { durationMs, type Flags, readArguments, wholeNumber } from '../arguments.ts';
import { exitOfUnresolved, findingsText } from '../findings-text.ts';
import { EXIT, type Io } from '../io.ts';
import { openOutputs, REPORT_OPTIONS } from '../reports/outputs.ts';
import { verifyText } from '../verify-text.ts';

const OPTIONS = {
  start: { type: 'string' },
  url: { type: 'string' },
  clause: { type: 'string', multiple: true },
  seed: { type: 'string' },
  runs: { type: 'string' },
  time: { type: 'string' },
  json: { type: 'boolean' },
  ...REPORT_OPTIONS,
} as const;

/** `plumb verify SPEC`: runs the properties of a spec and exits by the verdict. */
export async function verifyCommand(args: string[], io: Io): Promise<number> {
  const usage = (message: string): number => {
    io.stderr(`plumb verify: ${sanitize(message)}\n`);
    return EXIT.usage;
  };
  const parsed = readArguments(args, OPTIONS);
  if (parsed.kind === 'usage') return usage(parsed.message);
  const { flags, positionals } = parsed.value;
  if (positionals.length > 1) return usage(`one spec at a time, not ${positionals.length}`);
  const seed = wholeNumber(flags, 'seed', -2_147_483_648, 2_147_483_647);
  if (seed.kind === 'usage') return usage(seed.message);
  const runs = wholeNumber(flags, 'runs', 1, 1_000_000);
  if (runs.kind === 'usage') return usage(runs.message);
  const time = durationMs(flags, 'time');
  if (time.kind === 'usage') return usage(time.message);
  if (flags['start'] !== undefined && flags['url'] !== undefined) return usage('--start or --url, not both');

  const resolution = resolveSpec(positionals[0], io.cwd);
  if (resolution.kind === 'unresolved') {
    io.stderr(`plumb verify: ${findingsText(resolution.findings)}\n`);
    return exitOfUnresolved(resolution.findings);
  }
  const { resolved } = resolution;
  const subject = subjectOf(flags, resolved, io.cwd);
  if (typeof subject === 'string') return usage(subject);
  const loaded = await loadSpec(resolved.file, { name: resolved.name });
  if (loaded.kind === 'invalid') {
    io.stderr(`plumb verify: ${findingsText([...resolution.findings, ...loaded.findings])}\n`);
    return EXIT.undecided;
  }
  const unready = [...loaded.findings, ...lintSpec(loaded.spec)].filter(({ severity }) => severity === 'error');
  if (unready.length > 0)
    io.stderr(`plumb verify: the spec is not ready, so not all of it can be checked\n${findingsText(unready)}\n`);

  const outputs = openOutputs(flags, io.cwd);
  if (typeof outputs === 'string') return usage(outputs);
  const clauses = texts(flags['clause']);
  const progress = flags['json'] === true ? () => {} : progressOn(io);
  const { verify } = await import('../../verify/index.ts');
  const verified = await verify({
    spec: loaded.spec,
    subject,
    ...(seed.value === undefined ? {} : { seed: seed.value }),
    ...(runs.value === undefined ? {} : { runs: runs.value }),
    ...(time.value === undefined ? {} : { timeMs: time.value }),
    ...(clauses.length === 0 ? {} : { clauses }),
    signal: io.signal,
    onEvent: (event) => {
      outputs.take(event);
      progress(event);
    },
  });
  const report = withUnread(verified, loaded.findings);
  if (io.isTty && flags['json'] !== true) io.stderr('\r\x1b[K');
  const unwritten = outputs.write(report, loaded.spec, resolved.root);
  if (unwritten !== undefined) io.stderr(`plumb verify: ${sanitize(unwritten)}\n`);
  io.stdout(flags['json'] === true ? `${toSafeJson(report)}\n` : verifyText(report, loaded.spec, io.cwd));
  if (io.signal.aborted) return EXIT.interrupted;
  if (unwritten !== undefined) return EXIT.undecided;
  return { pass: EXIT.pass, fail: EXIT.fail, error: EXIT.undecided }[report.verdict];
}

/** What of the spec could not be read has no property, so that the rest passing says nothing of the whole. */
function withUnread(report: VerifyReport, findings: readonly Finding[]): VerifyReport {
  const unread = findings.filter(({ severity }) => severity === 'error');
  if (unread.length === 0) return report;
  const warnings = unread.map(({ pointer, message }) => `not checked, as it cannot be read: ${pointer}: ${message}`);
  return {
    ...report,
    verdict: report.verdict === 'pass' ? 'error' : report.verdict,
    warnings: [...report.warnings, ...warnings],
  };
}

/** The subject that the flags or the manifest name, or what is wrong with them. */
function subjectOf(flags: Flags, resolved: ResolvedSpec, cwd: string): SubjectSource | string {
  if (typeof flags['url'] === 'string')
    return URL.canParse(flags['url']) ? { kind: 'url', url: flags['url'] } : `--url wants a URL, not ${flags['url']}`;
  if (typeof flags['start'] === 'string') return { kind: 'command', start: flags['start'], cwd };
  const { subject } = resolved;
  if (subject.kind === 'url') return { kind: 'url', url: subject.url };
  if (subject.kind !== 'command')
    return `subjects of kind ${subject.kind} cannot be verified yet; use --start or --url`;
  return {
    kind: 'command',
    start: subject.start,
    cwd: resolve(resolved.root, resolved.subjectFolder),
    ...(subject.env === undefined ? {} : { env: subject.env }),
    ...(subject.readyPath === undefined ? {} : { readyPath: subject.readyPath }),
  };
}

function texts(value: Flags[string]): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

/** Progress on standard error while a person looks on: one line that is written over. */
function progressOn(io: Io): (event: VerifyEvent) => void {
  if (!io.isTty) return () => {};
  let decided = 0;
  let total = 0;
  return (event) => {
    if (event.type === 'started') total = event.properties.length;
    if (event.type === 'decided') decided++;
    if (event.type !== 'progress') return;
    const text = `${decided}/${total} properties · ${event.casesPerSecond} cases/s · ${event.property}`;
    io.stderr(`\r\x1b[K${sanitize(text).slice(0, Math.max(10, io.columns - 1))}`);
  };
}
