/**
 * A failing case as a script: it makes the same calls, takes the ids that the service gives out from its answers, and
 * ends with status 1 where the failure shows and 0 where it does not.
 */
import { isAbsolute, relative, resolve } from 'node:path';
import { isObject, type JsonObject, type JsonValue, tokensOf } from '../../events/index.ts';
import { blurred } from '../blurred.ts';
import { responseOf } from './answer.ts';
import type { Sent } from './call.ts';
import type { AuthorizationHeader } from './authorization.ts';
import { withArgument } from './engine.ts';
import { HTTP, MODULE, PRELUDE } from './script-text.ts';

/** How the script reaches the subject. */
export type Reach =
  | { kind: 'http'; url: string; authorization: readonly AuthorizationHeader[] }
  /** The folder that it runs in, the module and the files of the contract. */
  | { kind: 'module'; cwd: string; file: string; contract: string[] };

export interface ScriptOptions {
  title: string;
  expected: string;
  actual: string;
  /** Calls of other cases that have to come before. */
  before: readonly (readonly Sent[])[];
  sent: readonly Sent[];
  /** The same once more on a fresh subject: what differs is not looked at. */
  again: readonly Sent[] | undefined;
  test: string;
  reach: Reach;
}

/** Writes the script. */
export function scriptOf(options: ScriptOptions): string {
  const { before, sent, reach, again, test } = options;
  const callsOf = (all: readonly Sent[]): string[] =>
    all.flatMap((one) => [
      `// ${oneLine(one.role)}: ${oneLine(one.step.root.id)}`,
      `await call(${callText(one, all)});`,
    ]);
  const seen = sent.map((one, index) => {
    const twin = again?.length === sent.length ? again[index] : undefined;
    return test.includes(`seen[${index}]`)
      ? blurred(bodyOf(one), twin === undefined ? bodyOf(one) : bodyOf(twin))
      : null;
  });
  const program = [
    ...PRELUDE,
    ...(reach.kind === 'http' ? [authorizationText(reach.authorization), ...HTTP] : [...placesOf(reach), ...MODULE]),
    `const seen = ${JSON.stringify(seen)};`,
    ...before.flatMap((all) => ['// What has to be there before.', ...callsOf(all), 'answers.length = 0;']),
    ...callsOf(sent),
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
          ...(sent.length === 1 && last !== undefined ? [`# ${curlOf(last, reach.authorization)}`] : []),
        ]
      : [`cd ${quoted(reach.cwd)} || exit 3`]),
    "exec node --input-type=module - <<'PLUMB'",
    ...program,
    'PLUMB',
    '',
  ].join('\n');
}

/** Where the module and the contract are, as the script finds them from its folder. */
function placesOf({ cwd, file, contract }: Extract<Reach, { kind: 'module' }>): string[] {
  const near = (path: string): string => {
    const place = relative(cwd, resolve(cwd, path));
    return isAbsolute(place) ? place : `./${place}`;
  };
  return [`const file = ${JSON.stringify(near(file))};`, `const contract = ${JSON.stringify(contract.map(near))};`];
}

/** The request of a call as JavaScript; bound values are read off the earlier answers. */
function callText({ request, step, args }: Sent, sent: readonly Sent[]): string {
  const marks = new Map<string, string>();
  let variables: JsonObject = request.variables;
  let { query } = request;
  const mark = (expression: string): string => {
    const name = `\u0001${marks.size}\u0001`;
    marks.set(name, expression);
    return name;
  };
  const sources = sent.flatMap((one) => one.step.bindings.map((binding) => ({ binding, of: one })));
  if (step.raw === undefined) {
    for (const { into, step: from, pointer, plus = 0 } of step.bindings) {
      const expression = `${expressionOf(sent, from, pointer)}${plus === 0 ? '' : ` + ${plus}`}`;
      const [name = ''] = tokensOf(into);
      if (Object.hasOwn(variables, name)) variables = withArgument(variables, into, mark(expression));
      else {
        // As a literal in the text the value stands there as JSON.
        const value = JSON.stringify(valueAtPath(args, into));
        if (value !== undefined) query = query.replace(value, mark(expression));
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
          [name]: mark(expressionOf(sent, known.binding.step, known.binding.pointer)),
        };
      else if (own >= 0) {
        const root = rootValue(sent[own]);
        const key = isObject(root) ? Object.keys(root).find((one) => root[one] === value) : undefined;
        if (key !== undefined)
          variables = {
            ...variables,
            [name]: mark(`at(answers[${own}].body.data, ${JSON.stringify([sent[own]?.step.root.name, key])})`),
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

/** The headers that authorise a request, out of the environment of the script. */
function authorizationText(headers: readonly AuthorizationHeader[]): string {
  return `const authorization = { ${headers.map(({ name, script }) => `${JSON.stringify(name)}: ${script}`).join(', ')} };`;
}

function curlOf({ request }: Sent, headers: readonly AuthorizationHeader[]): string {
  const authorized = headers.map(({ name, shell }) => ` -H "${name}: ${shell}"`).join('');
  return `curl -sS "$BASE" -H 'content-type: application/json'${authorized} -d ${quoted(JSON.stringify(request))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
