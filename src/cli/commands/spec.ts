import { relative } from 'node:path';
import stringWidth from 'string-width';
import type { ClauseSummary } from '../../events/index.ts';
import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import { isReady, lintSpec, sortFindings } from '../../spec/lint.ts';
import { loadSpec } from '../../spec/load.ts';
import type { Workflow } from '../../spec/arazzo/workflow.ts';
import type { Finding, Invariant, Method, NotCovered, Operation, Spec } from '../../spec/model.ts';
import { signatureOf } from '../../spec/openrpc/clauses.ts';
import { resolveSpec } from '../../spec/resolve.ts';
import { readArguments } from '../arguments.ts';
import { schemaKnowledge } from '../schema-knowledge.ts';
import { exitOfUnresolved, findingsText } from '../findings-text.ts';
import { EXIT, type Io } from '../io.ts';
import { briefNotCovered, groupFindings, groupOperations } from './spec-brief.ts';

/** `plumb spec show|lint SPEC [--json] [--all]`: what a spec says, and what it leaves open. */
export async function specCommand(args: string[], io: Io): Promise<number> {
  const parsed = readArguments(args, { json: { type: 'boolean' }, all: { type: 'boolean' } });
  const [action, name, ...more] = parsed.kind === 'ok' ? parsed.value.positionals : [];
  if (parsed.kind === 'usage' || (action !== 'show' && action !== 'lint') || more.length > 0) {
    io.stderr(`plumb spec: ${parsed.kind === 'usage' ? parsed.message : 'wants show or lint, and one spec'}\n`);
    return EXIT.usage;
  }
  const json = parsed.value.flags['json'] === true;
  const all = parsed.value.flags['all'] === true;
  const resolution = resolveSpec(name, io.cwd);
  if (resolution.kind === 'unresolved') {
    if (json) unusable(resolution.findings, { json, io, action });
    else io.stderr(`plumb spec: ${findingsText(resolution.findings)}\n`);
    return exitOfUnresolved(resolution.findings);
  }
  const { resolved } = resolution;
  const loaded = await loadSpec(resolved.file, { name: resolved.name });
  if (loaded.kind === 'invalid') return unusable([...resolution.findings, ...loaded.findings], { json, io, action });
  const { spec } = loaded;
  const findings = sortFindings([...resolution.findings, ...loaded.findings, ...lintSpec(spec, schemaKnowledge(spec))]);
  if (json)
    io.stdout(
      `${toSafeJson({ ...(action === 'show' ? showJson(spec) : lintJson(spec)), ready: isReady(findings), findings })}\n`,
    );
  else if (action === 'show') io.stdout(showText(spec, findings, { io, all }));
  else io.stdout(lintText(spec, findings, { io, all }));
  return action === 'show' || isReady(findings) ? EXIT.pass : EXIT.fail;
}

/** Prints why there is no spec to look at. */
function unusable(findings: Finding[], { json, io, action }: { json: boolean; io: Io; action: string }): number {
  if (json) io.stdout(`${toSafeJson({ format: `plumbline.spec-${action}/1`, ready: false, findings })}\n`);
  else
    io.stderr(
      sortFindings(findings)
        .map((finding) => findingText(finding, io))
        .join(''),
    );
  return EXIT.undecided;
}

function showJson(spec: Spec): object {
  const { name, file, version, title, semanticDigest, documentDigest, invariants, constants, clauses } = spec;
  return {
    format: 'plumbline.spec-show/1',
    name,
    file,
    version,
    title,
    semanticDigest,
    documentDigest,
    operations: spec.operations,
    ...(spec.methods.length === 0 ? {} : { methods: spec.methods }),
    invariants,
    constants,
    ...(spec.notCovered.length === 0 ? {} : { notCovered: spec.notCovered }),
    clauses,
  };
}

function lintJson({ name, file, semanticDigest, documentDigest }: Spec): object {
  return { format: 'plumbline.spec-lint/1', name, file, semanticDigest, documentDigest };
}

function lintText(spec: Spec, findings: Finding[], { io, all }: { io: Io; all: boolean }): string {
  const groups = groupFindings(findings, all);
  const texts = groups.map(({ shown, left }) => {
    const [first] = shown;
    const more = left === 0 ? '' : `  … and ${left} more of ${first?.rule ?? ''}\n`;
    // What to do is said once for many of a kind.
    const once = left > 0 ? shown.map((one, index) => (index === 0 ? one : withoutHint(one))) : shown;
    return `${once.map((finding) => findingText(finding, io)).join('')}${sanitize(more, { multiline: true })}`;
  });
  const hidden = groups.reduce((sum, { left }) => sum + left, 0);
  const note = hidden === 0 ? '' : `${plural(hidden, 'finding')} not shown; --all shows each\n`;
  return `${texts.join('')}${note}${sanitize(spec.name)} is ${readinessText(findings)}\n`;
}

function withoutHint(finding: Finding): Finding {
  const { rule, severity, pointer, location, message } = finding;
  return { rule, severity, pointer, location, message };
}

/** `file:line:col severity rule message (clause)`, and what to do on a line of its own. */
function findingText({ location, severity, rule, message, pointer, hint }: Finding, io: Io): string {
  const place = `${shortPath(location.file, io)}:${location.line}:${location.column}`;
  const clause = pointer === '#' ? '' : ` (${pointer})`;
  const advice = hint === undefined ? '' : `  ${sanitize(hint)}\n`;
  return `${sanitize(`${place} ${severity} ${rule} ${message}${clause}`)}\n${advice}`;
}

function readinessText(findings: Finding[]): string {
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings, notes] = [count('error'), count('warning'), count('note')];
  const counts = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(notes, 'note')}`;
  return `${errors === 0 ? 'ready' : 'not ready'}: ${counts}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

type Row = [label: string, text: string];

function showText(spec: Spec, findings: Finding[], { io, all }: { io: Io; all: boolean }): string {
  const head: Row[] = [
    ['contract', `${shortPath(spec.file, io)} (${LANGUAGES[spec.contract]} ${spec.version})`],
    ['semantic', spec.semanticDigest.slice(0, 12)],
    ['document', spec.documentDigest.slice(0, 12)],
    ...(spec.files === undefined || spec.files.length < 2 ? [] : [['files', String(spec.files.length)] satisfies Row]),
    ['clauses', String(spec.clauses.length)],
    ['state', readinessText(findings)],
  ];
  const owned = spec.clauses.filter(({ kind, operation }) => kind === 'invariant' && operation !== undefined);
  const shared = spec.invariants.filter(
    ({ pointer }) =>
      !(spec.contract === 'graphql' && owned.some((one) => one.pointer === pointer)) &&
      ![...spec.operations, ...spec.methods].some((owner) => pointer.startsWith(`${owner.pointer}/`)),
  );
  const sections = [
    section(`${spec.name}  ${spec.title}`, head, io),
    ...operationSections(spec, { io, all }),
    ...spec.methods.map((method) => section(signatureOf(method), methodRows(method), io)),
    ...(spec.contract === 'graphql' ? graphSections(spec, io) : []),
    ...(shared.length === 0 ? [] : [section('Shared invariants', shared.flatMap(sharedRows), io)]),
    ...(spec.workflows ?? []).map((one) => section(`Workflow ${one.id}`, workflowRows(spec, one, io), io)),
    ...(Object.keys(spec.constants).length === 0 ? [] : [section('Constants', constantRows(spec), io)]),
    ...(spec.notCovered.length === 0 ? [] : [section('Not covered', notCoveredRows(spec.notCovered, all), io)]),
  ];
  return sections.join('\n');
}

/** Each operation whole, or an overview where there are many. */
function operationSections(spec: Spec, { io, all }: { io: Io; all: boolean }): string[] {
  const groups = groupOperations(spec.operations, all);
  if (groups === undefined)
    return spec.operations.map((operation) => section(titleOf(operation), operationRows(spec, operation), io));
  return [
    ...groups.map(({ title, operations, left }) =>
      section(
        `${title}  ${plural(operations.length + left, 'operation')}`,
        [
          ...operations.map((one): Row => [
            one.method.toUpperCase(),
            `${one.path}${one.id.includes(' ') ? '' : `  ${one.id}`}`,
          ]),
          ...(left === 0 ? [] : [['', `… and ${left} more`] satisfies Row]),
        ],
        io,
      ),
    ),
    section(`${plural(spec.operations.length, 'operation')}; --all shows each with its clauses`, [], io),
  ];
}

function notCoveredRows(notCovered: NotCovered[], all: boolean): Row[] {
  const { shown, left } = briefNotCovered(notCovered, all);
  return [
    ...shown.map(({ what, reason }): Row => ['', `${what}: ${reason}`]),
    ...(left === 0 ? [] : [['', `… and ${left} more; --all shows them`] satisfies Row]),
  ];
}

function workflowRows(spec: Spec, { pointer, summary, dependsOn, steps }: Workflow, io: Io): Row[] {
  const { file, line } = spec.locate(pointer);
  return [
    ['in', `${shortPath(file, io)}:${line}`],
    ...(summary === '' ? [] : [['', summary] satisfies Row]),
    ...dependsOn.map((id): Row => ['after', id]),
    ...steps.map(({ id, calls }): Row => ['step', `${id}  ${'operation' in calls ? calls.operation : calls.workflow}`]),
  ];
}

function methodRows(method: Method): Row[] {
  const { parameters, result, errors, invariants, objective, summary, pure } = method;
  const rows: Row[] = summary === '' ? [] : [['', summary]];
  for (const { name, required } of parameters) rows.push(['param', `${name}${required ? '' : ' (optional)'}`]);
  if (result !== undefined) rows.push(['result', result.name]);
  for (const { code, message } of errors) rows.push([String(code), message]);
  if (pure) rows.push(['pure', 'the same arguments give the same result']);
  for (const invariant of invariants)
    if (invariant.scope === 'method' && invariant.pointer.startsWith(`${method.pointer}/`))
      rows.push(...invariantRows(invariant));
  if (objective !== undefined) rows.push(['objective', objectiveText(objective)]);
  return rows;
}

const LANGUAGES: Record<Spec['contract'], string> = {
  openapi: 'OpenAPI',
  openrpc: 'OpenRPC',
  'json-schema': 'JSON Schema',
  graphql: 'GraphQL',
};

/** The root fields of a GraphQL contract with what belongs to each, then its types. */
function graphSections({ clauses, invariants }: Spec, io: Io): string[] {
  const roots = clauses.filter(({ kind }) => kind === 'operation');
  const rules = (pointer: string): Row[] => invariants.filter((one) => one.pointer === pointer).flatMap(invariantRows);
  const rowsOf = (of: (clause: ClauseSummary) => boolean): Row[] =>
    clauses.filter(of).flatMap((one): Row[] => {
      if (one.kind === 'invariant') return rules(one.pointer);
      return [[one.kind === 'parameter' ? 'argument' : one.kind, one.title]];
    });
  const types = rowsOf((one) => one.operation === undefined && one.kind === 'schema').map(([, title]): Row => [
    '',
    title,
  ]);
  return [
    ...roots.map(({ route, operation }) =>
      section(
        route ?? '',
        rowsOf((one) => one.operation === operation && one.kind !== 'operation'),
        io,
      ),
    ),
    ...(types.length === 0 ? [] : [section('Types', types, io)]),
  ];
}

function titleOf({ id, method, path }: Operation): string {
  const route = `${method.toUpperCase()} ${path}`;
  return id === route ? route : `${route}  ${id}`;
}

function operationRows(spec: Spec, operation: Operation): Row[] {
  const { parameters, requestBody, responses, invariants, objective, summary } = operation;
  const rows: Row[] = summary === '' ? [] : [['', summary]];
  for (const { name, in: place, required } of parameters) rows.push([place, `${name}${required ? '' : ' (optional)'}`]);
  if (requestBody !== undefined)
    rows.push([
      'body',
      `${requestBody.content.map(({ type }) => type).join(', ')}${requestBody.required ? '' : ' (optional)'}`,
    ]);
  for (const { status, description } of responses) rows.push([status, description]);
  for (const invariant of invariants)
    if (invariant.scope === 'operation' && invariant.pointer.startsWith(`${operation.pointer}/`))
      rows.push(...invariantRows(invariant));
  if (objective !== undefined) rows.push(['objective', objectiveText(objective)]);
  const credentials = operation.security.map((all) => Object.keys(all).join(' and ') || 'none');
  if (spec.securitySchemes.length > 0 && credentials.length > 0) rows.push(['security', credentials.join(' or ')]);
  return rows;
}

function invariantRows({ id, message, severity, rule }: Invariant): Row[] {
  const should = severity === 'should' ? ' (should)' : '';
  return [
    ['invariant', `${id}${should}${message === undefined ? '' : `: ${message}`}`],
    ['', rule],
  ];
}

function sharedRows(invariant: Invariant): Row[] {
  return [...invariantRows(invariant), ['', `on ${invariant.operations.join(', ') || 'no operation'}`]];
}

function objectiveText({ p99Ms, ratePerSecond, critical }: NonNullable<Operation['objective']>): string {
  return `p99 ${p99Ms} ms${ratePerSecond === null ? '' : ` at ${ratePerSecond}/s`}${critical ? ', critical' : ''}`;
}

function constantRows(spec: Spec): Row[] {
  return Object.entries(spec.constants).flatMap(([name, values]) =>
    values.map(({ value, from }, index): Row => [
      index === 0 ? name : '',
      `${JSON.stringify(value)}${from === undefined ? '' : ` from ${from}`}`,
    ]),
  );
}

/** A heading and rows with aligned labels; long texts go on in the next line, under their beginning. */
function section(heading: string, rows: Row[], io: Io): string {
  const widest = Math.max(9, ...rows.map(([label]) => Math.min(stringWidth(sanitize(label)), 24)));
  const width = Math.max(20, io.columns - widest - 4);
  const lines = rows.flatMap(([label, text]) => {
    const shown = sanitize(label);
    const pad = ' '.repeat(Math.max(0, widest - stringWidth(shown)));
    return wrap(sanitize(text.replaceAll(/\s+/g, ' ').trim()), width).map((line, index) =>
      index === 0 ? `  ${shown}${pad}  ${line}` : `  ${' '.repeat(widest)}  ${line}`,
    );
  });
  return [sanitize(heading), ...lines].map((line) => `${line.trimEnd()}\n`).join('');
}

/** Breaks a text at spaces into lines of at most `width` cells; a longer word keeps a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function shortPath(file: string, io: Io): string {
  const short = relative(io.cwd, file);
  return short === '' || short.startsWith('..') ? file : short;
}
