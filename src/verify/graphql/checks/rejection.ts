/** Whether input that the contract does not allow is refused: with errors, and without data. */
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../../events/index.ts';
import type { RootField } from '../../../spec/graphql/contract.ts';
import type { Early } from '../../early.ts';
import type { Breakable, Negative } from '../../schema-port.ts';
import { responseOf, RESPONSE_JSON, typeOf } from '../answer.ts';
import { type Case, type GraphRequest, PLAIN, type Sent, type Step } from '../call.ts';
import { argumentsArbitrary, casesOf, planOf, smallSelection } from '../cases.ts';
import { requestOf } from '../document.ts';
import type { GraphEngine } from '../engine.ts';
import type { Judgement, Property } from './property.ts';

/** Names that no contract has. */
const NOWHERE = 'plumbUnknown';

/** Keywords of the arguments of one root field that are broken, the outermost ones first. */
const MOST = 200;

/** What the derivation of a whole contract keeps count of. */
export interface Breaking {
  early: Early;
  /** Told of root fields of which not all keywords are broken. */
  cut: (place: string) => void;
}

/** One property for each clause of the arguments that can be broken, and one for broken documents. */
export function rejectionsOf(engine: GraphEngine, root: RootField, breaking: Breaking): Property[] {
  const share = Math.max(5, Math.ceil(engine.runs / 5));
  return [...brokenArguments(engine, root, share, breaking), brokenDocuments(engine, root, share)];
}

/** Violations of the same keyword of the same clause are one: an input type may be reached in many ways. */
function brokenArguments(engine: GraphEngine, root: RootField, share: number, { early, cut }: Breaking): Property[] {
  if (root.field.args.length === 0) return [];
  const { inputs, schemas } = engine;
  const groups = new Map<string, Breakable[]>();
  const seen = new Map<string, number>();
  const { named, more } = schemas.breakables(inputs.argumentsAt(root.pointer), 'request');
  for (const breakable of named) {
    if (breakable.instancePath === '' && breakable.keyword === 'type') continue;
    const at = `${breakable.instancePath} ${breakable.keyword} ${breakable.clause}`;
    const turn = seen.get(at) ?? 0;
    seen.set(at, turn + 1);
    const key = `${breakable.clause.replaceAll(':null', '')} ${turn}`;
    groups.set(key, [...(groups.get(key) ?? []), breakable]);
  }
  if (more || groups.size > MOST) cut(`${root.id} (${Math.min(MOST, groups.size)} of more)`);
  const names = new Map<string, number>();
  return [...groups.values()].slice(0, MOST).flatMap((alike) => {
    const ways = alike.toSorted((a, b) => a.instancePath.length - b.instancePath.length);
    const isOpen = !early.takes(Math.max(...ways.map(({ width }) => width)));
    const broken = confirmedOf(ways);
    const [breakable] = isOpen ? ways : [broken()];
    if (breakable === undefined) return [];
    const place = breakable.instancePath.slice(1);
    const title = `rejection ${root.id} ${place === '' ? '' : `${place} `}${breakable.keyword}`;
    const count = (names.get(title) ?? 0) + 1;
    names.set(title, count);
    const id = count === 1 ? title : `${title} ${count}`;
    let arbitraries: readonly Arbitrary<Case>[] | undefined;
    const drawn = (): readonly Arbitrary<Case>[] => {
      const negative = broken();
      if (negative === undefined) throw new Error(`${id} has no case, and was begun`);
      return brokenCases(engine, root, negative);
    };
    return [
      {
        ref: { id, clause: clauseOf(engine, root, breakable), kind: 'rejection' as const, operation: root.id },
        runs: share,
        serial: false,
        ...(isOpen ? { moot: () => (broken() === undefined ? 'no value breaks it alone' : undefined) } : {}),
        arbitrary(index: number) {
          arbitraries ??= drawn();
          return arbitraries[index % 5 === 2 ? 1 : 0] ?? pickFirst(arbitraries);
        },
        judge: (one: Case) => judge(engine, one, (call) => !engine.accepts(root, call.args)),
      },
    ];
  });
}

/** The first of several ways to break one clause that some value takes; found once. */
function confirmedOf(ways: readonly Breakable[]): () => Negative | undefined {
  let found: { negative: Negative | undefined } | undefined;
  return () => {
    if (found === undefined) {
      let negative: Negative | undefined;
      for (const way of ways) {
        const made = way.confirm();
        if ('arbitrary' in made) negative = made;
        if (negative !== undefined) break;
      }
      found = { negative };
    }
    return found.negative;
  };
}

/** Calls with such arguments, as variables and as literals. */
function brokenCases(engine: GraphEngine, root: RootField, negative: Negative): readonly Arbitrary<Case>[] {
  const { instancePath } = negative;
  const plan = planOf(engine, root, false, (into) => into.startsWith(instancePath) && instancePath !== '');
  const args = negative.arbitrary
    .filter((value) => isObject(value))
    .map((value): JsonObject => (isObject(value) ? value : {}));
  const select = fc.constant(smallSelection(engine, root));
  return (['variables', 'literals'] as const).map((values) =>
    casesOf(engine, root, { plan, args, select, valid: false, form: fc.constant({ ...PLAIN, values }) }),
  );
}

function pickFirst<T>(all: readonly T[]): T {
  const [first] = all;
  if (first === undefined) throw new Error('a list of arbitraries is never empty');
  return first;
}

/** The clause of a violation; of a wrong type or a missing member the place that has the type. */
function clauseOf(
  { inputs, contract }: GraphEngine,
  root: RootField,
  negative: Pick<Negative, 'keyword' | 'clause' | 'instancePath'>,
): string {
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
