/** A verdict as the model reads it: what fails, with the smallest failing input and how to see it fail. */
import type { Exchange, PropertyResult, VerifyReport } from '../events/index.ts';
import { boundText } from './tools/tool.ts';

/** Properties that are told in full. */
const TOLD_IN_FULL = 12;
/** Further properties that are named. */
const NAMED = 40;

/** Exchanges of a counterexample that are told; the last ones are those that fail. */
const STEPS = 12;

/** The text of a report; `clauses` are those that it was limited to. */
export function reportText(report: VerifyReport, clauses?: string[]): string {
  const open = report.properties.filter((property) => property.verdict !== 'pass');
  const total = report.properties.length;
  const scope = clauses === undefined ? '' : ` (only ${clauses.join(', ')})`;
  const lines = [`verdict: ${report.verdict}${scope}; ${total - open.length} of ${total} properties pass`];
  for (const warning of report.warnings.slice(0, 10)) lines.push(`warning: ${boundText(warning, 500)}`);
  if (total === 0) lines.push('nothing could be checked; see the warnings');
  for (const property of sorted(open).slice(0, TOLD_IN_FULL)) lines.push('', ...told(property));
  const rest = sorted(open).slice(TOLD_IN_FULL);
  if (rest.length > 0) lines.push('', `${rest.length} more do not pass:`);
  for (const property of rest.slice(0, NAMED)) lines.push(`- ${property.verdict} ${property.id}`);
  if (rest.length > NAMED) lines.push(`- and ${rest.length - NAMED} others`);
  return lines.join('\n');
}

/** Failures before what could not be decided; within each as the engine has them. */
function sorted(properties: PropertyResult[]): PropertyResult[] {
  return properties.toSorted((left, right) => Number(left.verdict === 'error') - Number(right.verdict === 'error'));
}

function told(property: PropertyResult): string[] {
  const { id, clause, kind, verdict, counterexample, reason, operation } = property;
  const lines = [
    `## ${verdict}: ${id}`,
    `${kind} of clause ${clause}${operation === undefined ? '' : ` (${operation})`}`,
  ];
  if (reason !== undefined) lines.push(`reason: ${boundText(reason, 1000)}`);
  if (counterexample === undefined) return lines;
  const { input, expected, actual, exchanges, reproducer, reproducible } = counterexample;
  lines.push(`input: ${boundText(JSON.stringify(input), 1500)}`);
  lines.push(`expected: ${boundText(expected, 800)}`, `actual: ${boundText(actual, 800)}`);
  if (!reproducible) lines.push('(seen once, it did not come back when it was run alone)');
  if (exchanges.length === 0) return [...lines, 'reproduce:', boundText(reproducer, 2000)];
  const steps = exchanges.slice(-STEPS);
  lines.push(exchanges.length > STEPS ? `the last ${STEPS} of ${exchanges.length} exchanges:` : 'exchanges:');
  return [...lines, ...steps.map(exchangeText)];
}

/** `call: POST /things {"a":1} -> 201 {"id":"7"}`; headers only where they say more than that the body is JSON. */
function exchangeText({ role, method, path, headers, body, response, fault }: Exchange): string {
  const telling = Object.entries(headers).filter(
    ([name, value]) => name !== 'content-type' || !value.startsWith('application/json'),
  );
  const sent = [
    `${role}: ${method} ${path}`,
    ...telling.map(([name, value]) => `[${name}: ${boundText(value, 200)}]`),
    ...(body === undefined ? [] : [boundText(JSON.stringify(body), 600)]),
  ].join(' ');
  if (response === undefined) return `- ${sent} -> ${fault ?? 'no answer'}`;
  const answer = response.body === undefined ? '' : ` ${boundText(JSON.stringify(response.body), 600)}`;
  return `- ${sent} -> ${response.status}${answer}`;
}
