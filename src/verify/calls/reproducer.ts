/**
 * A counterexample as a script: the calls in order, each with what it brings. It ends with 1 where the failure shows, with
 * 0 where it does not, and with 3 where there is nothing to call. Needs nothing of ours.
 */
import { isAbsolute, relative, resolve } from 'node:path';
import { isObject, type JsonValue } from '../../events/index.ts';
import { sanitize } from '../../events/sanitize.ts';
import type { CallSource } from '../model.ts';
import type { PastCall } from './keeper.ts';
import type { Made } from './scenario.ts';
import { MODULE, PRELUDE, PROGRAM } from './script-text.ts';
import { seenOf } from './shown.ts';

export interface ScriptOptions {
  title: string;
  expected: string;
  actual: string;
  subject: CallSource;
  /** Calls that the case needs others to have made before it. */
  before: PastCall[];
  made: Made[];
  /** The same case once more: what differs is not looked at. */
  again: Made[] | undefined;
  /** Lines that go before the last call, as they are. */
  lines: string[];
  /** JavaScript over `answers`, by index in `made`, that is true where the failure shows. */
  test: string;
  timeoutMs: number;
}

/** A shell script; run it in the folder of the contract's code. */
export function callScript(options: ScriptOptions): string {
  const { title, expected, actual, subject, before, made, again, lines, test, timeoutMs } = options;
  const calls = made.map((one) => `await call(${JSON.stringify(one.method.name)}, ${paramsText(one)});`);
  const last = calls.splice(-1);
  const seen = made.map((one, index) => (test.includes(`seen[${index}]`) ? seenOf(one, again?.[index]) : null));
  const script = [
    `const LIMIT_MS = ${timeoutMs};`,
    ...PRELUDE,
    ...(subject.kind === 'module'
      ? [`const file = ${JSON.stringify(placeOf(subject))};`, ...MODULE]
      : [`const command = ${JSON.stringify(subject.command)};`, ...PROGRAM]),
    ...(seen.every((one) => one === null) ? [] : [`const seen = ${JSON.stringify(seen)};`]),
    ...before.map(({ method, wire }) => `await call(${JSON.stringify(method)}, ${JSON.stringify(wire)});`),
    ...(before.length > 0 ? ['answers.length = 0;'] : []),
    ...calls,
    ...lines.map((line) => `await line(${JSON.stringify(line)});`),
    ...last,
    // What answers nothing may come a little later.
    ...(test.includes('strays') ? ['await new Promise((resolve) => setTimeout(resolve, 200));'] : []),
    `end(() => ${test});`,
  ];
  return `${[
    '#!/bin/sh',
    ...comment(title),
    ...comment(`expected: ${expected}`),
    ...comment(`actual:   ${actual}`),
    '# Ends with 1 where the failure shows, with 0 where it does not, with 3 where there is nothing to call.',
    `cd ${quoted(subject.cwd)} || exit 3`,
    "exec node --input-type=module - <<'PLUMB'",
    ...script,
    'PLUMB',
  ].join('\n')}\n`;
}

function placeOf(subject: Extract<CallSource, { kind: 'module' }>): string {
  const near = relative(subject.cwd, resolve(subject.cwd, subject.file));
  return isAbsolute(near) ? near : `./${near}`;
}

/** What is passed, as JavaScript; what an earlier call gave out is taken from its answer. */
function paramsText({ method, wire, bindings }: Made): string {
  const text = (name: string | undefined, value: JsonValue): string => {
    const binding = bindings.find(({ param }) => param === name);
    const path =
      typeof binding?.template === 'string' ? /^\$\{\s*result((?:\.\w+)*)\s*\}$/.exec(binding.template) : null;
    if (binding === undefined || path === null) return JSON.stringify(value);
    return `at(answers[${binding.step}].result, ${JSON.stringify((path[1] ?? '').split('.').slice(1))})`;
  };
  if (!isObject(wire)) return `[${wire.map((one, index) => text(method.parameters[index]?.name, one)).join(', ')}]`;
  return `{ ${Object.entries(wire)
    .map(([name, one]) => `${JSON.stringify(name)}: ${text(name, one)}`)
    .join(', ')} }`;
}

function comment(text: string): string[] {
  return sanitize(text, { multiline: true })
    .split('\n')
    .map((line) => `# ${line}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
