/** A counterexample as a script: the calls in order, each with what it brings. Needs nothing of ours. */
import { isAbsolute, relative, resolve } from 'node:path';
import { sanitize } from '../../events/sanitize.ts';
import type { CallSource } from '../model.ts';
import type { PastCall } from './keeper.ts';

export type ScriptSubject = CallSource;

export interface ScriptOptions {
  title: string;
  expected: string;
  actual: string;
  subject: ScriptSubject;
  calls: (PastCall & { role: string })[];
  /** Lines that go before the last call. */
  lines: string[];
}

/** A shell script; run it in the folder of the contract's code. */
export function callScript(options: ScriptOptions): string {
  const { title, expected, actual, subject } = options;
  const head = [
    '#!/bin/sh',
    ...comment(title),
    ...comment(`expected: ${expected}`),
    ...comment(`actual:   ${actual}`),
    `cd ${quoted(subject.cwd)} || exit 3`,
  ];
  const body = subject.kind === 'module' ? moduleLines(options, subject) : programLines(options, subject);
  return `${[...head, ...body].join('\n')}\n`;
}

function moduleLines({ calls }: ScriptOptions, subject: Extract<CallSource, { kind: 'module' }>): string[] {
  const file = resolve(subject.cwd, subject.file);
  const near = relative(subject.cwd, file);
  const place = isAbsolute(near) ? near : `./${near}`;
  const script = [
    `const module = await import(${JSON.stringify(place)});`,
    'const at = (root, name) => root?.[name] ?? name.split(".").reduce((value, part) => value?.[part], root);',
    'const call = async (name, ...args) => {',
    '  const act = at(module, name) ?? at(module.default, name);',
    '  try { console.log(name, args, "→", await act(...args)); } catch (error) { console.log(name, args, "threw", error); }',
    '};',
    ...calls.map(({ method, wire }) => {
      const args = (Array.isArray(wire) ? wire : [wire]).map((one) => JSON.stringify(one));
      return `await call(${[JSON.stringify(method), ...args].join(', ')});`;
    }),
  ];
  return [`exec node --input-type=module -e ${quoted(script.join('\n'))}`];
}

function programLines({ calls, lines }: ScriptOptions, subject: Extract<CallSource, { kind: 'program' }>): string[] {
  const requests = calls.map(({ method, wire }, index) =>
    JSON.stringify({ jsonrpc: '2.0', method, params: wire, id: index + 1 }),
  );
  const sent = [...requests.slice(0, -1), ...lines, ...requests.slice(-1)];
  return [`printf '%s\\n' ${sent.map((line) => quoted(line)).join(' ')} | (${subject.command})`];
}

function comment(text: string): string[] {
  return sanitize(text, { multiline: true })
    .split('\n')
    .map((line) => `# ${line}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
