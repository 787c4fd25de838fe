/** A verification report as text: what failed and what is undecided, each with its place and a script; then a summary. */
import { relative } from 'node:path';
import { sanitize } from '../events/sanitize.ts';
import type { PropertyResult, Share, VerifyReport } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';
import { codeText } from './code-text.ts';
import { mutationText } from './mutation-text.ts';
import { causeOf } from './same-cause.ts';
import { table } from './table.ts';

/** The whole report, ending in a line with the verdict. */
export function verifyText(report: VerifyReport, spec: Spec, cwd: string): string {
  const open = report.properties.filter((property) => property.verdict !== 'pass');
  const blocks = byCause(open, spec).map((alike) => {
    const [first, ...others] = alike;
    if (first === undefined || (first.verdict === 'error' && others.length > 0)) return undecidedText(alike);
    return propertyText(first, spec, cwd) + othersText(others);
  });
  return `${[...blocks, summaryText(report, spec.contract)].join('\n')}`;
}

/**
 * Undecided properties that have one reason stand together, where the first of them stood, and so do failures of one
 * cause; every other property by itself.
 */
function byCause(properties: readonly PropertyResult[], spec: Spec): PropertyResult[][] {
  const groups = new Map<string, PropertyResult[]>();
  for (const property of properties) {
    const { verdict, reason, counterexample, id } = property;
    const shared = verdict === 'error' && reason !== undefined && counterexample === undefined;
    const cause = shared ? `reason ${reason}` : causeOf(property, spec);
    const key = cause === undefined ? `property ${id}` : `${verdict} ${cause}`;
    groups.set(key, [...(groups.get(key) ?? []), property]);
  }
  return [...groups.values()];
}

const MOST_NAMED = 5;

function undecidedText(properties: readonly PropertyResult[]): string {
  const lines = [
    `? error   ${properties.length} properties for one reason`,
    `  reason  ${properties[0]?.reason ?? ''}`,
    `  these   ${namesOf(properties)}`,
  ];
  return lines.map((text) => `${sanitize(text)}\n`).join('');
}

/** What the same fault breaks too. */
function othersText(others: readonly PropertyResult[]): string {
  if (others.length === 0) return '';
  const count = others.length === 1 ? '1 more finding' : `${others.length} more findings`;
  return `${sanitize(`  also      ${count} of the same cause: ${namesOf(others)} (--json has each)`)}\n`;
}

function namesOf(properties: readonly PropertyResult[]): string {
  const names = properties.slice(0, MOST_NAMED).map(({ id }) => id);
  return `${names.join(', ')}${properties.length > MOST_NAMED ? `, and ${properties.length - MOST_NAMED} more` : ''}`;
}

function propertyText(property: PropertyResult, spec: Spec, cwd: string): string {
  const { file, line, column } = spec.locate(property.clause);
  const place = `${relative(cwd, file) || file}:${line}:${column}`;
  const mark = property.verdict === 'fail' ? '✗ fail ' : '? error';
  const lines = [`${mark}  ${property.id}`, `  clause    ${property.clause}`, `  at        ${place}`];
  if (property.reason !== undefined) lines.push(`  reason    ${property.reason}`);
  const counterexample = property.counterexample;
  if (counterexample !== undefined) {
    lines.push(
      `  input     ${JSON.stringify(counterexample.input)}`,
      `  expected  ${counterexample.expected}`,
      `  actual    ${counterexample.actual}`,
      `  found by  seed ${counterexample.seed}, path ${counterexample.path}, ${counterexample.shrinks} shrinks${
        counterexample.reproducible ? '' : '; it did not come back when it was run alone'
      }`,
    );
  }
  const head = lines.map((text) => `${sanitize(text)}\n`).join('');
  if (counterexample === undefined) return head;
  const script = sanitize(counterexample.reproducer, { multiline: true });
  return `${head}  reproduce with\n${script.trimEnd().replace(/^/gm, '    ')}\n`;
}

/** What a person reads where the report's name of a share is not the plainest. */
const COVERED: Record<string, string> = { codeLines: 'code lines', codeFunctions: 'code functions' };
/** Of data files: those with a valid record, properties that occur, and branches that hold. */
const COVERED_OF_DATA: Record<string, string> = { operations: 'files', parameters: 'properties', keywords: 'branches' };

/** The shares of a coverage, each with what a person calls it; what a contract of its kind never has is left out. */
export function namedShares({ coverage }: VerifyReport, contract: Spec['contract']): [name: string, share: Share][] {
  const isData = contract === 'json-schema';
  const names = isData ? { ...COVERED, ...COVERED_OF_DATA } : COVERED;
  return Object.entries(coverage)
    .filter(([name, { total }]: [string, Share]) => !isData || total > 0 || name !== 'responses')
    .map(([name, share]: [string, Share]) => [Object.hasOwn(names, name) ? (names[name] ?? name) : name, share]);
}

const AT_MOST = '“p99 at most” holds with 95 % confidence; - stands where there are too few samples to say';

/** Counts, coverage, latency, warnings, and the verdict in the last line. */
function summaryText(report: VerifyReport, contract: Spec['contract']): string {
  const count = (verdict: string): number => report.properties.filter((one) => one.verdict === verdict).length;
  const latency = Object.entries(report.latency).map(([operation, one]) => [
    sanitize(operation),
    one.p50Ms.toFixed(1),
    one.p99Ms.toFixed(1),
    one.p99UpperMs === null ? '-' : one.p99UpperMs.toFixed(1),
    String(one.samples),
    one.objectiveMs === undefined ? '' : `objective ${one.objectiveMs} ms: ${one.verdict ?? ''}`,
  ]);
  const warnings = report.warnings.map((warning) => `! ${sanitize(warning)}\n`).join('');
  const seconds = (report.durationMs / 1000).toFixed(1);
  const shares = namedShares(report, contract)
    .map(([name, { covered, total }]) => `${name} ${covered}/${total}`)
    .join(' · ');
  const header = ['latency, ms', 'p50', 'p99', 'p99 at most', 'samples', ''];
  return [
    latency.length === 0 ? '' : `${table([header, ...latency], [1, 2, 3, 4])}\n${AT_MOST}\n`,
    warnings,
    report.code === undefined ? '' : codeText(report.code),
    report.mutation === undefined ? '' : mutationText(report.mutation),
    `coverage  ${shares}\n`,
    `${report.verdict}  ${count('pass')} passed, ${count('fail')} failed, ${count('error')} undecided; `,
    `${report.cases} cases in ${seconds} s (${report.casesPerSecond}/s while cases ran), seed ${report.seed}\n`,
  ].join('');
}
