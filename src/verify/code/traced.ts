/** A run whose subject is traced, with what was found out about its code in the report. */
import type { VerifyReport } from '../../events/index.ts';
import { type CallParts, runCalls } from '../calls/run.ts';
import { type GraphqlOptions, type GraphqlParts, verifyGraphql } from '../graphql/index.ts';
import type { CallSource, CodeScope, HttpSource, VerifyOptions } from '../model.ts';
import { runVerification, type RunParts } from '../run/run.ts';
import { createTracer, type Traced, type Tracer } from './tracer.ts';

export interface TracedRun {
  report: VerifyReport;
  traced: Traced;
}

/** Runs a verification of a service and follows which of its code each property executes. */
export function traceService(
  options: VerifyOptions & { subject: HttpSource },
  parts: RunParts,
  scope: CodeScope,
): Promise<TracedRun> {
  return traced(scope, (tracer) =>
    runVerification(options, {
      ...parts,
      trace: tracer,
      startSubject: (source, signal) =>
        source.kind === 'command'
          ? tracer.follow(source, (followed) => parts.startSubject(followed, signal))
          : parts.startSubject(source, signal),
    }),
  );
}

/** Runs a verification of a module or a program and follows which of its code each property executes. */
export function traceCalls(
  options: VerifyOptions & { subject: CallSource },
  parts: CallParts,
  scope: CodeScope,
): Promise<TracedRun> {
  return traced(scope, (tracer) =>
    runCalls(options, {
      ...parts,
      trace: tracer,
      startCalls: (source, pure) => tracer.follow(source, (followed) => parts.startCalls(followed, pure)),
    }),
  );
}

/** Runs a verification of what answers GraphQL and follows which of its code each property executes. */
export function traceGraphql(options: GraphqlOptions, parts: GraphqlParts, scope: CodeScope): Promise<TracedRun> {
  return traced(scope, (tracer) =>
    verifyGraphql(options, {
      ...parts,
      trace: tracer,
      startCalls: (source, pure) => tracer.follow(source, (followed) => parts.startCalls(followed, pure)),
      startSubject: (source, signal) =>
        source.kind === 'command'
          ? tracer.follow(source, (followed) => parts.startSubject(followed, signal))
          : parts.startSubject(source, signal),
    }),
  );
}

async function traced(scope: CodeScope, run: (tracer: Tracer) => Promise<VerifyReport>): Promise<TracedRun> {
  const tracer = await createTracer(scope);
  try {
    const report = await run(tracer);
    const found = tracer.finish();
    return { report: withCode(report, found), traced: found };
  } finally {
    tracer.close();
  }
}

function withCode(report: VerifyReport, { map, warnings }: Traced): VerifyReport {
  return {
    ...report,
    ...(map === undefined ? {} : { coverage: { ...report.coverage, ...map.share }, code: map.report }),
    warnings: [...report.warnings, ...warnings],
  };
}
