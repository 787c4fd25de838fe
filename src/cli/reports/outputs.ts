/** The report files that `plumb verify` was asked for. */
import { accessSync, closeSync, constants, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { VerifyReport } from '../../events/index.ts';
import { systemFault } from '../../events/system-fault.ts';
import type { Spec } from '../../spec/model.ts';
import type { VerifyEvent } from '../../verify/model.ts';
import type { Flags } from '../arguments.ts';
import { appVersion } from '../version.ts';
import { htmlOf } from './html/page.ts';
import { junitOf } from './junit.ts';
import { type NdjsonReport, openNdjson } from './ndjson.ts';
import { sarifOf } from './sarif.ts';

/** The flags of `plumb verify` that name a report file. */
export const REPORT_OPTIONS = {
  junit: { type: 'string' },
  sarif: { type: 'string' },
  ndjson: { type: 'string' },
  html: { type: 'string' },
} as const;

export interface Outputs {
  take(event: VerifyEvent): void;
  /** Writes every file, or says which could not be written; none is left half written. */
  write(report: VerifyReport, spec: Spec, root: string): string | undefined;
}

const WRITERS = {
  junit: (report: VerifyReport) => junitOf(report),
  sarif: (report: VerifyReport, spec: Spec, root: string) => sarifOf(report, spec, root, appVersion()),
  html: (report: VerifyReport, spec: Spec, root: string) => htmlOf(report, spec, root),
};

/** Looks before the run whether the files can be written, as a run may take long; a text is what is wrong. */
export function openOutputs(flags: Flags, cwd: string): Outputs | string {
  const paths = new Map<string, string>();
  for (const name of Object.keys(REPORT_OPTIONS)) {
    const flag = flags[name];
    if (typeof flag !== 'string') continue;
    const path = resolve(cwd, flag);
    const problem = unwritable(path) ?? foreign(path, OWN[name as keyof typeof OWN]);
    if (problem !== undefined) return `--${name} ${flag}: ${problem}`;
    if ([...paths.values()].includes(path)) return `--${name} ${flag}: another report goes to the same file`;
    paths.set(name, path);
  }
  const streamed = paths.get('ndjson');
  let ndjson: NdjsonReport | undefined;
  try {
    ndjson = streamed === undefined ? undefined : openNdjson(streamed, () => performance.now());
  } catch (error) {
    return `--ndjson ${streamed}: ${systemFault(error)}`;
  }
  return {
    take: (event) => ndjson?.take(event),
    write(report, spec, root) {
      for (const [name, writer] of Object.entries(WRITERS)) {
        const path = paths.get(name);
        if (path === undefined) continue;
        try {
          writeFileSync(`${path}.part`, writer(report, spec, root));
          renameSync(`${path}.part`, path);
        } catch (error) {
          return `--${name} ${path}: the report cannot be written: ${systemFault(error)}`;
        }
      }
      const fault = ndjson?.finish(report);
      return fault === undefined ? undefined : `--ndjson: the report is not whole: ${fault}`;
    },
  };
}

function unwritable(path: string): string | undefined {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) return 'that is a folder; name a file';
    if (there !== undefined && !there.isFile()) return 'what is there is not a file; name one';
    accessSync(dirname(path), constants.W_OK);
    return undefined;
  } catch (error) {
    return `the folder ${dirname(path)} cannot be written to: ${systemFault(error)}`;
  }
}

/** How a report of each kind begins, by which an older one is told from a file of the user's. */
const OWN: Record<keyof typeof REPORT_OPTIONS, RegExp> = {
  junit: /^<\?xml [^>]*>\s*<testsuites name="plumb verify"/,
  sarif: /^\{\s*"\$schema": "[^"]*sarif[^"]*",[^]*"name": "plumb"/,
  ndjson: /^\{"type":"started"/,
  html: /^<!doctype html>[^]*<meta name="generator" content="plumb"/i,
};
const HEAD_BYTES = 1024;

/** Only a report that we wrote is written over; anything else at the path is the user's. */
function foreign(path: string, own: RegExp): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const text = head.toString('utf8', 0, readSync(file, head));
    return text === '' || own.test(text) ? undefined : 'a file that is no such report stands there; name another';
  } finally {
    closeSync(file);
  }
}
