/**
 * Mutants of the spec. A clause is enforced if some property would fail once the service violated exactly that clause,
 * given what this run has sent and seen. Three ways in which none would:
 * - what it says was never put to the test: no call was answered with the status, no rule applied, no value was sent
 *   that breaks only this keyword, no answer held the place that it speaks of;
 * - an answer that violates exactly this keyword passes the check of answers: it is made here and checked;
 * - leaving the clause out changes no property.
 */
import type { ClauseCoverage, JsonValue, SpecMutationReport, VerifyReport } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { isJson } from '../cases/media.ts';
import { emptyInput } from '../cases/scenario.ts';
import { mismatch } from '../checks/conformance.ts';
import { drawValue } from '../draw.ts';
import type { Schemas } from '../schema-port.ts';
import type { Sent } from '../wire/execute.ts';

const DRAWS = 3;

/** What a schema says of something that is answered, and whether the check of answers lets a value of it pass. */
interface Answered {
  title: string;
  schema: string;
  passes: (json: JsonValue) => boolean;
}

/** What each clause of a contract is worth after a run; absent where the run has no map of its coverage. */
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
  for (const answered of [...bodiesOf(spec, schemas), ...resultsOf(spec, schemas)]) weakened(schemas, answered, note);
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
  schemas: Schemas,
  { title, schema, passes }: Answered,
  note: (clause: string, title: string, reason: string) => void,
): void {
  for (const { clause, keyword, confirm } of schemas.breakables(schema, 'response').named) {
    const negative = confirm();
    if (!('arbitrary' in negative)) continue;
    const values = Array.from({ length: DRAWS }, (_, index) => drawValue(negative.arbitrary, 1, clause, index).value);
    const passing = values.find(passes);
    if (passing !== undefined)
      note(
        clause,
        `${title} ${keyword}`,
        `an answer that violates it passes: ${JSON.stringify(passing).slice(0, 200)}`,
      );
  }
}

/** The bodies of a service's answers. */
function bodiesOf(spec: Spec, schemas: Schemas): Answered[] {
  return spec.operations.flatMap((operation) =>
    operation.responses.flatMap(({ status, content }) =>
      content.flatMap(({ schema, type }): Answered[] =>
        schema === undefined || !/^\d{3}$/.test(status) || !isJson(type)
          ? []
          : [
              {
                title: `${operation.id} ${status}`,
                schema,
                passes: (json) =>
                  mismatch(spec, schemas, answered(operation, Number(status), type, json)) === undefined,
              },
            ],
      ),
    ),
  );
}

/** What methods bring: their results, and the data of their errors. */
function resultsOf({ methods }: Spec, schemas: Schemas): Answered[] {
  return methods.flatMap(({ name, result, errors }) => {
    const places = [
      { title: `${name} result`, schema: result?.schema },
      ...errors.map(({ code, data }) => ({ title: `${name} error ${code}`, schema: data })),
    ];
    return places.flatMap(({ title, schema }): Answered[] =>
      schema === undefined
        ? []
        : [{ title, schema, passes: (json) => schemas.validate(schema, json, 'response').length === 0 }],
    );
  });
}

function answered(operation: Operation, status: number, type: string, json: JsonValue): Sent {
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
