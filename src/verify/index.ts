/** The verification engine: properties derived from a spec by code, run against a subject. Writes no file. */
import type { JsonValue, VerifyReport } from '../events/index.ts';
import { runCalls } from './calls/run.ts';
import { runData } from './data/run.ts';
import { hash32 } from './draw.ts';
import type { CodeScope, StartSubject, Verify, VerifyOptions } from './model.ts';
import { runVerification } from './run/run.ts';
import { createSchemas } from './schema/index.ts';
import { servedAt } from './subject/base-path.ts';
import { startCalls } from './subject/calls.ts';
import { openData } from './subject/data.ts';
import { startAhead, startSubject } from './subject/index.ts';
import { titleOf } from './subject-title.ts';
import { undecidedReport } from './undecided.ts';

export type { Counterexample, PropertyResult, VerifyReport } from '../events/index.ts';
export { loadSpec } from '../spec/load.ts';
export type { CallOutcome, CallRequest, CallSubject, StartedCalls } from './calls/model.ts';
export type { CallSource, DataSource, HttpSource, VerifyEvent, VerifyOptions } from './model.ts';

/** Runs every property of a spec against a subject. */
export const verify: Verify = async (asked) => {
  const { subject } = asked;
  if (subject.kind === 'url' && asked.spec.contract === 'openapi') {
    const { basePath, warning } = await servedAt(asked.spec, subject.url, asked.signal);
    const report = await verifyWith({ ...asked, spec: { ...asked.spec, basePath } }, startSubject);
    return warning === undefined ? report : { ...report, warnings: [warning, ...report.warnings] };
  }
  const plain = asked.coverage !== true && asked.mutants === undefined;
  if (!plain || subject.kind !== 'command') return verifyWith(asked, startSubject);
  // It starts on another core while the properties are derived.
  const ahead = await startAhead(subject, asked.signal);
  try {
    return await verifyWith(asked, ahead.start);
  } finally {
    await ahead.drop();
  }
};

async function verifyWith(asked: VerifyOptions, startSubject: StartSubject): Promise<VerifyReport> {
  const options = asked.code === undefined ? asked : { ...asked, literals: await literalsOfCode(asked, asked.code) };
  const { spec, subject } = options;
  const seed = options.seed ?? hash32(spec.semanticDigest) >>> 1;
  const parts = { createSchemas, seed, now: () => performance.now(), today: new Date().toISOString().slice(0, 10) };
  switch (spec.contract) {
    case 'openapi':
      if (subject.kind === 'command' || subject.kind === 'url') {
        const http = { ...options, subject };
        const { code, coverage, mutants } = options;
        if (code !== undefined && mutants !== undefined) {
          const { mutateService } = await import('./mutation/run.ts');
          return mutateService({ ...http, code }, { ...parts, startSubject });
        }
        if (code === undefined || coverage !== true) return runVerification(http, { ...parts, startSubject });
        const { traceService } = await import('./code/traced.ts');
        return (await traceService(http, { ...parts, startSubject }, code)).report;
      }
      break;
    case 'openrpc':
      if (subject.kind === 'module' || subject.kind === 'program') {
        const { code, coverage, mutants, literals = [] } = options;
        const calls = { ...options, subject };
        const callParts = { ...parts, startCalls, literals };
        if (code !== undefined && mutants !== undefined) {
          const { mutateCalls } = await import('./mutation/run.ts');
          return mutateCalls({ ...calls, code }, callParts);
        }
        if (code === undefined || coverage !== true) return runCalls(calls, callParts);
        const { traceCalls } = await import('./code/traced.ts');
        return (await traceCalls(calls, callParts, code)).report;
      }
      break;
    case 'json-schema':
      if (subject.kind === 'data') return runData({ ...options, subject }, { ...parts, openData });
      break;
    case 'graphql':
      if (subject.kind === 'command' || subject.kind === 'url' || subject.kind === 'module') {
        const { code, coverage, mutants } = options;
        const graphql = { ...options, subject };
        const graphqlParts = { ...parts, startSubject, startCalls };
        if (code !== undefined && mutants !== undefined) {
          const { mutateGraphql } = await import('./mutation/run.ts');
          return mutateGraphql({ ...graphql, code }, graphqlParts);
        }
        if (code !== undefined && coverage === true) {
          const { traceGraphql } = await import('./code/traced.ts');
          return (await traceGraphql(graphql, graphqlParts, code)).report;
        }
        const { verifyGraphql } = await import('./graphql/index.ts');
        return verifyGraphql(graphql, graphqlParts);
      }
      break;
  }
  return undecidedReport(
    spec,
    titleOf(subject),
    seed,
    `a ${spec.contract} contract cannot be held against this subject`,
  );
}

async function literalsOfCode({ literals = [] }: VerifyOptions, code: CodeScope): Promise<JsonValue[]> {
  const [{ harvest }, { readCode }] = await Promise.all([import('./code/harvest.ts'), import('./code/read-code.ts')]);
  return [...literals, ...harvest(readCode(code))];
}
