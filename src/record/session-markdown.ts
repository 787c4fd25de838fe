/** A session as a report that a person reads: what was asked, what was done, what the spec says about it, what it cost. */
import type { Counterexample, Event, EventOf, EventType, FileChange } from '../events/index.ts';
import { sanitize } from '../events/sanitize.ts';

/** Longer outputs and texts are cut in the report; the bundle holds them whole. */
const LONGEST_TEXT = 4_000;
const MOST_CLAUSES = 200;

/** Markdown; text from outside stands in fences or is escaped, so that it cannot pose as the report. */
export function sessionMarkdown(events: readonly Event[]): string {
  const sections = [
    heading(events),
    prompts(events),
    rounds(events),
    change(events),
    verdict(events),
    cost(events),
    chain(events),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function heading(events: readonly Event[]): string {
  const start = first(events, 'sessionStarted');
  const spec = last(events, 'specLoaded');
  const end = last(events, 'sessionEnded');
  const facts = [
    [
      'Spec',
      spec === undefined
        ? inline(start?.spec ?? 'none')
        : `${inline(spec.name)} @ \`${spec.semanticDigest.slice(0, 12)}\` (document \`${spec.documentDigest.slice(0, 12)}\`, ${spec.clauses.length} clauses)`,
    ],
    ['Verdict', end === undefined ? 'not ended' : `**${end.verdict}** (${inline(end.reason)}) ${inline(end.message)}`],
    ['Agent', start === undefined ? 'unknown' : inline([start.agent.kind, start.agent.model ?? ''].join(' ').trim())],
    ['Began', events[0] === undefined ? '' : new Date(events[0].at).toISOString()],
    [
      'Base commit',
      start?.baseCommit === null || start === undefined ? 'none' : `\`${start.baseCommit.slice(0, 12)}\``,
    ],
    ['Branch', inline(end?.branch ?? start?.branch ?? 'none')],
    ['Code tree', end?.codeTree === null || end === undefined ? 'none' : `\`${end.codeTree.slice(0, 12)}\``],
    [
      'Sandbox',
      start === undefined ? 'unknown' : inline([start.sandbox.kind, start.sandbox.reason ?? ''].join(' ').trim()),
    ],
  ];
  return [`# Session ${events[0]?.session ?? ''}`, '', ...facts.map(([name, value]) => `- ${name}: ${value}`)].join(
    '\n',
  );
}

function prompts(events: readonly Event[]): string {
  const texts = all(events, 'promptSubmitted').map((event) => fence(event.text, 'text'));
  return texts.length === 0 ? '' : ['## Prompts', ...texts].join('\n\n');
}

function rounds(events: readonly Event[]): string {
  const parts: string[] = [];
  for (const event of events) {
    if (event.type === 'roundStarted') parts.push(`## Round ${event.round}`);
    if (event.type === 'agentNoted') parts.push(inline(event.text));
    if (event.type === 'assistantReplied')
      for (const block of event.blocks) if (block.type === 'text') parts.push(fence(block.text, 'text'));
    if (event.type === 'toolFinished') parts.push(`- ${event.ok ? 'ok' : 'failed'}: ${inline(event.summary)}`);
    if (event.type === 'toolRefused') parts.push(`- refused: ${inline(event.reason)}`);
    if (event.type === 'providerFailed') parts.push(`- provider: ${event.fault}: ${inline(event.message)}`);
    if (event.type === 'budgetRefused') parts.push(`- budget: ${inline(event.message)}`);
    if (event.type === 'counterexampleFound')
      parts.push(
        `### Counterexample: ${inline(event.property.id)} (\`${code(event.property.clause)}\`)`,
        counterexample(event.counterexample),
      );
    if (event.type === 'verificationFinished')
      parts.push(`Verdict of the round: **${event.verdict}** after ${event.cases} cases in ${event.durationMs} ms.`);
    if (event.type === 'rolledBack')
      parts.push(
        `Rolled back from \`${event.from.slice(0, 12)}\` to \`${event.to.slice(0, 12)}\` on ${inline(event.branch)}.`,
      );
  }
  return parts.join('\n\n');
}

function counterexample(found: Counterexample): string {
  const facts = [
    `- seed ${found.seed}, path \`${code(found.path)}\`, ${found.shrinks} shrinks${found.reproducible ? '' : ', **did not come back when run alone**'}`,
    `- expected: ${inline(found.expected)}`,
    `- actual: ${inline(found.actual)}`,
  ];
  return [facts.join('\n'), fence(JSON.stringify(found.input, null, 2), 'json'), fence(found.reproducer, 'sh')].join(
    '\n\n',
  );
}

function change(events: readonly Event[]): string {
  const proposed = last(events, 'changeProposed');
  if (proposed === undefined) return '';
  const applied = last(events, 'changeApplied');
  const where =
    applied === undefined
      ? 'Not applied.'
      : `Applied (${applied.mode}): ${applied.files.length} files, ${applied.conflicts.length} conflicts.`;
  return ['## The last change', where, ...proposed.files.map(diffOf)].join('\n\n');
}

function diffOf(file: FileChange): string {
  const lines = file.hunks.flatMap((hunk) => {
    const old = hunk.lines.filter((line) => !line.startsWith('+')).length;
    const now = hunk.lines.filter((line) => !line.startsWith('-')).length;
    return [`@@ -${hunk.oldStart},${old} +${hunk.newStart},${now} @@`, ...hunk.lines];
  });
  const head = `### ${file.kind} \`${code(file.path)}\` (+${file.additions} −${file.deletions})`;
  return file.binary === true
    ? `${head}\n\nNot text.`
    : `${head}\n\n${fence(lines.join('\n'), 'diff', Number.POSITIVE_INFINITY)}`;
}

function verdict(events: readonly Event[]): string {
  const finished = last(events, 'verificationFinished');
  if (finished === undefined) return '';
  const decided = all(events, 'propertyDecided').filter((event) => event.verification === finished.verification);
  const row = (event: EventOf<'propertyDecided'>): string =>
    `| ${event.verdict} | ${inline(event.property.id)} | ${inline(event.property.clause)} | ${event.cases} | ${inline(event.reason ?? '')} |`;
  const order = { fail: 0, error: 1, pass: 2 };
  const rows = decided.toSorted((a, b) => order[a.verdict] - order[b.verdict]);
  const shares = Object.entries(finished.coverage).map(([name, share]) => `${name} ${share.covered}/${share.total}`);
  return [
    '## The last verification',
    '',
    `**${finished.verdict}**, ${finished.cases} cases, ${Math.round(finished.casesPerSecond)} cases/s. Coverage: ${shares.join(', ')}.`,
    '',
    '| verdict | property | clause | cases | reason |',
    '|---|---|---|---|---|',
    ...rows.slice(0, MOST_CLAUSES).map(row),
    ...(rows.length > MOST_CLAUSES ? [`| | and ${rows.length - MOST_CLAUSES} more | | | |`] : []),
    ...finished.warnings.map((warning) => `\n> ${inline(warning)}`),
  ].join('\n');
}

function cost(events: readonly Event[]): string {
  const settled = all(events, 'budgetSettled');
  if (settled.length === 0) return '## Cost\n\nNo model was called.';
  const total = (pick: (event: EventOf<'budgetSettled'>) => number): number =>
    settled.reduce((sum, event) => sum + pick(event), 0);
  const unpriced = settled.filter((event) => event.usdMicros === null).length;
  const estimated = settled.filter((event) => event.estimated).length;
  return [
    '## Cost',
    '',
    `- ${settled.length} replies, ${total((event) => event.usdMicros ?? 0)} micro-dollars${unpriced > 0 ? `, ${unpriced} replies unpriced` : ''}${estimated > 0 ? `, ${estimated} estimated` : ''}`,
    `- tokens: ${total((event) => event.usage.inputTokens)} fresh, ${total((event) => event.usage.cacheWrite5mTokens + event.usage.cacheWrite1hTokens)} cache write, ${total((event) => event.usage.cacheReadTokens)} cache read, ${total((event) => event.usage.outputTokens)} output`,
  ].join('\n');
}

function chain(events: readonly Event[]): string {
  return `## Record\n\n${events.length} events; the head of the hash chain is \`${events.at(-1)?.hash ?? ''}\`.`;
}

function all<T extends EventType>(events: readonly Event[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

function first<T extends EventType>(events: readonly Event[], type: T): EventOf<T> | undefined {
  return events.find((event): event is EventOf<T> => event.type === type);
}

function last<T extends EventType>(events: readonly Event[], type: T): EventOf<T> | undefined {
  return events.findLast((event): event is EventOf<T> => event.type === type);
}

/** One line of prose: nothing in it is taken for Markdown or HTML. */
function inline(text: string): string {
  return clip(sanitize(text.replace(/\s+/g, ' ')), LONGEST_TEXT).replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
}

/** Text between backticks; backticks in it are replaced, since a code span cannot escape them. */
function code(text: string): string {
  return sanitize(text.replace(/\s+/g, ' ')).replaceAll('`', 'ˋ');
}

/** A fenced block that its content cannot close. */
function fence(text: string, language: string, longest = LONGEST_TEXT): string {
  const safe = clip(sanitize(text, { multiline: true }), longest);
  const runs = safe.match(/`+/g) ?? [];
  const ticks = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${ticks}${language}\n${safe}\n${ticks}`;
}

function clip(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)} … (${text.length - longest} more characters)`;
}
