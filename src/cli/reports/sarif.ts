/** A verification report as SARIF 2.1.0 (OASIS), which code-scanning services show beside the lines of the contract. */
import { relative, sep } from 'node:path';
import type { PropertyKind, PropertyResult, VerifyReport } from '../../events/index.ts';
import { reveal, toSafeJson } from '../../events/sanitize.ts';
import type { Location, Spec } from '../../spec/model.ts';
import { fingerprintOf } from './fingerprint.ts';

const ABOUT: Record<PropertyKind, string> = {
  conformance: 'Answers match the contract',
  acceptance: 'Valid input is accepted',
  rejection: 'Invalid input is refused as declared',
  invariant: 'The rules of the contract hold',
  stateful: 'What was created, changed or deleted looks like it afterwards',
  security: 'Calls without valid credentials are refused',
  objective: 'The latency objective is met',
};

/**
 * One result for each property that failed (`error`) or could not be decided (`warning`); what passed has none. Paths
 * are relative to `root`, the folder that the service knows as the repository.
 */
export function sarifOf(report: VerifyReport, spec: Spec, root: string, toolVersion: string): string {
  return `${toSafeJson(logOf(report, spec, root, toolVersion), 2)}\n`;
}

function logOf(report: VerifyReport, spec: Spec, root: string, toolVersion: string): object {
  const open = report.properties.filter((property) => property.verdict !== 'pass');
  const kinds = [...new Set(open.map((property) => property.kind))];
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'plumb',
            version: toolVersion,
            rules: kinds.map((kind) => ({
              id: kind,
              name: kind,
              shortDescription: { text: ABOUT[kind] },
              properties: { tags: ['contract', kind] },
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: report.verdict !== 'error',
            toolExecutionNotifications: report.warnings.map((warning) => ({
              level: 'warning',
              message: { text: reveal(warning) },
            })),
          },
        ],
        originalUriBaseIds: { SRCROOT: { description: { text: 'the root of the repository' } } },
        columnKind: 'utf16CodeUnits',
        results: open.map((property) => resultOf(property, spec, root, kinds.indexOf(property.kind))),
        properties: {
          verdict: report.verdict,
          seed: report.seed,
          cases: report.cases,
          semanticDigest: report.spec.semanticDigest,
        },
      },
    ],
  };
}

function resultOf(property: PropertyResult, spec: Spec, root: string, ruleIndex: number): object {
  const { counterexample } = property;
  return {
    ruleId: property.kind,
    ruleIndex,
    level: property.verdict === 'fail' ? 'error' : 'warning',
    message: { text: reveal(messageOf(property), { multiline: true }) },
    locations: [
      {
        physicalLocation: physical(spec.locate(property.clause), root),
        logicalLocations: [{ fullyQualifiedName: reveal(property.clause), kind: 'member' }],
      },
    ],
    partialFingerprints: { 'plumbProperty/v1': fingerprintOf(property) },
    properties: {
      property: property.id,
      verdict: property.verdict,
      ...(counterexample === undefined
        ? {}
        : { seed: counterexample.seed, path: counterexample.path, reproducer: counterexample.reproducer }),
    },
  };
}

function messageOf(property: PropertyResult): string {
  const { counterexample, id } = property;
  if (counterexample === undefined)
    return property.verdict === 'fail'
      ? `${id} fails`
      : `${id} could not be decided: ${property.reason ?? 'no reason'}`;
  const input = JSON.stringify(counterexample.input);
  return `${id}: expected ${counterexample.expected}; actual ${counterexample.actual}; input ${input}`;
}

function physical(location: Location, root: string): object {
  const path = relative(root, location.file);
  const inside = path !== '' && !path.startsWith('..');
  const uri = (inside ? path : location.file).split(sep).map(encodeURIComponent).join('/');
  return {
    artifactLocation: inside ? { uri, uriBaseId: 'SRCROOT' } : { uri: `file://${uri}` },
    region: { startLine: location.line, startColumn: location.column },
  };
}
