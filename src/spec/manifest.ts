/** `plumb.yaml`: which code belongs to which contract, how its subject starts, and what it may cost. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { at, type Caps, isObject, type JsonObject, type JsonValue } from '../events/index.ts';
import { readText } from './disk.ts';
import type { Finding } from './model.ts';
import { parseYaml } from './text/parse-yaml.ts';
import { lineIndex, locator } from './text/places.ts';
import { own } from './reader.ts';
import { type Report, reporter } from './report.ts';
import { DEFAULT_LIMITS } from './text/syntax.ts';

/** Where the thing under test comes from; folders and modules are relative to the manifest's folder. */
export type SubjectEntry =
  /** A shell command line; it gets its port in the environment variable PORT. */
  | { kind: 'command'; start: string; readyPath?: string; env?: Record<string, string> }
  | { kind: 'url'; url: string }
  /** A JavaScript module whose functions are called. */
  | { kind: 'module'; module: string; env?: Record<string, string> }
  /** A program that answers JSON lines. */
  | { kind: 'program'; command: string; env?: Record<string, string> }
  /** Files of records. */
  | { kind: 'data'; globs: string[] };

export interface ManifestEntry {
  name: string;
  /** Absolute path of the contract. */
  contract: string;
  /** Globs that the agent may write, relative to the manifest's folder; empty where it says nothing. */
  code: string[];
  /** Absent where the manifest says nothing. */
  subject?: SubjectEntry;
  /** Name of the deployment environment that the spec is for, such as `production`. */
  environment?: string;
  /** By security scheme: the environment variable that holds its credentials. */
  auth?: Record<string, string>;
  caps: Caps;
}

export interface Manifest {
  /** Absolute path of `plumb.yaml`. */
  file: string;
  folder: string;
  entries: ManifestEntry[];
}

export type ReadManifest =
  | { kind: 'manifest'; manifest: Manifest; findings: Finding[] }
  | { kind: 'invalid'; findings: Finding[] }
  | { kind: 'none' };

/** Looks for `plumb.yaml` from a folder upwards, up to the repository's root where there is one, and reads it. */
export function findManifest(cwd: string): ReadManifest {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = ['plumb.yaml', 'plumb.yml'].map((name) => join(folder, name)).find((path) => existsSync(path));
    if (file !== undefined) return readManifest(file);
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return { kind: 'none' };
  }
}

const MAX_BYTES = 4 * 1024 * 1024;

/** Reads a manifest. Entries with a finding of severity error are left out. */
export function readManifest(file: string): ReadManifest {
  const read = readText(file, MAX_BYTES);
  if (read.kind !== 'text')
    return { kind: 'invalid', findings: [unreadable(file, read.kind === 'none' ? 'it is not there' : read.message)] };
  return manifestFromText(read.text, file);
}

/** Makes a manifest from a text as if it had been read from `file`. Pure. */
export function manifestFromText(text: string, file: string): ReadManifest {
  const parsed = parseYaml(text, { ...DEFAULT_LIMITS, maxValues: 100_000 });
  const place = lineIndex(text);
  const findings = parsed.problems.map(({ offset, ...problem }): Finding => ({
    ...problem,
    pointer: '#',
    location: { file, ...place(offset) },
  }));
  if (parsed.value === undefined) return { kind: 'invalid', findings };
  const report = reporter(findings, locator(file, text, parsed.value, parsed.offsets));
  const root = parsed.value;
  const specs = isObject(root) ? own(root, 'specs') : undefined;
  if (!isObject(root) || !isObject(specs)) {
    report(
      'error',
      'manifest-shape',
      '#',
      'the manifest has no `specs`',
      'write `specs: { NAME: { contract: FILE } }`',
    );
    return { kind: 'invalid', findings };
  }
  refuseUnknown(root, ['specs'], '#', report);
  const folder = dirname(file);
  const entries = Object.entries(specs).flatMap(([name, node]) => {
    const entry = readEntry(name, node, folder, report);
    return entry === undefined ? [] : [entry];
  });
  return { kind: 'manifest', manifest: { file, folder, entries }, findings };
}

function readEntry(name: string, node: JsonValue, folder: string, report: Report): ManifestEntry | undefined {
  const pointer = at('#/specs', name);
  const refuse = (place: string, message: string, hint?: string): undefined => {
    report('error', 'manifest-shape', place, message, hint);
  };
  if (!/^[\w][\w.-]*$/.test(name))
    return refuse(pointer, `${JSON.stringify(name)} is no name for a spec`, 'use letters, digits, "-", "_" and "."');
  if (!isObject(node)) return refuse(pointer, 'a spec must be an object');
  refuseUnknown(node, ['contract', 'code', 'subject', 'environment', 'auth', 'budget'], pointer, report);
  const contract = own(node, 'contract');
  if (typeof contract !== 'string' || contract === '')
    return refuse(at(pointer, 'contract'), 'a spec needs `contract`, the path of its document');
  const code = own(node, 'code') ?? [];
  const globs = Array.isArray(code) ? code : [code];
  for (const [index, glob] of globs.entries())
    if (typeof glob !== 'string' || !staysInside(glob))
      return refuse(
        at(pointer, 'code', index),
        '`code` lists globs that stay inside the repository',
        'write `code: ["services/NAME/**"]`',
      );
  const environment = own(node, 'environment');
  if (environment !== undefined && typeof environment !== 'string')
    return refuse(
      at(pointer, 'environment'),
      '`environment` must be a name',
      'variables of the subject are `subject.env`',
    );
  const subjectNode = own(node, 'subject');
  const subject = subjectNode === undefined ? undefined : readSubject(subjectNode, at(pointer, 'subject'), report);
  if (subject === null) return undefined;
  const auth = readAuth(own(node, 'auth'), at(pointer, 'auth'), report);
  if (auth === undefined) return undefined;
  const caps = readBudget(own(node, 'budget'), at(pointer, 'budget'), report);
  if (caps === undefined) return undefined;
  return {
    name,
    contract: resolve(folder, contract),
    code: globs.filter((glob) => typeof glob === 'string'),
    ...(subject === undefined ? {} : { subject }),
    ...(environment === undefined ? {} : { environment }),
    ...(Object.keys(auth).length === 0 ? {} : { auth }),
    caps,
  };
}

/** The subject, or null after a finding. */
function readSubject(node: JsonValue, pointer: string, report: Report): SubjectEntry | null {
  const refuse = (place: string, message: string): null => {
    report(
      'error',
      'manifest-shape',
      place,
      message,
      'write `subject: { start: "node server.js" }`, or `url`, `module`, `command`, `data`',
    );
    return null;
  };
  if (!isObject(node)) return refuse(pointer, '`subject` must be an object');
  refuseUnknown(node, ['start', 'ready', 'env', 'url', 'module', 'command', 'data'], pointer, report);
  const kinds = ['start', 'url', 'module', 'command', 'data'].filter((name) => own(node, name) !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return refuse(pointer, 'a subject has exactly one of `start`, `url`, `module`, `command`, `data`');
  const value = own(node, kind);
  if (kind === 'data') {
    const globs = Array.isArray(value) ? value : [value];
    const texts = globs.filter((glob) => typeof glob === 'string');
    return texts.length === globs.length && texts.length > 0 && texts.every(staysInside)
      ? { kind: 'data', globs: texts }
      : refuse(at(pointer, 'data'), '`data` lists globs that stay inside the repository');
  }
  if (typeof value !== 'string' || value.trim() === '') return refuse(at(pointer, kind), `\`${kind}\` must be a text`);
  const ready = own(node, 'ready');
  if (ready !== undefined && (typeof ready !== 'string' || !ready.startsWith('/') || kind !== 'start'))
    return refuse(at(pointer, 'ready'), '`ready` is a path such as /healthz, beside `start`');
  const env = own(node, 'env');
  if (env !== undefined && (!isObject(env) || kind === 'url'))
    return refuse(at(pointer, 'env'), '`env` maps variables to texts, beside `start`, `module` or `command`');
  const variables = isObject(env)
    ? { env: Object.fromEntries(Object.entries(env).map(([key, item]) => [key, textOf(item)])) }
    : {};
  switch (kind) {
    case 'url': {
      const protocol = URL.parse(value)?.protocol;
      if (protocol !== 'http:' && protocol !== 'https:')
        return refuse(at(pointer, 'url'), '`url` must begin with http:// or https://');
      return { kind: 'url', url: value };
    }
    case 'module':
      return staysInside(value)
        ? { kind: 'module', module: value, ...variables }
        : refuse(at(pointer, 'module'), '`module` must lie inside the repository');
    case 'command':
      return { kind: 'program', command: value, ...variables };
    default:
      return {
        kind: 'command',
        start: value,
        ...(typeof ready === 'string' ? { readyPath: ready } : {}),
        ...variables,
      };
  }
}

/** Names of environment variables by security scheme; a secret itself never stands in a file. */
function readAuth(node: JsonValue | undefined, pointer: string, report: Report): Record<string, string> | undefined {
  if (node === undefined) return {};
  const hint = 'write `auth: { SCHEME: NAME_OF_A_VARIABLE }`; the secret itself stays in the environment';
  if (!isObject(node)) {
    report('error', 'manifest-shape', pointer, '`auth` must be an object', hint);
    return undefined;
  }
  const auth: Record<string, string> = {};
  for (const [scheme, variable] of Object.entries(node)) {
    if (typeof variable !== 'string' || !/^[A-Z_][A-Z0-9_]*$/.test(variable)) {
      report('error', 'manifest-shape', at(pointer, scheme), 'it must be the name of an environment variable', hint);
      return undefined;
    }
    auth[scheme] = variable;
  }
  return auth;
}

function readBudget(node: JsonValue | undefined, pointer: string, report: Report): Caps | undefined {
  if (node === undefined) return {};
  const hint = 'write `budget: { maxUsd: 2, maxTokens: 500000, maxRounds: 8 }`';
  const names = ['maxUsd', 'maxTokens', 'maxRounds'];
  if (!isObject(node)) {
    report('error', 'manifest-shape', pointer, '`budget` must be an object', hint);
    return undefined;
  }
  refuseUnknown(node, names, pointer, report);
  for (const name of names) {
    const value = own(node, name);
    const whole = name !== 'maxUsd';
    if (value !== undefined && (typeof value !== 'number' || value < 0 || (whole && !Number.isSafeInteger(value)))) {
      report(
        'error',
        'manifest-shape',
        at(pointer, name),
        `\`${name}\` must be a ${whole ? 'whole ' : ''}number of at least 0`,
        hint,
      );
      return undefined;
    }
  }
  const { maxUsd, maxTokens, maxRounds } = node;
  return {
    ...(typeof maxUsd === 'number' ? { maxUsdMicros: Math.floor(maxUsd * 1_000_000 + 1e-6) } : {}),
    ...(typeof maxTokens === 'number' ? { maxTokens } : {}),
    ...(typeof maxRounds === 'number' ? { maxRounds } : {}),
  };
}

function refuseUnknown(node: JsonObject, known: string[], pointer: string, report: Report): void {
  for (const name of Object.keys(node))
    if (!known.includes(name) && !name.startsWith('x-'))
      report(
        'error',
        'manifest-key',
        at(pointer, name),
        `${JSON.stringify(name)} is not known here`,
        `known: ${known.join(', ')}`,
      );
}

/** True for a relative path or glob that does not leave its folder. */
function staysInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !/^[A-Za-z]:/.test(path) && !path.split(/[\\/]/).includes('..');
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function unreadable(file: string, message: string): Finding {
  return { rule: 'unreadable', severity: 'error', pointer: '#', location: { file, line: 1, column: 1 }, message };
}
