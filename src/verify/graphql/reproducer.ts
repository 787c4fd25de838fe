/**
 * A failing case as a script: it makes the same calls, takes the ids that the service gives out from its answers, and
 * ends with status 1 where the failure shows and 0 where it does not.
 */
import { pathToFileURL } from 'node:url';
import { isObject, type JsonObject, type JsonValue, tokensOf } from '../../events/index.ts';
import { blurred } from '../blurred.ts';
import { responseOf } from './answer.ts';
import type { Sent } from './call.ts';
import { withArgument } from './engine.ts';

/** How the script reaches the subject. */
export type Reach = { kind: 'http'; url: string } | { kind: 'module'; file: string; host: string; contract: string };

export interface ScriptOptions {
  title: string;
  expected: string;
  actual: string;
  sent: readonly Sent[];
  /** The same case on the same subject once more: what differs is not looked at. */
  again: readonly Sent[] | undefined;
  test: string;
  reach: Reach;
}

/** Writes the script. */
export function scriptOf(options: ScriptOptions): string {
  const { sent, reach, again, test } = options;
  const calls = sent.map((one) => callText(one, sent));
  const seen = sent.map((one, index) => {
    const twin = again?.length === sent.length ? again[index] : undefined;
    return test.includes(`seen[${index}]`)
      ? blurred(bodyOf(one), twin === undefined ? bodyOf(one) : bodyOf(twin))
      : null;
  });
  const program = [
    ...PRELUDE,
    ...(reach.kind === 'http' ? HTTP : moduleLines(reach)),
    `const seen = ${JSON.stringify(seen)};`,
    ...calls.flatMap((call, index) => [
      `// ${oneLine(sent[index]?.role ?? '')}: ${oneLine(sent[index]?.step.root.id ?? '')}`,
      `await call(${call});`,
    ]),
    'let shows = false;',
    `try { shows = Boolean(${test}); } catch {}`,
    "console.log(shows ? 'reproduced' : 'not reproduced');",
    'process.exit(shows ? 1 : 0);',
  ];
  const last = sent.at(-1);
  return [
    '#!/bin/sh',
    `# ${oneLine(options.title)}`,
    `# expected: ${oneLine(options.expected)}`,
    `# actual:   ${oneLine(options.actual)}`,
    '# Ends with 1 where the failure shows, with 0 where it does not, with 3 where nothing answers.',
    ...(reach.kind === 'http'
      ? [
          `export BASE="\${BASE:-${reach.url}}"`,
          ...(sent.length === 1 && last !== undefined ? [`# ${curlOf(last)}`] : []),
        ]
      : []),
    "exec node --input-type=module - <<'PLUMB'",
    ...program,
    'PLUMB',
    '',
  ].join('\n');
}

const PRELUDE = [
  'const answers = [];',
  'const at = (value, path) => path.reduce((node, key) => node?.[key], value);',
  "const some = (value, good) => typeof value === 'object' && value !== null &&",
  '  ((!Array.isArray(value) && good(value)) || Object.values(value).some((one) => some(one, good)));',
  '// Equal but for what changes from run to run.',
  "const like = (value, seen) => seen === '*' || (typeof seen === 'object' && seen !== null",
  "  ? typeof value === 'object' && value !== null && Object.keys(seen).every((key) => like(value[key], seen[key]))",
  '  : value === seen);',
];

const HTTP = [
  'const call = async (request) => {',
  '  console.log(request.query, JSON.stringify(request.variables));',
  "  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9' };",
  "  const response = await fetch(process.env.BASE, { method: 'POST', headers, body: JSON.stringify(request) }).catch(() => {",
  '    console.error(`nothing answers at ${process.env.BASE}: start the service, and set BASE to the URL of its endpoint`);',
  '    process.exit(3);',
  '  });',
  '  const text = await response.text();',
  '  let body = text;',
  '  try { body = JSON.parse(text); } catch {}',
  "  const type = (response.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();",
  '  answers.push({ status: response.status, type, body });',
  '  console.log(response.status, text);',
  '};',
];

function moduleLines({ file, host, contract }: Extract<Reach, { kind: 'module' }>): string[] {
  return [
    `const { open, execute } = await import(${JSON.stringify(pathToFileURL(host).href)});`,
    `await open(${JSON.stringify(file)}, ${JSON.stringify(contract)});`,
    'const call = async (request) => {',
    '  console.log(request.query, JSON.stringify(request.variables));',
    '  const body = await execute(request);',
    '  answers.push({ body });',
    '  console.log(JSON.stringify(body));',
    '};',
  ];
}

/** The request of a call as JavaScript; bound values are read off the earlier answers. */
function callText({ request, step, args }: Sent, sent: readonly Sent[]): string {
  const marks = new Map<string, string>();
  let variables: JsonObject = request.variables;
  let { query } = request;
  const mark = (value: JsonValue, expression: string): string => {
    const name = `\u0001${marks.size}\u0001`;
    marks.set(name, expression);
    void value;
    return name;
  };
  const sources = sent.flatMap((one) => one.step.bindings.map((binding) => ({ binding, of: one })));
  if (step.raw === undefined) {
    for (const { into, step: from, pointer } of step.bindings) {
      const expression = expressionOf(sent, from, pointer);
      const [name = ''] = tokensOf(into);
      if (Object.hasOwn(variables, name)) variables = withArgument(variables, into, mark(null, expression));
      else {
        // As a literal in the text the value stands there as JSON.
        const value = JSON.stringify(valueAtPath(args, into));
        if (value !== undefined) query = query.replace(value, mark(null, expression));
      }
    }
  } else {
    // A probe may use an id that an earlier answer gave.
    for (const [name, value] of Object.entries(variables)) {
      const known = sources.find(
        ({ binding, of }) => JSON.stringify(valueAtPath(of.args, binding.into)) === JSON.stringify(value),
      );
      const own = sent.findIndex(
        (one) =>
          one.step.raw === undefined &&
          isObject(rootValue(one)) &&
          Object.values(rootValue(one) ?? {}).some((item) => typeof item === 'string' && item === value),
      );
      if (known !== undefined)
        variables = {
          ...variables,
          [name]: mark(value, expressionOf(sent, known.binding.step, known.binding.pointer)),
        };
      else if (own >= 0) {
        const root = rootValue(sent[own]);
        const key = isObject(root) ? Object.keys(root).find((one) => root[one] === value) : undefined;
        if (key !== undefined)
          variables = {
            ...variables,
            [name]: mark(value, `at(answers[${own}].body.data, ${JSON.stringify([sent[own]?.step.root.name, key])})`),
          };
      }
    }
  }
  const text = JSON.stringify({ ...request, query, variables });
  return [...marks].reduce((made, [name, expression]) => {
    const quoted = JSON.stringify(name);
    const inner = quoted.slice(1, -1);
    return made.includes(quoted)
      ? made.replace(quoted, () => expression)
      : made.replace(inner, () => `" + JSON.stringify(${expression}) + "`);
  }, text);
}

function rootValue(sent: Sent | undefined): JsonValue | undefined {
  if (sent === undefined) return undefined;
  const { data } = responseOf(sent.answer);
  return isObject(data) ? data[sent.step.root.name] : undefined;
}

function expressionOf(sent: readonly Sent[], step: number, pointer: string): string {
  const index = sent.findIndex((one) => one.index === step);
  const path = [sent[index]?.step.root.name ?? '', ...tokensOf(pointer)];
  return `at(answers[${index}].body.data, ${JSON.stringify(path)})`;
}

function valueAtPath(value: JsonValue, pointer: string): JsonValue | undefined {
  return tokensOf(pointer).reduce<JsonValue | undefined>(
    (node, token) => (Array.isArray(node) ? node[Number(token)] : isObject(node) ? node[token] : undefined),
    value,
  );
}

function bodyOf({ answer }: Sent): JsonValue {
  return answer.kind === 'fault' ? null : (answer.json ?? answer.text);
}

function curlOf({ request }: Sent): string {
  const body = JSON.stringify(request).replaceAll("'", String.raw`'\''`);
  return `curl -sS "$BASE" -H 'content-type: application/json' -d '${body}'`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
