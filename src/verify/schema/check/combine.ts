/** In-place applicators and references (2020-12 core §8.2.3, §10.2). */
import { at, isObject } from '../../../events/json.ts';
import { discriminated } from '../discriminator.ts';
import { keyword } from '../node.ts';
import type { Node } from '../node.ts';
import { Refused } from '../refused.ts';
import type { Registry } from '../registry.ts';
import type { MakeCheck } from './check.ts';
import { addMarks, exactly, fail, newMarks, quietly } from './check.ts';

/** The branches of `allOf`, `anyOf` or `oneOf`. */
export function branches(node: Node, name: string, registry: Registry): Node[] {
  const list = isObject(node.schema) ? node.schema[name] : undefined;
  if (!Array.isArray(list)) throw new Refused(name, at(node.pointer, name), 'not a list');
  return list.map((_, index) => registry.child(node, name, index));
}

const reference: MakeCheck = (value, node, registry) => {
  if (typeof value !== 'string') throw new Refused('$ref', at(node.pointer, '$ref'), 'not a string');
  let target: Node | undefined;
  return (data, path, scope, run, marks) => {
    target ??= registry.resolve(node, value, '$ref');
    if (target.schema === false) return fail(run, node, '$ref', path, 'nothing is allowed here');
    return run.apply(target, data, path, scope, marks);
  };
};

function dynamic(name: '$dynamicRef' | '$recursiveRef'): MakeCheck {
  return (value, node, registry) => {
    if (typeof value !== 'string') throw new Refused(name, at(node.pointer, name), 'not a string');
    return (data, path, scope, run, marks) =>
      run.apply(registry.resolveDynamic(node, value, name, scope), data, path, scope, marks);
  };
}

const allOf: MakeCheck = (_value, node, registry) => {
  const nodes = branches(node, 'allOf', registry);
  return (data, path, scope, run, marks) => {
    let valid = true;
    for (const branch of nodes) {
      if (branch.schema === false) valid = fail(run, node, 'allOf', path, 'nothing is allowed here');
      else if (!run.apply(branch, data, path, scope, marks)) valid = false;
      if (!valid && !run.errors) return false;
    }
    return valid;
  };
};

const anyOf: MakeCheck = (_value, node, registry) => {
  const nodes = branches(node, 'anyOf', registry);
  return (data, path, scope, run, marks) => {
    let valid = false;
    for (const branch of nodes) {
      const own = marks && newMarks();
      if (!quietly(run, branch, data, path, scope, own)) continue;
      valid = true;
      if (!marks || !own) break;
      addMarks(marks, own);
    }
    return valid || fail(run, node, 'anyOf', path, 'must match at least one of the alternatives');
  };
};

const oneOf: MakeCheck = (_value, node, registry) => {
  const nodes = branches(node, 'oneOf', registry);
  const tagged = discriminated(node, nodes, registry);
  return (data, path, scope, run, marks) => {
    const tag = tagged && isObject(data) ? data[tagged.property] : undefined;
    const chosen =
      (typeof tag === 'string' ? tagged?.branches.get(tag) : undefined) ??
      (isObject(data) ? tagged?.fallback : undefined);
    if (chosen) return run.apply(chosen, data, path, scope, marks);
    let count = 0;
    for (const branch of nodes) {
      const own = marks && newMarks();
      if (!quietly(run, branch, data, path, scope, own)) continue;
      count++;
      if (marks && own) addMarks(marks, own);
      if (count > 1) break;
    }
    if (count === 1) return true;
    return fail(
      run,
      node,
      'oneOf',
      path,
      `must match exactly one of the alternatives, matches ${count === 0 ? 'none' : 'several'}`,
    );
  };
};

const not: MakeCheck = (_value, node, registry) => {
  const child = registry.child(node, 'not');
  return (data, path, scope, run) =>
    !exactly(run, () => quietly(run, child, data, path, scope, null)) || fail(run, node, 'not', path, 'must not match');
};

const condition: MakeCheck = (_value, node, registry) => {
  const schema = isObject(node.schema) ? node.schema : {};
  const test = registry.child(node, 'if');
  const then = keyword(node, schema, 'then') === undefined ? undefined : registry.child(node, 'then');
  const otherwise = keyword(node, schema, 'else') === undefined ? undefined : registry.child(node, 'else');
  return (data, path, scope, run, marks) => {
    const own = marks && newMarks();
    const holds = exactly(run, () => quietly(run, test, data, path, scope, own));
    if (holds && marks && own) addMarks(marks, own);
    const next = holds ? then : otherwise;
    if (next?.schema === false) return fail(run, node, holds ? 'then' : 'else', path, 'nothing is allowed here');
    return !next || run.apply(next, data, path, scope, marks);
  };
};

export const combineChecks: Record<string, MakeCheck> = {
  $ref: reference,
  $dynamicRef: dynamic('$dynamicRef'),
  $recursiveRef: dynamic('$recursiveRef'),
  allOf,
  anyOf,
  oneOf,
  not,
  if: condition,
};
