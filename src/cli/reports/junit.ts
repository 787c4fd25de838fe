/** A verification report as JUnit XML, which CI systems show: one test case a property. */
import { reveal } from '../../events/sanitize.ts';
import type { PropertyResult, VerifyReport } from '../../events/index.ts';

/** One test suite per report. */
export function junitOf(report: VerifyReport): string {
  const count = (verdict: string): number => report.properties.filter((one) => one.verdict === verdict).length;
  const seconds = (report.durationMs / 1000).toFixed(3);
  const numbers = `tests="${report.properties.length}" failures="${count('fail')}" errors="${count('error')}" time="${seconds}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="plumb verify" ${numbers}>\n`,
    `  <testsuite name="${escaped(report.spec.name)}" ${numbers}>\n`,
    ...report.properties.map(testCase),
    '  </testsuite>\n</testsuites>\n',
  ].join('');
}

function testCase(property: PropertyResult): string {
  const name = `name="${escaped(property.id)}" classname="${escaped(`${property.kind} ${property.clause}`)}"`;
  const { counterexample } = property;
  if (property.verdict === 'pass') return `    <testcase ${name}/>\n`;
  if (property.verdict === 'error')
    return `    <testcase ${name}><error message="${escaped(property.reason ?? 'undecided')}"/></testcase>\n`;
  const message = counterexample === undefined ? 'failed' : `expected ${counterexample.expected}`;
  const detail =
    counterexample === undefined
      ? ''
      : `input ${JSON.stringify(counterexample.input)}\nactual ${counterexample.actual}\n\n${counterexample.reproducer}`;
  return `    <testcase ${name}><failure message="${escaped(message)}">${escaped(detail)}</failure></testcase>\n`;
}

/** Text for XML 1.0, in which most control characters cannot stand at all. */
function escaped(text: string): string {
  return reveal(text, { multiline: true })
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
