/** Whether input that the contract does not allow is refused: with errors, and without data. */
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../../events/index.ts';
import type { RootField } from '../../../spec/graphql/contract.ts';
import type { Negative } from '../../schema-port.ts';
import { responseOf, RESPONSE_JSON, typeOf } from '../answer.ts';
import { type Case, type GraphRequest, PLAIN, type Sent, type Step } from '../call.ts';
import { argumentsArbitrary, casesOf, planOf, smallSelection } from '../cases.ts';
import { requestOf } from '../document.ts';
import type { GraphEngine } from '../engine.ts';
import type { Judgement, Property } from './property.ts';

/** Names that no contract has. */
const NOWHERE = 'plumbUnknown';

/** One property for each clause of the arguments that can be broken, and one for broken documents. */
export function rejectionsOf(engine: GraphEngine, root: RootField): Property[] {
  const share = Math.max(5, Math.ceil(engine.runs / 5));
  return [...brokenArguments(engine, root, share), brokenDocuments(engine, root, share)];
}

/** Violations of the same keyword of the same clause are one: an input type may be reached in many ways. */
function brokenArguments(engine: GraphEngine, root: RootField, share: number): Property[] {
  if (root.field.args.length === 0) return [];
  const { inputs, schemas } = engine;
  const groups = new Map<string, { negative: Negative; turn: number }[]>();
  const seen = new Map<string, number>();
  for (const negative of schemas.negatives(inputs.argumentsAt(root.pointer), 'request')) {
    if (negative.instancePath === '' && negative.keyword === 'type') continue;
    const at = `${negative.instancePath} ${negative.keyword} ${negative.clause}`;
    const turn = seen.get(at) ?? 0;
    seen.set(at, turn + 1);
    const key = `${negative.clause.replaceAll(':null', '')} ${turn}`;
    groups.set(key, [...(groups.get(key) ?? []), { negative, turn }]);
  }
  const names = new Map<string, number>();
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike.toSorted((a, b) => a.negative.instancePath.length - b.negative.instancePath.length);
    if (first === undefined) return [];
    const { negative } = first;
    const place = negative.instancePath.slice(1);
    const title = `rejection ${root.id} ${place === '' ? '' : `${place} `}${negative.keyword}`;
    const count = (names.get(title) ?? 0) + 1;
    names.set(title, count);
    const id = count === 1 ? title : `${title} ${count}`;
    const plan = planOf(
      engine,
      root,
      false,
      (into) => into.startsWith(negative.instancePath) && negative.instancePath !== '',
    );
    const args = negative.arbitrary
      .filter((value) => isObject(value))
      .map((value): JsonObject => (isObject(value) ? value : {}));
    const select = fc.constant(smallSelection(engine, root));
    const arbitraries = (['variables', 'literals'] as const).map((values) =>
      casesOf(engine, root, { plan, args, select, valid: false, form: fc.constant({ ...PLAIN, values }) }),
    );
    return [
      {
        ref: { id, clause: clauseOf(engine, root, negative), kind: 'rejection' as const, operation: root.id },
        runs: share,
        serial: false,
        arbitrary: (index: number) => arbitraries[index % 5 === 2 ? 1 : 0] ?? pickFirst(arbitraries),
        judge: (drawn: Case) => judge(engine, drawn, (call) => !engine.accepts(root, call.args)),
      },
    ];
  });
}

function pickFirst<T>(all: readonly T[]): T {
  const [first] = all;
  if (first === undefined) throw new Error('a list of arbitraries is never empty');
  return first;
}

/** The clause of a violation; of a wrong type or a missing member the place that has the type. */
function clauseOf({ inputs, contract }: GraphEngine, root: RootField, negative: Negative): string {
  if (!['type', 'required', 'additionalProperties', 'anyOf'].includes(negative.keyword))
    return inputs.clauseOf(negative.clause);
  let clause = root.pointer;
  let type = '';
  for (const token of negative.instancePath.split('/').slice(1)) {
    if (/^\d+$/.test(token)) continue;
    const owner = type === '' ? undefined : contract.schema.getType(type);
    const field =
      owner !== undefined && 'getFields' in owner
        ? owner.getFields()[token]
        : root.field.args.find(({ name }) => name === token);
    if (field === undefined) return clause;
    clause = owner === undefined ? `${root.pointer}/${token}` : `#/${type}/${token}`;
    type = String(field.type).replaceAll(/[[\]!]/g, '');
  }
  return clause;
}

type Breakage = (request: GraphRequest) => GraphRequest;

const inside =
  (text: string): Breakage =>
  (request) => ({ ...request, query: request.query.replace('{\n', `{\n  ${text}\n`) });

/** Ways to break a document (GraphQL October 2021 §5), each with its name. */
const BREAKAGES: readonly [string, Breakage][] = [
  ['a field that does not exist', inside(`${NOWHERE}Field`)],
  ['a document that does not end', (request) => ({ ...request, query: request.query.replace(/\}\s*$/, '') })],
  ['a variable that is not declared', inside(`__typename @include(if: $${NOWHERE})`)],
  ['a directive that does not exist', inside(`__typename @${NOWHERE}`)],
  ['a fragment that does not exist', inside(`...${NOWHERE}`)],
  ['a fragment on a type that does not exist', inside(`... on ${NOWHERE} { __typename }`)],
  ['an argument that does not exist', inside(`again: __typename(${NOWHERE}: 1)`)],
  ['a selection of a leaf', inside('__typename { name }')],
  ['an operation that does not exist', (request) => ({ ...request, operationName: NOWHERE })],
  ['no operation', (request) => ({ ...request, query: '# nothing' })],
];

function brokenDocuments(engine: GraphEngine, root: RootField, share: number): Property {
  const arbitraries = BREAKAGES.map(([, breakage]) => broken(engine, root, breakage));
  return {
    ref: { id: `rejection ${root.id} document`, clause: root.pointer, kind: 'rejection', operation: root.id },
    runs: Math.max(share, BREAKAGES.length),
    serial: false,
    arbitrary: (index) => arbitraries[index % arbitraries.length] ?? pickFirst(arbitraries),
    judge: (drawn) =>
      judge(
        engine,
        drawn,
        ({ raw }) => raw !== undefined && (raw.operationName !== undefined || engine.invalid(raw) !== undefined),
      ),
  };
}

function broken(engine: GraphEngine, root: RootField, breakage: Breakage): Arbitrary<Case> {
  const args: Arbitrary<JsonObject> = argumentsArbitrary(engine, root);
  const select = smallSelection(engine, root);
  return args.map((own): Case => {
    const step: Step = { role: 'call', root, args: own, bindings: [], select, form: PLAIN, valid: false };
    return [{ ...step, raw: breakage(requestOf(engine.contract, step, own)) }];
  });
}

async function judge(engine: GraphEngine, drawn: Case, isInvalid: (call: Step) => boolean): Promise<Judgement> {
  const call = drawn.at(-1);
  if (call === undefined || !isInvalid(call))
    return { kind: 'discarded', sent: [], reason: 'the contract allows it after all' };
  const ran = await engine.run(drawn);
  if (ran.kind === 'stuck') return { kind: 'discarded', sent: ran.sent, reason: ran.reason };
  const focus = ran.sent.length - 1;
  const sent = ran.sent[focus];
  if (sent === undefined) return { kind: 'discarded', sent: ran.sent, reason: 'no call' };
  if (call.raw === undefined && !isInvalid({ ...call, args: sent.args }))
    return { kind: 'discarded', sent: ran.sent, reason: 'the contract allows it after all' };
  if (sent.answer.kind === 'fault') return { kind: 'undecided', sent: ran.sent, reason: sent.answer.message };
  const wrong = notRefused(sent);
  if (wrong === undefined) return { kind: 'passed', sent: ran.sent };
  return {
    kind: 'failed',
    sent: ran.sent,
    focus,
    ...wrong,
    test: `(({ status, body }) => ${wrong.test})(answers[${focus}])`,
  };
}

/** How the answer to a call that must be refused is none; undefined where it is one. */
export function notRefused({ answer, step }: Sent): { actual: string; expected: string; test: string } | undefined {
  const { data, errors } = responseOf(answer);
  const value: JsonValue | undefined = isObject(data) ? data[step.root.name] : data;
  const expected = 'errors and no data, as the contract does not allow the call';
  if (errors.length === 0)
    return {
      actual: `accepted: ${short(data ?? null)}`,
      expected,
      test: '!Array.isArray(body.errors) || body.errors.length === 0',
    };
  if (value !== undefined && value !== null)
    return {
      actual: `errors beside data: ${short(value)}`,
      expected,
      test: `body.data?.[${JSON.stringify(step.root.name)}] != null`,
    };
  if (isObject(data) && step.raw !== undefined)
    return { actual: `data is ${short(data)} although the document is not valid`, expected, test: 'body.data != null' };
  const status = answer.kind === 'answer' ? answer.status : undefined;
  if (status === undefined) return undefined;
  if (status >= 500 || (status < 400 && data === undefined && typeOf(answer) === RESPONSE_JSON))
    return {
      actual: `status ${status}`,
      expected: 'a 4xx status for a request that is not valid',
      test: `status === ${status}`,
    };
  return undefined;
}

function short(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
