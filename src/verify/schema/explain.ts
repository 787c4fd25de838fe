import { at } from '../../events/json.ts';
import type { SchemaRefusal, Unsatisfiable } from '../schema-port.ts';
import type { Goals } from './canon/goals.ts';
import type { Goal } from './canon/goal.ts';
import { conflictOf, demandOf } from './conflict.ts';
import { LIMITS } from './limits.ts';
import type { Registry } from './registry.ts';
import { ARRAY, NUMBER, OBJECT, STRING } from './types.ts';

/** Why a goal has no value: a limit of ours (refused), or the schema itself (unsatisfiable). */
export function explain(goals: Goals, goal: Goal, pointer: string, registry: Registry): SchemaRefusal | Unsatisfiable {
  const seen = new Set<Goal>();
  const demanded = new Map<Goal, { name: string; by: Goal }>();
  const stack = [goal];
  let cause: Goal = goal;
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.blocked) return { kind: 'refused', ...next.blocked };
    const shapes = goals.shapes(next);
    if (!next.complete) {
      return refusal('anyOf', next, `its alternatives have over ${LIMITS.branches} combinations`);
    }
    if (shapes.length === 0) cause = next;
    for (const shape of shapes) {
      for (const name of shape.object.required) {
        const member = goals.property(shape, name);
        if (!demanded.has(member)) demanded.set(member, { name, by: next });
        stack.push(member);
      }
      for (let index = 0; index < Math.min(shape.array.min, shape.array.prefix.length + 1); index++) {
        stack.push(
          ...goals.items(
            shape,
            index,
            shape.array.contained.map(({ literal }) => literal),
          ),
        );
      }
    }
    if (seen.size > LIMITS.depth) return refusal('$ref', goal, `its values nest deeper than ${LIMITS.depth} levels`);
  }
  const place = cause.literals.find(({ positive }) => positive)?.node.pointer ?? pointer;
  const conflict = conflictOf(goals, cause, registry);
  const member = demanded.get(cause);
  const closed = cause.literals.find(({ node, positive }) => positive && node.schema === false)?.node.pointer;
  if (member !== undefined && closed?.endsWith('/additionalProperties') === true) {
    const by = demandOf(member.by, member.name, registry) ?? place;
    const reason = `${by} demands "${member.name}", and ${closed} forbids it: additionalProperties knows only the properties that stand beside it, none of allOf, anyOf, oneOf or $ref`;
    return { kind: 'unsatisfiable', pointer, reason };
  }
  const reason =
    cause === goal && goals.shapes(goal).length === 0
      ? (conflict ?? 'its keywords contradict one another')
      : cause.literals.length > 0 && goals.shapes(cause).length === 0
        ? `${place} cannot be satisfied where it is demanded${conflict === undefined ? '' : `: ${conflict}`}`
        : 'every value would have to contain itself';
  return { kind: 'unsatisfiable', pointer, reason };
}

function refusal(keyword: string, goal: Goal, reason: string): SchemaRefusal {
  return { kind: 'refused', keyword, pointer: at(goal.literals[0]?.node.pointer ?? '#', keyword), reason };
}

/** Names what most likely keeps a goal from being drawn although nothing in it contradicts itself. */
export function blame(goals: Goals, goal: Goal, pointer: string): SchemaRefusal {
  const reason = 'no value was found that satisfies it along with its siblings';
  for (const { string, array, number, object, types } of goals.shapes(goal)) {
    const keyword =
      types & STRING && string.patterns.length + string.notPatterns.length > 0
        ? 'pattern'
        : types & STRING && string.formats.length > 0
          ? 'format'
          : types & ARRAY && array.unique
            ? 'uniqueItems'
            : types & ARRAY && array.contained.length > 0
              ? 'contains'
              : types & NUMBER && number.multiples.length > 0
                ? 'multipleOf'
                : types & OBJECT && object.names.length > 0
                  ? 'propertyNames'
                  : undefined;
    if (keyword) return { kind: 'refused', keyword, pointer: at(pointer, keyword), reason };
  }
  return {
    kind: 'refused',
    keyword: 'schema',
    pointer,
    reason: 'no value was found that satisfies all of its keywords',
  };
}
