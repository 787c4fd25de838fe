/** Whether queries leave everything as it was (GraphQL October 2021 §6.2.1). */
import fc from 'fast-check';
import { isObject, type JsonValue } from '../../../events/index.ts';
import type { RootField } from '../../../spec/graphql/contract.ts';
import { equalJson } from '../../equal-json.ts';
import { responseOf } from '../answer.ts';
import { PLAIN, type Sent, type Step } from '../call.ts';
import { argumentsArbitrary, casesOf, planOf } from '../cases.ts';
import type { GraphEngine } from '../engine.ts';
import { plainSelection } from '../selections.ts';
import { short } from '../shape.ts';
import type { Judgement, Property } from './property.ts';

/** A query leaves what other queries answer as it was; what changes by itself between two equal reads does not count. */
export function harmless(engine: GraphEngine, root: RootField, share: number): Property[] {
  const others = engine.contract.roots.filter(
    (one) =>
      one.kind === 'query' &&
      !one.field.args.some(({ type }) => String(type).endsWith('!')) &&
      engine.obstacle(one) === undefined,
  );
  if (others.length === 0) return [];
  const looks = others.slice(0, 3).map((one): Step => {
    const [skeleton = []] = engine.skeletons.of(one);
    return {
      role: 'check',
      root: one,
      args: {},
      bindings: [],
      select: plainSelection(skeleton),
      form: PLAIN,
      valid: true,
    };
  });
  const [skeleton = []] = engine.skeletons.of(root);
  const plan = planOf(engine, root, true);
  const select = fc.constant(plainSelection(skeleton));
  const arbitrary = casesOf(engine, root, { plan, args: argumentsArbitrary(engine, root), select });
  return [
    {
      ref: {
        id: `stateful query-changes-nothing ${root.id}`,
        clause: root.pointer,
        kind: 'stateful',
        operation: root.id,
      },
      runs: Math.min(share, 10),
      serial: true,
      arbitrary: () => arbitrary,
      async judge(drawn) {
        const before = await engine.run(drawn.slice(0, -1));
        const call = drawn.at(-1);
        if (before.kind === 'stuck' || call === undefined)
          return { kind: 'discarded', sent: before.sent, reason: before.kind === 'stuck' ? before.reason : 'no call' };
        let last: Judgement = { kind: 'discarded', sent: before.sent, reason: 'no call' };
        // Only what shows three times in a row is no accident of the clock.
        for (let turn = 0; turn < 3; turn++) {
          const sent = [...before.sent];
          const look = async (): Promise<void> => {
            for (const step of looks) {
              const one = await engine.call(step, [], -1);
              if (!('kind' in one)) sent.push(one);
            }
          };
          await look();
          await look();
          const made = await engine.call(call, before.sent, drawn.length - 1);
          if ('kind' in made) return { kind: 'discarded', sent, reason: made.reason };
          sent.push(made);
          await look();
          last = compared(sent, before.sent.length, looks.length);
          if (last.kind !== 'failed') return last;
        }
        return last;
      },
    },
  ];
}

function compared(sent: Sent[], start: number, count: number): Judgement {
  const focus = start + 2 * count;
  if (sent.length !== focus + 1 + count) return { kind: 'discarded', sent, reason: 'a look was not answered' };
  for (let index = 0; index < count; index++) {
    const [early, late, after] = [sent[start + index], sent[start + count + index], sent[focus + 1 + index]].map(
      (one) => (one === undefined ? null : (responseOf(one.answer).data ?? null)),
    );
    const changed = difference(early ?? null, late ?? null, after ?? null);
    if (changed === undefined) continue;
    const name = sent[focus + 1 + index]?.step.root.id ?? '';
    return {
      kind: 'failed',
      sent,
      focus,
      actual: `after the query ${name} answers otherwise: ${short(changed.after)} in place of ${short(changed.before)}`,
      expected: 'a query has no effect that another query shows (GraphQL October 2021 §6.2.1)',
      test: `JSON.stringify(answers[${start + count + index}].body) !== JSON.stringify(answers[${focus + 1 + index}].body)`,
    };
  }
  return { kind: 'passed', sent };
}

/** Where the third value differs from the second although the first two agree. */
function difference(
  early: JsonValue,
  late: JsonValue,
  after: JsonValue,
): { before: JsonValue; after: JsonValue } | undefined {
  if (isObject(early) && isObject(late) && isObject(after)) {
    for (const [name, value] of Object.entries(late)) {
      const found = difference(early[name] ?? null, value, after[name] ?? null);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (
    Array.isArray(early) &&
    Array.isArray(late) &&
    Array.isArray(after) &&
    early.length === late.length &&
    late.length === after.length
  ) {
    for (const [index, value] of late.entries()) {
      const found = difference(early[index] ?? null, value, after[index] ?? null);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return equalJson(early, late) && !equalJson(late, after) ? { before: late, after } : undefined;
}
