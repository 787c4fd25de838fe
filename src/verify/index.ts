/** The verification engine: properties derived from a spec by code, run against a subject. Writes no file. */
import { hash32 } from './draw.ts';
import type { Verify } from './model.ts';
import { runVerification } from './run/run.ts';
import { createSchemas } from './schema/index.ts';
import { startSubject } from './subject/index.ts';

/** Runs every property of a spec against a subject. */
export const verify: Verify = (options) =>
  runVerification(options, {
    createSchemas,
    startSubject,
    seed: options.seed ?? hash32(options.spec.semanticDigest) >>> 1,
    now: () => performance.now(),
    today: new Date().toISOString().slice(0, 10),
  });
