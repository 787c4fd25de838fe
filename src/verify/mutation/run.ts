/** `--mutants`: verifies a subject, then tries which small changes of its code the properties notice. */
import type { MutationReport, VerifyReport } from '../../events/index.ts';
import type { CallParts } from '../calls/run.ts';
import type { TracedFile } from '../code/map.ts';
import { traceCalls, type TracedRun, traceGraphql, traceService } from '../code/traced.ts';
import type { GraphqlOptions, GraphqlParts } from '../graphql/index.ts';
import { withoutMark } from '../code/lines.ts';
import type { CallSource, CodeScope, HttpSource, VerifyOptions } from '../model.ts';
import type { RunParts } from '../run/run.ts';
import { createCallExaminer } from './call-examiner.ts';
import { enforcementOf } from './enforced.ts';
import type { Examiner } from './examiner.ts';
import { findMutants } from './find.ts';
import { createGraphqlExaminer } from './graphql-examiner.ts';
import { createHttpExaminer } from './http-examiner.ts';
import { instrument } from './instrument.ts';
import { tryMutants } from './mutants.ts';
import { type Reached, reachOf } from './reach.ts';
import { sampleOf } from './sample.ts';
import { makeScratch, type Scratch } from './scratch.ts';

const MAX_MUTANTS = 2000;
const LEAST_TIMEOUT_MS = 1500;

type Asked = VerifyOptions & { code: CodeScope };

/** What differs between the kinds of subjects. */
interface Field {
  /** Runs the properties on the code as it is, and follows what they execute. */
  trace(options: Asked): Promise<TracedRun>;
  /** Tries them on one mutant at a time; `options.subject` is the copy. */
  examiner(options: Asked, report: VerifyReport): Examiner;
  /** What tells what the clauses of the spec are worth. */
  createSchemas: RunParts['createSchemas'];
  now: () => number;
  seed: number;
}

/** The report of the verification of a service, with what became of the mutants where the code passes. */
export function mutateService(options: Asked & { subject: HttpSource }, parts: RunParts): Promise<VerifyReport> {
  const isHttp = (source: VerifyOptions['subject']): source is HttpSource =>
    source.kind === 'command' || source.kind === 'url';
  return mutate(options, {
    createSchemas: parts.createSchemas,
    now: parts.now,
    seed: parts.seed,
    async trace(asked) {
      const { subject } = asked;
      if (!isHttp(subject)) throw new Error(`a ${subject.kind} is no service`);
      return traceService({ ...asked, subject }, parts, asked.code);
    },
    examiner(asked, { latency }) {
      const { subject } = asked;
      if (subject.kind !== 'command') throw new Error(`a ${subject.kind} cannot be started`);
      const slowest = Math.max(0, ...Object.values(latency).map(({ p99Ms }) => p99Ms));
      const timeoutMs = Math.min(5000, Math.max(LEAST_TIMEOUT_MS, slowest * 20));
      return createHttpExaminer({ ...parts, options: asked, source: subject, folder: asked.code.root, timeoutMs });
    },
  });
}

/** The same of a module or a program. */
export function mutateCalls(options: Asked & { subject: CallSource }, parts: CallParts): Promise<VerifyReport> {
  const called = (source: VerifyOptions['subject']): CallSource => {
    if (source.kind !== 'module' && source.kind !== 'program') throw new Error(`a ${source.kind} cannot be called`);
    return source;
  };
  return mutate(options, {
    createSchemas: parts.createSchemas,
    now: parts.now,
    seed: parts.seed,
    trace: (asked) => traceCalls({ ...asked, subject: called(asked.subject) }, parts, asked.code),
    examiner: (asked) => createCallExaminer({ ...parts, options: asked, source: called(asked.subject) }),
  });
}

/** The same of what answers GraphQL. */
export function mutateGraphql(options: Asked & GraphqlOptions, parts: GraphqlParts): Promise<VerifyReport> {
  const answering = (source: VerifyOptions['subject']): GraphqlOptions['subject'] => {
    if (source.kind === 'program' || source.kind === 'data') throw new Error(`a ${source.kind} answers no GraphQL`);
    return source;
  };
  return mutate(options, {
    createSchemas: parts.createSchemas,
    now: parts.now,
    seed: parts.seed,
    trace: (asked) => traceGraphql({ ...asked, subject: answering(asked.subject) }, parts, asked.code),
    examiner: (asked, report) =>
      createGraphqlExaminer({ ...parts, options: { ...asked, subject: answering(asked.subject) }, report }),
  });
}

async function mutate(options: Asked, field: Field): Promise<VerifyReport> {
  const { subject, code } = options;
  const asIs = async (reason: string): Promise<VerifyReport> => unable((await field.trace(options)).report, reason);
  if (!('cwd' in subject)) return asIs('mutants need a subject that is started');
  const scratch = makeScratch([subject.cwd, code.root]);
  if ('problem' in scratch) return asIs(scratch.problem);
  try {
    const copied: Asked = {
      ...options,
      subject: movedTo(scratch, subject, code.root),
      code: { ...code, root: scratch.placeOf(code.root) },
    };
    const { report, traced: found } = await field.trace(copied);
    const title =
      subject.kind === 'module' ? subject.file : subject.kind === 'command' ? subject.start : report.subject;
    const shown = { ...report, subject: title };
    if (report.verdict !== 'pass') return unable(shown, 'no mutants were tried, as the code itself does not pass');
    if (found.map === undefined) return unable(shown, 'no mutants were tried, as no code of the spec was seen to run');
    const { reached, warnings } = plant(found.files, found.takes, scratch, code);
    const startedAt = field.now();
    const mutation = await measure(copied, field, report, reached);
    if (typeof mutation === 'string') return unable({ ...shown, warnings: [...shown.warnings, ...warnings] }, mutation);
    const durationMs = Math.round(field.now() - startedAt);
    const { spec } = options;
    const ofSpec = enforcementOf(spec, field.createSchemas(spec.document, { dialect: spec.dialect }), report);
    return {
      ...shown,
      warnings: [...shown.warnings, ...warnings],
      mutation: { ...mutation, durationMs, ...(ofSpec === undefined ? {} : { spec: ofSpec }) },
    };
  } finally {
    scratch.remove();
  }
}

/** The same subject, started in the copy. */
function movedTo(scratch: Scratch, subject: VerifyOptions['subject'], root: string): VerifyOptions['subject'] {
  const moved = (text: string): string => text.replaceAll(root, scratch.placeOf(root));
  switch (subject.kind) {
    case 'command':
      return { ...subject, cwd: scratch.placeOf(subject.cwd), start: moved(subject.start) };
    case 'module':
      return { ...subject, cwd: scratch.placeOf(subject.cwd), file: moved(subject.file) };
    case 'program':
      return { ...subject, cwd: scratch.placeOf(subject.cwd), command: moved(subject.command) };
    case 'url':
    case 'data':
      return subject;
  }
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
  options: Asked,
  field: Field,
  report: VerifyReport,
  reached: Reached[],
): Promise<Omit<MutationReport, 'durationMs'> | string> {
  const { spec, signal, timeMs } = options;
  const examiner = field.examiner(options, report);
  const unharmed = await healthy(examiner, signal);
  if (unharmed !== undefined) {
    await examiner.settle(() => true);
    return unharmed;
  }
  const found = reached.map((one) => ({
    ...one,
    takes: one.takes.filter(({ ref }) => examiner.refs.has(ref.id)),
  }));
  const until = timeMs === undefined ? Infinity : field.now() + timeMs;
  const startedAt = field.now();
  return tryMutants({
    examiner,
    reached: sampleOf(found, options.mutants?.most ?? MAX_MUTANTS, field.seed),
    spec,
    found: found.length,
    stop: () => signal?.aborted === true || field.now() > until,
    onProgress: ({ done, total, survived }) => {
      const perSecond = (done * 1000) / Math.max(1, field.now() - startedAt);
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
