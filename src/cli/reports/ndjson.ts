/** A verification as JSON Lines while it happens: what was written stays readable when the run is cut short. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { VerifyReport } from '../../events/index.ts';
import { toSafeJson } from '../../events/sanitize.ts';
import { systemFault } from '../../events/system-fault.ts';
import type { VerifyEvent } from '../../verify/model.ts';
import { jsonParts } from './json-parts.ts';

const PROGRESS_EVERY_MS = 1000;

export interface NdjsonReport {
  /** Appends an event; progress at most once a second. */
  take(event: VerifyEvent): void;
  /** The last line, `{"type":"finished","report":…}`; closes the file. A text is why not all could be written. */
  finish(report: VerifyReport): string | undefined;
}

/** Opens the file anew. Throws where it cannot be written. */
export function openNdjson(path: string, now: () => number): NdjsonReport {
  const file = openSync(path, 'w');
  let progressAt = -Infinity;
  let fault: string | undefined;
  const write = (text: string): void => {
    try {
      if (fault === undefined) writeSync(file, text);
    } catch (error) {
      fault = systemFault(error);
    }
  };
  return {
    take(event) {
      if (event.type === 'progress') {
        if (now() - progressAt < PROGRESS_EVERY_MS) return;
        progressAt = now();
      }
      write(`${toSafeJson(event)}\n`);
    },
    finish(report) {
      write('{"type":"finished","report":');
      for (const part of jsonParts(report)) write(part);
      write('}\n');
      closeSync(file);
      return fault;
    },
  };
}
