/** One run on data files: every record against the schema, every rule on every record, and what no record exercises. */
import {
  type ClauseCoverage,
  type Counterexample,
  isObject,
  type JsonValue,
  type PropertyRef,
  type PropertyResult,
  tokensOf,
  type VerifyReport,
} from '../../events/index.ts';
import { askedBy } from '../asked.ts';
import { schemaInstances } from '../cases/schema-instances.ts';
import { shareOf } from '../measure/coverage-map.ts';
import type { DataSource, VerifyOptions } from '../model.ts';
import { createApplications } from '../rules/applications.ts';
import { type BookedRule, createRuleBook } from '../rules/rules.ts';
import type { CreateSchemas, ValidationError } from '../schema-port.ts';
import { exerciseOf } from './exercise.ts';
import type { DataFiles, DataItem } from './model.ts';

export interface DataParts {
  createSchemas: CreateSchemas;
  openData: (globs: string[], cwd: string) => Promise<DataFiles>;
  seed: number;
  /** Monotonic, in ms. */
  now: () => number;
  /** `2026-11-23`; chooses among dated constants. */
  today: string;
}

const READABLE = { id: 'conformance readable', clause: '#', kind: 'conformance' } as const;
const RECORDS = { id: 'conformance records', clause: '#', kind: 'conformance' } as const;
/** Clauses that records violate and that are told one by one. */
const MAX_CLAUSES = 100;
const MAX_UNUSED = 20;
const CHECK_EVERY = 256;
const PROGRESS_EVERY = 10_000;
/** Files and records that are told of one by one where they cannot be looked at. */
const MAX_UNREAD = 20;

/** What was found of one property: how often, and first where. */
interface Violation {
  count: number;
  first: { place: string; input: JsonValue; actual: string; expected: string; whole: string };
}

interface RuleState {
  booked: BookedRule;
  ref: PropertyRef;
  applications: ReturnType<typeof createApplications>;
  evaluated: number;
  violation?: Violation;
  doubt?: string;
}

/** Runs a verification of data files with the given parts. */
export async function runData(
  options: VerifyOptions & { subject: DataSource },
  parts: DataParts,
): Promise<VerifyReport> {
  const { spec, signal, subject } = options;
  const { now } = parts;
  const startedAt = now();
  const schemas = parts.createSchemas(spec.document, { dialect: spec.dialect });
  const book = createRuleBook(spec, schemas, parts.today);
  const exercise = exerciseOf(spec, schemas);
  const wanted = askedBy(spec, options.clauses);
  const rules = book.all
    .map((booked): RuleState => {
      const ref = {
        id: `invariant ${booked.invariant.id}`,
        clause: booked.invariant.pointer,
        kind: 'invariant' as const,
      };
      const state = { booked, ref, applications: createApplications(booked), evaluated: 0 };
      return booked.problem === undefined ? state : { ...state, doubt: booked.problem };
    })
    .filter(({ ref }) => wanted(ref));
  const refs: PropertyRef[] = [READABLE, RECORDS, ...rules.map(({ ref }) => ref)].filter(wanted);
  options.onEvent?.({ type: 'started', seed: parts.seed, properties: refs });

  const broken: { state?: Violation } = {};
  const clauses = new Map<string, Violation>();
  const warnings: string[] = [];
  const unread: string[] = [];
  let unreadCount = 0;
  const notRead = (text: string): void => {
    if (++unreadCount <= MAX_UNREAD) unread.push(text);
  };
  const withRecords = new Set<string>();
  let records = 0;
  let invalid = 0;
  let halted: string | undefined;

  const judge = (value: JsonValue, place: (pointer: string) => string): boolean => {
    const errors = schemas.validate('#', value, 'any');
    const unchecked = errors.find((error) => error.unchecked === true);
    if (unchecked !== undefined) {
      // One is enough to leave all undecided.
      if (unreadCount === 0) notRead(`${place('')}: ${unchecked.message} (${unchecked.clause})`);
      return true;
    }
    if (errors.length === 0) exercise.see(value);
    else invalid++;
    for (const error of errors) {
      const known = clauses.get(error.clause);
      if (known !== undefined) known.count++;
      else if (clauses.size < MAX_CLAUSES) clauses.set(error.clause, violationOf(error, value, place));
    }
    for (const rule of rules) evaluate(rule, value, place, errors.length === 0);
    return errors.length === 0;
  };
  const evaluate = (rule: RuleState, value: JsonValue, place: (pointer: string) => string, valid: boolean): void => {
    const { schema = '#' } = rule.booked.invariant;
    if (rule.doubt !== undefined) return;
    const parts_ = schema === '#' ? [value] : schemaInstances(spec, schemas, '#', value, schema, 'any');
    for (const self of parts_) {
      const scope = { self, constant: book.constants };
      const told = book.evaluate(rule.booked, scope);
      if (told.kind === 'error' || typeof told.value !== 'boolean') {
        // Of a record that its schema refuses a rule need not be able to say anything.
        const why = told.kind === 'error' ? told.message : `its value is ${JSON.stringify(told.value)}`;
        if (valid) rule.doubt = `${place('')}: the rule cannot be evaluated: ${why}`;
        continue;
      }
      rule.evaluated++;
      rule.applications.note(scope);
      if (told.value) continue;
      const { invariant } = rule.booked;
      const at = place('');
      if (rule.violation !== undefined) rule.violation.count++;
      else
        rule.violation = {
          count: 1,
          first: {
            place: at,
            whole: at,
            input: self,
            actual: `${at}: self is ${JSON.stringify(self)}`.slice(0, 1000),
            expected: `${invariant.rule.trim()}${invariant.message === undefined ? '' : ` (${invariant.message})`}`,
          },
        };
    }
  };

  const take = (item: DataItem, file: string): void => {
    if (item.kind === 'unread') notRead(`${item.place}: ${item.message}`);
    else if (item.kind === 'record') {
      records++;
      if (judge(item.value, item.place)) withRecords.add(file);
    } else if (broken.state !== undefined) broken.state.count++;
    else
      broken.state = {
        count: 1,
        first: {
          place: item.place,
          whole: item.place,
          input: item.place,
          actual: `${item.place}: ${item.message}`,
          expected: 'a record that can be read',
        },
      };
  };
  const late = (): string | undefined => {
    if (signal?.aborted === true) return 'interrupted';
    const over = options.timeMs !== undefined && now() - startedAt > options.timeMs;
    return over ? `only ${records} records were read in the time given` : undefined;
  };
  const elapsedMs = (): number => Math.max(1, Math.round(now() - startedAt));
  const rate = (): number => Math.round((records * 1000) / elapsedMs());

  const tellProgress = (share: number): void => {
    if (share <= 0) return;
    const left = { leftMs: Math.round((elapsedMs() * (1 - share)) / share), total: Math.round(records / share) };
    options.onEvent?.({ type: 'progress', property: RECORDS.id, cases: records, casesPerSecond: rate(), ...left });
  };

  const data = await parts.openData(subject.globs, subject.cwd);
  reading: for (const file of data.files) {
    let items = 0;
    for await (const item of data.read(file)) {
      take(item, file);
      if (++items % CHECK_EVERY === 0) halted = late();
      if (records % PROGRESS_EVERY === 0 && records > 0) tellProgress(data.readShare());
      if (halted !== undefined) break reading;
    }
    if (items === 0) notRead(`${file}: the file holds no record`);
  }
  const open = halted ?? noRecords(data, records, invalid);
  for (const glob of data.empty) warnings.push(`no file matches ${glob}`);
  warnings.push(...unread);
  if (unreadCount > unread.length) warnings.push(`… and ${unreadCount - unread.length} more that cannot be looked at`);

  const results: PropertyResult[] = [];
  const conclude = (ref: PropertyRef, cases: number, violation: Violation | undefined, reason?: string): void => {
    if (!wanted(ref)) return;
    const undecided = reason ?? open;
    const result: PropertyResult =
      violation !== undefined
        ? { ...ref, verdict: 'fail', cases, counterexample: counterexampleOf(ref, violation, parts.seed) }
        : undecided !== undefined
          ? { ...ref, verdict: 'error', cases, reason: undecided }
          : { ...ref, verdict: 'pass', cases };
    results.push(result);
    if (result.counterexample !== undefined)
      options.onEvent?.({ type: 'counterexample', property: ref, counterexample: result.counterexample });
    options.onEvent?.({ type: 'decided', result });
  };
  conclude(READABLE, records, broken.state);
  // What is told clause by clause is not told of all records once more.
  if (![...clauses.keys()].some((clause) => wanted({ id: '', clause, kind: 'conformance' })))
    conclude(RECORDS, records, undefined);
  if (clauses.size >= MAX_CLAUSES) warnings.push(`only the first ${MAX_CLAUSES} clauses that records break are told`);
  for (const [clause, violation] of clauses)
    conclude({ id: `conformance ${clause}`, clause, kind: 'conformance' }, records, violation);
  for (const rule of rules) {
    const { reason, warnings: told = [] } = rule.applications.conclude();
    warnings.push(...(rule.evaluated > 0 && rule.violation === undefined ? told : []));
    const never = rule.evaluated === 0 ? 'the rule was never evaluated: no record contains its schema' : reason;
    conclude(
      rule.ref,
      rule.evaluated,
      rule.violation,
      rule.doubt ?? (rule.violation === undefined ? never : undefined),
    );
  }
  const map = coverageOf(data.files, withRecords, exercise, rules);
  const unused = map.filter(({ kind, state }) => (kind === 'parameter' || kind === 'keyword') && state === 'none');
  if (records > 0 && halted === undefined)
    for (const { clause } of unused.slice(0, MAX_UNUSED)) warnings.push(`no valid record exercises ${clause}`);
  if (unused.length > MAX_UNUSED) warnings.push(`… and ${unused.length - MAX_UNUSED} more parts that none exercises`);
  const verdicts = new Set(results.map(({ verdict }) => verdict));
  const incomplete = unreadCount > 0 || data.empty.length > 0 || results.length === 0;
  return {
    format: 'plumbline.verify/1',
    spec: { name: spec.name, semanticDigest: spec.semanticDigest, documentDigest: spec.documentDigest },
    subject: subject.globs.join(' '),
    verdict: verdicts.has('fail') ? 'fail' : verdicts.has('error') || incomplete ? 'error' : 'pass',
    seed: parts.seed,
    durationMs: elapsedMs(),
    cases: records,
    casesPerSecond: rate(),
    properties: results,
    coverage: {
      operations: { covered: withRecords.size, total: data.files.length },
      responses: { covered: 0, total: 0 },
      parameters: shareOf(map, 'parameter'),
      keywords: shareOf(map, 'keyword'),
      invariants: shareOf(map, 'invariant'),
    },
    coverageMap: map,
    latency: {},
    warnings,
  };
}

/** Why the files cannot decide anything; undefined where they can. */
function noRecords(data: DataFiles, records: number, invalid: number): string | undefined {
  if (data.files.length === 0) return 'no file matches, so no record was looked at';
  return records === 0 && invalid === 0 ? 'the files hold no record' : undefined;
}

function violationOf(error: ValidationError, value: JsonValue, place: (pointer: string) => string): Violation {
  const { instancePath, message, clause } = error;
  const at = place(instancePath);
  const input = partAt(value, instancePath);
  const where = instancePath === '' ? '' : ` (${instancePath})`;
  return {
    count: 1,
    first: {
      place: at,
      whole: place(''),
      input,
      actual: `${at}${where}: ${JSON.stringify(input)}`.slice(0, 1000),
      expected: `${message} (${clause})`,
    },
  };
}

function partAt(value: JsonValue, pointer: string): JsonValue {
  let part: JsonValue | undefined = value;
  for (const token of tokensOf(pointer))
    part = Array.isArray(part) ? part[Number(token)] : isObject(part) ? part[token] : undefined;
  return part ?? null;
}

function counterexampleOf(ref: PropertyRef, { first, count }: Violation, seed: number): Counterexample {
  const [, file = '', line = '1'] = /^(.*):(\d+):\d+$/.exec(first.whole) ?? [];
  const more = count > 1 ? ` (the first of ${count})` : '';
  const show = /\.(jsonl|ndjson)$/i.test(file) ? `sed -n '${line}p'` : 'cat';
  return {
    seed,
    path: first.place,
    shrinks: 0,
    input: first.input,
    actual: `${first.actual}${more}`,
    expected: first.expected,
    reproducer: `# ${ref.id} at ${first.place}\n${show} '${file.replaceAll("'", String.raw`'\''`)}'\n`,
    exchanges: [],
    reproducible: true,
  };
}

function coverageOf(
  files: string[],
  withRecords: Set<string>,
  exercise: ReturnType<typeof exerciseOf>,
  rules: RuleState[],
): ClauseCoverage[] {
  const state = (is: boolean): ClauseCoverage['state'] => (is ? 'full' : 'none');
  return [
    { clause: '#', kind: 'operation', title: `${files.length} files`, state: state(withRecords.size > 0) },
    ...exercise.parts.map(({ pointer, kind }): ClauseCoverage => ({
      clause: pointer,
      kind: kind === 'property' ? 'parameter' : 'keyword',
      title: pointer.slice(2),
      state: state(exercise.seen(pointer)),
    })),
    ...rules.map(({ ref, evaluated, booked }): ClauseCoverage => ({
      clause: ref.clause,
      kind: 'invariant',
      title: booked.invariant.id,
      state: state(evaluated > 0),
    })),
  ];
}
