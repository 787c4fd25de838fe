/** `--mutants`: verifies a service, then tries which small changes of its code the properties notice. */
import type { MutationReport, VerifyReport } from '../../events/index.ts';
import type { TracedFile } from '../code/map.ts';
import { verifyTraced } from '../code/traced.ts';
import { withoutMark } from '../code/lines.ts';
import type { CodeScope, HttpSource, VerifyOptions } from '../model.ts';
import type { RunParts } from '../run/run.ts';
import type { Examiner } from './examiner.ts';
import { findMutants } from './find.ts';
import { createHttpExaminer } from './http-examiner.ts';
import { instrument } from './instrument.ts';
import { tryMutants } from './mutants.ts';
import { type Reached, reachOf } from './reach.ts';
import { sampleOf } from './sample.ts';
import { makeScratch, type Scratch } from './scratch.ts';

const MAX_MUTANTS = 2000;
const LEAST_TIMEOUT_MS = 1500;

type Options = VerifyOptions & { subject: HttpSource; code: CodeScope };

/** The report of the verification, with what became of the mutants where the code passes. */
export async function verifyMutants(options: Options, parts: RunParts): Promise<VerifyReport> {
  const { subject, code } = options;
  if (subject.kind !== 'command') return unable(await traced(options, parts), 'mutants need a service that is started');
  const scratch = makeScratch([subject.cwd, code.root]);
  if ('problem' in scratch) return unable(await traced(options, parts), scratch.problem);
  try {
    const copied: Options & { subject: typeof subject } = {
      ...options,
      subject: {
        ...subject,
        cwd: scratch.placeOf(subject.cwd),
        start: subject.start.replaceAll(code.root, scratch.placeOf(code.root)),
      },
      code: { ...code, root: scratch.placeOf(code.root) },
    };
    const { report, traced: found } = await verifyTraced(copied, parts, copied.code);
    const shown = { ...report, subject: subject.start };
    if (report.verdict !== 'pass') return unable(shown, 'no mutants were tried, as the code itself does not pass');
    if (found.map === undefined) return unable(shown, 'no mutants were tried, as no code of the spec was seen to run');
    const { reached, warnings } = plant(found.files, found.takes, scratch, code);
    const startedAt = parts.now();
    const mutation = await measure(copied, parts, report, reached);
    if (typeof mutation === 'string') return unable({ ...shown, warnings: [...shown.warnings, ...warnings] }, mutation);
    const durationMs = Math.round(parts.now() - startedAt);
    return { ...shown, warnings: [...shown.warnings, ...warnings], mutation: { ...mutation, durationMs } };
  } finally {
    scratch.remove();
  }
}

async function traced(options: Options, parts: RunParts): Promise<VerifyReport> {
  return (await verifyTraced(options, parts, options.code)).report;
}

/** What was asked for could not be done, so that a pass would say too much. */
function unable(report: VerifyReport, reason: string): VerifyReport {
  const verdict = report.verdict === 'pass' ? 'error' : report.verdict;
  return { ...report, verdict, warnings: [...report.warnings, reason] };
}

interface Planted {
  reached: Reached[];
  warnings: string[];
}

/** Writes the mutants into the copy, each behind its switch. */
function plant(files: TracedFile[], takes: Reached['takes'], scratch: Scratch, code: CodeScope): Planted {
  const reached: Reached[] = [];
  const warnings: string[] = [];
  let last = 0;
  for (const file of files) {
    if (file.script !== file.file) {
      warnings.push(`${file.file} has no mutants, as it runs in its built form ${file.script}`);
      continue;
    }
    const path = `${code.root}/${file.file}`;
    const text = withoutMark(scratch.read(path));
    const mutants = findMutants(file.file, text, last + 1);
    const planted = 'problem' in mutants ? mutants : instrument(file.file, text, mutants);
    if ('problem' in planted || 'problem' in mutants) {
      warnings.push(`${file.file} has no mutants: ${'problem' in planted ? planted.problem : ''}`);
      continue;
    }
    scratch.write(path, planted.text);
    last += mutants.length;
    reached.push(...reachOf(file, text, mutants, takes));
  }
  return { reached, warnings };
}

async function measure(
  options: Options & { subject: Extract<HttpSource, { kind: 'command' }> },
  parts: RunParts,
  report: VerifyReport,
  reached: Reached[],
): Promise<Omit<MutationReport, 'durationMs'> | string> {
  const { spec, signal, timeMs } = options;
  const slowest = Math.max(0, ...Object.values(report.latency).map(({ p99Ms }) => p99Ms));
  const examiner = createHttpExaminer({
    options,
    source: options.subject,
    createSchemas: parts.createSchemas,
    startSubject: parts.startSubject,
    seed: parts.seed,
    today: parts.today,
    timeoutMs: Math.min(5000, Math.max(LEAST_TIMEOUT_MS, slowest * 20)),
  });
  const unharmed = await healthy(examiner, signal);
  if (unharmed !== undefined) return unharmed;
  const found = reached.map((one) => ({
    ...one,
    takes: one.takes.filter(({ ref }) => examiner.refs.has(ref.id)),
  }));
  const until = timeMs === undefined ? Infinity : parts.now() + timeMs;
  const total = sampleOf(found, options.mutants?.most ?? MAX_MUTANTS, parts.seed);
  const startedAt = parts.now();
  return tryMutants({
    examiner,
    reached: total,
    operations: spec.operations,
    found: found.length,
    stop: () => signal?.aborted === true || parts.now() > until,
    onProgress: ({ done, total, survived }) => {
      const perSecond = (done * 1000) / Math.max(1, parts.now() - startedAt);
      options.onEvent?.({ type: 'mutants', done, total, survived, perSecond });
    },
  });
}

/** The copy must pass with every switch off, or what is found says nothing of the mutants. */
async function healthy(examiner: Examiner, signal: AbortSignal | undefined): Promise<string | undefined> {
  const outcome = await examiner.examine(0, [...examiner.refs.keys()], () => signal?.aborted === true);
  switch (outcome.kind) {
    case 'survived':
      return undefined;
    case 'stopped':
      return 'no mutants were tried: interrupted';
    default:
      return `no mutants were tried, as the code does not pass once it is instrumented (${outcome.kind}${
        outcome.by === undefined ? '' : `: ${outcome.by.id}`
      })`;
  }
}
