import { sanitize } from '../../events/sanitize.ts';
import type { VerifyReport } from '../../events/index.ts';
import type { Finding } from '../../spec/model.ts';
import { readArguments, textsOf, wholeNumber } from '../arguments.ts';
import { codeScopeOf } from '../code-scope.ts';
import { EXIT, type Io } from '../io.ts';
import { jsonParts } from '../reports/json-parts.ts';
import { openOutputs, REPORT_OPTIONS } from '../reports/outputs.ts';
import { progressOn } from '../verify-progress.ts';
import { readTarget, TARGET_OPTIONS } from '../verify-target.ts';
import { SUBJECT_OPTIONS } from '../subject-of.ts';
import { verifyText } from '../verify-text.ts';

const OPTIONS = {
  ...TARGET_OPTIONS,
  ...SUBJECT_OPTIONS,
  clause: { type: 'string', multiple: true },
  endpoint: { type: 'string' },
  coverage: { type: 'boolean' },
  mutants: { type: 'boolean' },
  'max-mutants': { type: 'string' },
  'mutation-score': { type: 'string' },
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
  const target = await readTarget('verify', positionals, flags, io);
  if (target.kind === 'exit') return target.exit;
  const { spec, resolved, subject, amount } = target;

  const most = wholeNumber(flags, 'max-mutants', 1, 1_000_000);
  if (most.kind === 'usage') return usage(most.message);
  const leastScore = wholeNumber(flags, 'mutation-score', 0, 100);
  if (leastScore.kind === 'usage') return usage(leastScore.message);
  const wantsMutants = most.value !== undefined || leastScore.value !== undefined;
  if (wantsMutants && flags['mutants'] !== true) return usage('--max-mutants and --mutation-score go with --mutants');
  if (flags['mutants'] === true && spec.contract === 'json-schema')
    return usage('--mutants is for services and functions, not for data');
  const outputs = openOutputs(flags, io.cwd);
  if (typeof outputs === 'string') return usage(outputs);
  const clauses = textsOf(flags['clause']);
  const progress = flags['json'] === true ? () => {} : progressOn(io);
  const { verify } = await import('../../verify/index.ts');
  const verified = await verify({
    spec,
    subject,
    ...amount,
    ...(clauses.length === 0 ? {} : { clauses }),
    ...(typeof flags['endpoint'] === 'string' ? { endpoint: flags['endpoint'] } : {}),
    code: codeScopeOf(subject, resolved),
    coverage: flags['coverage'] === true,
    ...(flags['mutants'] === true ? { mutants: most.value === undefined ? {} : { most: most.value } } : {}),
    signal: io.signal,
    onEvent: (event) => {
      outputs.take(event);
      progress(event);
    },
  });
  const report = withUnread(verified, target.findings);
  if (io.isTty && flags['json'] !== true) io.stderr('\r\x1b[K');
  const unwritten = outputs.write(report, spec, resolved.root);
  if (unwritten !== undefined) io.stderr(`plumb verify: ${sanitize(unwritten)}\n`);
  if (flags['json'] === true) {
    for (const part of jsonParts(report)) io.stdout(part);
    io.stdout('\n');
  } else io.stdout(verifyText(report, spec, io.cwd));
  if (io.signal.aborted) return EXIT.interrupted;
  if (unwritten !== undefined) return EXIT.undecided;
  if (report.verdict === 'pass' && isTooWeak(report, leastScore.value)) return EXIT.fail;
  return { pass: EXIT.pass, fail: EXIT.fail, error: EXIT.undecided }[report.verdict];
}

/** True where the properties notice fewer mutants than was asked for; a time that was up leaves it open. */
function isTooWeak({ mutation }: VerifyReport, least: number | undefined): boolean {
  return least !== undefined && (mutation?.score ?? 0) * 100 < least;
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
