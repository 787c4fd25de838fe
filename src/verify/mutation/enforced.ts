/**
 * Mutants of the spec. A clause is enforced if some property would fail once the service violated exactly that clause,
 * given what this run has sent and seen. Three ways in which none would:
 * - what it says was never put to the test: no call was answered with the status, no rule applied, no value was sent
 *   that breaks only this keyword, no answer held the place that it speaks of;
 * - an answer that violates exactly this keyword passes the check of answers: it is made here and checked;
 * - leaving the clause out changes no property.
 */
import type { ClauseCoverage, SpecMutationReport, VerifyReport } from '../../events/index.ts';
import type { MediaType, Operation, ResponseSpec, Spec } from '../../spec/model.ts';
import { isJson } from '../cases/media.ts';
import { emptyInput } from '../cases/scenario.ts';
import { mismatch } from '../checks/conformance.ts';
import { drawValue } from '../draw.ts';
import type { Schemas } from '../schema-port.ts';
import type { Sent } from '../wire/execute.ts';

const DRAWS = 3;

/** What each clause of a service's contract is worth after a run; absent where the run has no map of its coverage. */
export function enforcementOf(spec: Spec, schemas: Schemas, report: VerifyReport): SpecMutationReport | undefined {
  const { coverageMap } = report;
  if (coverageMap === undefined) return undefined;
  const clauses = new Map<string, { title: string; reason: string | undefined }>();
  const note = (clause: string, title: string, reason: string | undefined): void => {
    const known = clauses.get(clause);
    // What is enforced at one place where a shared clause holds is enforced.
    if (known === undefined || reason === undefined) clauses.set(clause, { title, reason });
  };
  for (const one of coverageMap) {
    if (one.kind === 'operation' || one.kind === 'parameter') continue;
    note(one.clause, one.operation === undefined ? one.title : `${one.operation} ${one.title}`, untested(one));
  }
  for (const operation of spec.operations)
    for (const response of operation.responses)
      for (const media of response.content) weakened(spec, schemas, operation, response, media, note);
  const unenforced = [...clauses].flatMap(([clause, { title, reason }]) =>
    reason === undefined ? [] : [{ clause, title, reason }],
  );
  return { total: clauses.size, enforced: clauses.size - unenforced.length, unenforced };
}

function untested({ kind, state, title }: ClauseCoverage): string | undefined {
  if (state === 'full') return undefined;
  switch (kind) {
    case 'response':
      return 'no call was answered with it, so that it could be dropped unnoticed';
    case 'invariant':
      return 'the rule never applied, so that its opposite would hold as well';
    default:
      if (title.startsWith('answer ')) return 'no answer held what it speaks of';
      return state === 'partial' ? undefined : 'no value that breaks only this was sent';
  }
}

/** Answers that violate exactly one keyword each; where the check lets one pass, leaving that keyword out changes nothing. */
function weakened(
  spec: Spec,
  schemas: Schemas,
  operation: Operation,
  response: ResponseSpec,
  media: MediaType,
  note: (clause: string, title: string, reason: string | undefined) => void,
): void {
  const { schema } = media;
  const status = /^\d{3}$/.test(response.status) ? Number(response.status) : undefined;
  if (schema === undefined || status === undefined || !isJson(media.type)) return;
  for (const { clause, keyword, arbitrary } of schemas.negatives(schema, 'response')) {
    const passing = Array.from({ length: DRAWS }, (_, index) => drawValue(arbitrary, 1, clause, index).value).find(
      (json) => mismatch(spec, schemas, answered(operation, status, media.type, json)) === undefined,
    );
    if (passing !== undefined)
      note(
        clause,
        `${operation.id} ${response.status} ${keyword}`,
        `an answer that violates it passes: ${JSON.stringify(passing).slice(0, 200)}`,
      );
  }
}

function answered(
  operation: Operation,
  status: number,
  type: string,
  json: Exclude<Sent['input']['body'], undefined>,
): Sent {
  const contentType = type.includes('*') ? 'application/json' : type;
  return {
    operation,
    role: 'call',
    input: emptyInput(),
    bindings: [],
    valid: true,
    index: 0,
    request: { method: operation.method.toUpperCase(), path: operation.path, headers: {} },
    answer: {
      kind: 'answer',
      status,
      headers: { 'content-type': contentType },
      text: JSON.stringify(json),
      json,
      ms: 0,
    },
  };
}
