/** A run whose subject is traced, with what was found out about its code in the report. */
import type { VerifyReport } from '../../events/index.ts';
import type { CodeScope } from '../model.ts';
import { runVerification, type RunParts } from '../run/run.ts';
import { createTracer, type Traced } from './tracer.ts';

/** Runs a verification of a service and follows which of its code each property executes. */
export async function verifyTraced(
  options: Parameters<typeof runVerification>[0],
  parts: RunParts,
  scope: CodeScope,
): Promise<{ report: VerifyReport; traced: Traced }> {
  const tracer = await createTracer(scope, parts.startSubject);
  try {
    const report = await runVerification(options, { ...parts, startSubject: tracer.start, trace: tracer });
    const traced = tracer.finish();
    return { report: withCode(report, traced), traced };
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
