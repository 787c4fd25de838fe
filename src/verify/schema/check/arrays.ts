/** Keywords on arrays (2020-12 core §10.3.1, §11.2; validation §6.4). */
import { at, isObject } from '../../../events/json.ts';
import type { JsonValue } from '../../../events/json.ts';
import { keyOf } from '../equal.ts';
import { keyword } from '../node.ts';
import { Refused } from '../refused.ts';
import type { MakeCheck } from './check.ts';
import { fail, quietly } from './check.ts';

function size(name: string, holds: (length: number, limit: number) => boolean, words: string): MakeCheck {
  return (value, node) => {
    if (typeof value !== 'number') throw new Refused(name, at(node.pointer, name), 'not a number');
    return (data, path, _scope, run) =>
      !Array.isArray(data) ||
      holds(data.length, value) ||
      fail(run, node, name, path, `must have ${words} ${value} items`);
  };
}

const uniqueItems: MakeCheck = (value, node) => {
  if (value !== true) return undefined;
  return (data, path, _scope, run) =>
    !Array.isArray(data) ||
    new Set(data.map(keyOf)).size === data.length ||
    fail(run, node, 'uniqueItems', path, 'must have no equal items');
};

const prefixItems: MakeCheck = (value, node, registry) => {
  if (!Array.isArray(value)) throw new Refused('prefixItems', at(node.pointer, 'prefixItems'), 'not a list');
  return tuple(value, 'prefixItems', node, registry);
};

const tuple = (
  value: JsonValue[],
  name: string,
  node: Parameters<MakeCheck>[1],
  registry: Parameters<MakeCheck>[2],
): ReturnType<MakeCheck> => {
  const children = value.map((_, index) => registry.child(node, name, index));
  return (data, path, scope, run, marks) => {
    if (!Array.isArray(data)) return true;
    let valid = true;
    for (let index = 0; index < children.length && index < data.length; index++) {
      const [child, item] = [children[index], data[index]];
      if (!child || item === undefined) continue;
      marks?.items.add(index);
      if (!run.apply(child, item, `${path}/${index}`, scope, null)) {
        valid = false;
        if (!run.errors) return false;
      }
    }
    return valid;
  };
};

function rest(name: string, from: (node: Parameters<MakeCheck>[1]) => number): MakeCheck {
  return (_value, node, registry) => {
    const child = registry.child(node, name);
    const first = from(node);
    return (data, path, scope, run, marks) => {
      if (!Array.isArray(data)) return true;
      let valid = true;
      for (let index = first; index < data.length; index++) {
        const item = data[index];
        if (item === undefined) continue;
        marks?.items.add(index);
        if (child.schema === false) return fail(run, node, name, path, `must have at most ${first} items`);
        if (!run.apply(child, item, `${path}/${index}`, scope, null)) {
          valid = false;
          if (!run.errors) return false;
        }
      }
      return valid;
    };
  };
}

const items: MakeCheck = (value, node, registry) => {
  if (Array.isArray(value)) return tuple(value, 'items', node, registry);
  return rest('items', prefixLength)(value, node, registry);
};

/** How many items `prefixItems`, or `items` as a list, speaks about. */
export function prefixLength(node: Parameters<MakeCheck>[1]): number {
  const prefix = isObject(node.schema) ? keyword(node, node.schema, 'prefixItems') : undefined;
  return Array.isArray(prefix) ? prefix.length : 0;
}

const additionalItems: MakeCheck = (value, node, registry) => {
  const tupled = isObject(node.schema) ? node.schema['items'] : undefined;
  if (!Array.isArray(tupled)) return undefined;
  return rest('additionalItems', () => tupled.length)(value, node, registry);
};

const contains: MakeCheck = (_value, node, registry) => {
  const child = registry.child(node, 'contains');
  const schema = isObject(node.schema) ? node.schema : {};
  const low = keyword(node, schema, 'minContains');
  const high = keyword(node, schema, 'maxContains');
  const min = typeof low === 'number' ? low : 1;
  const max = typeof high === 'number' ? high : Infinity;
  const marksItems = !node.resource.features.ignored.has('prefixItems');
  return (data, path, scope, run, marks) => {
    if (!Array.isArray(data)) return true;
    let count = 0;
    for (const [index, item] of data.entries()) {
      if (!quietly(run, child, item, `${path}/${index}`, scope, null)) continue;
      count++;
      if (marksItems) marks?.items.add(index);
    }
    if (count < min)
      return fail(
        run,
        node,
        low === undefined ? 'contains' : 'minContains',
        path,
        `must contain at least ${min} such items`,
      );
    return count <= max || fail(run, node, 'maxContains', path, `must contain at most ${max} such items`);
  };
};

const unevaluatedItems: MakeCheck = (_value, node, registry) => {
  const child = registry.child(node, 'unevaluatedItems');
  return (data, path, scope, run, marks) => {
    if (!Array.isArray(data) || !marks) return true;
    let valid = true;
    for (const [index, item] of data.entries()) {
      if (marks.items.has(index)) continue;
      marks.items.add(index);
      if (child.schema === false) valid = fail(run, node, 'unevaluatedItems', path, `item ${index} is not allowed`);
      else if (!run.apply(child, item, `${path}/${index}`, scope, null)) valid = false;
      if (!valid && !run.errors) return false;
    }
    return valid;
  };
};

export const arrayChecks: Record<string, MakeCheck> = {
  minItems: size('minItems', (length, limit) => length >= limit, 'at least'),
  maxItems: size('maxItems', (length, limit) => length <= limit, 'at most'),
  uniqueItems,
  prefixItems,
  items,
  additionalItems,
  contains,
};

export const lastArrayChecks: Record<string, MakeCheck> = { unevaluatedItems };
