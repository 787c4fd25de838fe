/** Everything that is derived from one contract before anything is sent: read, planned, generated, serialised. */
import { loadSpec } from '../../src/spec/load.ts';
import { literalsOf } from '../../src/verify/cases/literals.ts';
import { propertiesOf } from '../../src/verify/checks/properties.ts';
import { drawValue } from '../../src/verify/draw.ts';
import { createEngine } from '../../src/verify/run/engine.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';
import { createRunner } from '../../src/verify/wire/execute.ts';
import { isJson } from '../../src/verify/cases/media.ts';
import { mediaOf, serialise } from '../../src/verify/wire/serialise.ts';
import type { Spec } from '../../src/spec/model.ts';
import type { BodyOracle } from './body-oracle.ts';

/** What became of a document. */
export interface DocumentResult {
  file: string;
  /** Rules of the findings that made it unusable; empty where it was read. */
  refused: string[];
  /** Findings of severity error of a document that was read. */
  errors: string[];
  operations: number;
  properties: number;
  cases: number;
  /** Reasons why an operation has no case. */
  undecidable: string[];
  /** Response schemas that no value was made for, by reason. */
  answers: string[];
  /** Exceptions, and values that their own schema refuses, or ajv where it was asked for. */
  internal: string[];
  /** Bodies that ajv judged, and those whose schema it cannot compile. */
  judged: number;
  unjudged: number;
  readMs: number;
  totalMs: number;
  peakMb: number;
}

const CASES = 5;

/**
 * Derives and draws for every operation of a document; nothing is thrown. `oracle` makes an independent judge of the JSON
 * bodies that are sent as valid.
 */
export async function examine(file: string, oracle?: (spec: Spec) => BodyOracle): Promise<DocumentResult> {
  const started = performance.now();
  const result: DocumentResult = {
    file,
    refused: [],
    errors: [],
    operations: 0,
    properties: 0,
    cases: 0,
    undecidable: [],
    answers: [],
    internal: [],
    judged: 0,
    unjudged: 0,
    readMs: 0,
    totalMs: 0,
    peakMb: 0,
  };
  const guarded = <T>(what: string, make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      const [first = '', where = ''] = (error instanceof Error ? (error.stack ?? error.message) : String(error)).split(
        '\n',
      );
      result.internal.push(`${what}: ${first} ${where.trim()}`);
      return undefined;
    }
  };
  const read = await loadSpec(file);
  result.readMs = performance.now() - started;
  if (read.kind === 'invalid') result.refused = read.findings.map(({ rule, message }) => `${rule}: ${message}`);
  else {
    result.errors = read.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ rule, pointer, message }) => `${rule}: ${message} (${pointer})`);
    // Credentials are another matter: here every operation gets its cases.
    const spec = { ...read.spec, operations: read.spec.operations.map((one) => ({ ...one, security: [] })) };
    result.operations = spec.operations.length;
    guarded('document', () => {
      const schemas = createSchemas(spec.document, { dialect: spec.dialect, literals: literalsOf(spec) });
      const send = async () => ({ kind: 'fault' as const, message: 'not sent', ms: 0 });
      const runner = createRunner({ send, wire: spec, timeoutMs: 1000 });
      const engine = createEngine({ spec, schemas, runner, seed: 1, runs: 10, today: '2026-11-23' });
      const judge = oracle?.(spec);
      const { active, undecidable } = propertiesOf(engine);
      result.properties = active.length;
      result.undecidable = undecidable.map(({ reason }) => reason);
      for (const property of active)
        guarded(property.ref.id, () => {
          if (property.moot?.() !== undefined) return;
          const cases = property.ref.kind === 'acceptance' ? CASES : 1;
          for (let index = 0; index < cases; index++) {
            const { value } = drawValue(property.arbitrary(index), 1, property.ref.id, index);
            result.cases += 1;
            for (const step of value) {
              if (step.valid && !engine.accepts(step.operation, step.input)) {
                const text = JSON.stringify(step.input).slice(0, 300);
                result.internal.push(`${property.ref.id}: a valid step is refused by its own schema: ${text}`);
              }
              serialise(spec, step.operation, step.input);
              const media = mediaOf(step.operation, step.input);
              const { body } = step.input;
              if (judge === undefined || !step.valid || body === undefined || media?.schema === undefined) continue;
              if (!isJson(media.type)) continue;
              const verdict = judge(media.schema, body);
              if (verdict === 'unjudged') result.unjudged += 1;
              else result.judged += 1;
              if (verdict !== undefined && verdict !== 'unjudged')
                result.internal.push(`${property.ref.id}: a valid body is refused by ajv: ${verdict}`);
            }
          }
        });
      for (const operation of spec.operations)
        for (const response of operation.responses)
          for (const { schema } of response.content.slice(0, 1)) {
            if (schema === undefined) continue;
            const generator = guarded(schema, () => schemas.generator(schema, 'response'));
            if (generator === undefined) continue;
            if (generator.kind !== 'generator')
              result.answers.push(`${generator.kind}: ${generator.reason} (${generator.pointer})`);
            else
              guarded(schema, () => {
                for (let index = 0; index < CASES; index++) {
                  const { value } = drawValue(generator.arbitrary, 1, schema, index);
                  const [error] = schemas.validate(schema, value, 'response');
                  if (error !== undefined) result.internal.push(`${schema}: ${error.message} (${error.clause})`);
                }
              });
          }
    });
  }
  result.totalMs = performance.now() - started;
  result.peakMb = process.resourceUsage().maxRSS / 1024;
  return result;
}
