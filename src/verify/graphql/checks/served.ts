/** The verdict on the served schema: what it lacks of the contract fails, what it has beyond it is worth a warning. */
import { hash } from 'node:crypto';
import {
  isObject,
  type JsonObject,
  type JsonValue,
  type PropertyRef,
  type PropertyResult,
} from '../../../events/index.ts';
import { responseOf } from '../answer.ts';
import { type GraphAnswer, PLAIN, type Sent } from '../call.ts';
import type { GraphEngine } from '../engine.ts';
import { type Reach, scriptOf } from '../reproducer.ts';
import { introspected, INTROSPECTION } from './introspection.ts';

export type Served = { kind: 'refused'; reason: string } | { kind: 'seen'; result: PropertyResult; drift: string[] };

/** Compares an answer to the introspection query with the contract. */
export function servedResult(engine: GraphEngine, ref: PropertyRef, answer: GraphAnswer, reach: Reach): Served {
  const seen = introspected(engine.contract.schema, answer);
  if (seen.kind === 'refused') return seen;
  const drift = seen.drift.map(({ message }) => message);
  const [first] = seen.breaking;
  if (first === undefined) return { kind: 'seen', result: { ...ref, verdict: 'pass', cases: 1 }, drift };
  const actual = seen.breaking
    .map(({ message }) => message)
    .slice(0, 10)
    .join('; ');
  const expected = `the schema of the contract (${first.pointer})`;
  const names = first.pointer.split('/').slice(1);
  const root = engine.contract.roots[0];
  const sent: Sent[] =
    root === undefined
      ? []
      : [
          {
            step: {
              role: 'call',
              root,
              args: {},
              bindings: [],
              select: [],
              form: PLAIN,
              valid: true,
              raw: INTROSPECTION,
            },
            args: {},
            request: INTROSPECTION,
            answer,
            role: 'call',
            index: 0,
          },
        ];
  const named = namedText(names);
  // What is missing stays away; what is otherwise is told by all that the served schema says of it.
  const test =
    names.length === 0
      ? `(await import('node:crypto')).hash('sha256', JSON.stringify(answers[0].body)) === ${JSON.stringify(digestOf(answer))}`
      : first.message.includes('has no')
        ? `!(${named})`
        : `JSON.stringify(${named}) === ${JSON.stringify(JSON.stringify(namedIn(answer, names)))}`;
  const result: PropertyResult = {
    ...ref,
    verdict: 'fail',
    cases: 1,
    counterexample: {
      seed: engine.seed,
      path: '0',
      shrinks: 0,
      input: { query: '{ __schema { types { name } } }', variables: {} },
      actual,
      expected,
      reproducer: scriptOf({ title: ref.id, expected, actual, before: [], sent, again: undefined, test, reach }),
      exchanges: [],
      reproducible: true,
    },
  };
  return { kind: 'seen', result, drift };
}

/** What is no schema at all is known by the whole answer. */
function digestOf(answer: GraphAnswer): string {
  return hash('sha256', JSON.stringify(answer.kind === 'answer' ? (answer.json ?? answer.text) : null));
}

/** What the served schema says of what a clause names; undefined where it has no such thing. */
function namedIn(answer: GraphAnswer, [type, field, argument]: string[]): JsonValue | undefined {
  const { data } = responseOf(answer);
  const find = (list: JsonValue | undefined, name: string | undefined): JsonObject | undefined =>
    Array.isArray(list) ? list.filter((one) => isObject(one)).find((one) => one['name'] === name) : undefined;
  const schema = isObject(data) && isObject(data['__schema']) ? data['__schema'] : {};
  const found = find(schema['types'], type);
  if (field === undefined) return found;
  const member = ['fields', 'inputFields', 'enumValues'].map((one) => find(found?.[one], field)).find((one) => one);
  return argument === undefined ? member : find(member?.['args'], argument);
}

/** An expression that is true where the served schema has what a clause names. */
function namedText([type = '', field, argument]: string[]): string {
  const found = `answers[0].body.data.__schema.types.find((one) => one.name === ${JSON.stringify(type)})`;
  if (field === undefined) return found;
  const members = `[...(${found}?.fields ?? []), ...(${found}?.inputFields ?? []), ...(${found}?.enumValues ?? [])]`;
  const member = `${members}.find((one) => one.name === ${JSON.stringify(field)})`;
  return argument === undefined ? member : `${member}?.args?.find((one) => one.name === ${JSON.stringify(argument)})`;
}
