/** Keywords on objects (2020-12 core §10.3.2, §11.3; validation §6.5). */
import { at, escapeToken, isObject } from '../../../events/json.ts';
import type { JsonObject, JsonValue } from '../../../events/json.ts';
import { keyword } from '../node.ts';
import type { Node } from '../node.ts';
import { leftOut } from '../direction.ts';
import { compilePattern } from '../pattern/pattern.ts';
import { Refused } from '../refused.ts';
import type { MakeCheck } from './check.ts';
import { fail } from './check.ts';

function size(name: string, holds: (count: number, limit: number) => boolean, words: string): MakeCheck {
  return (value, node) => {
    if (typeof value !== 'number') throw new Refused(name, at(node.pointer, name), 'not a number');
    return (data, path, _scope, run) =>
      !isObject(data) ||
      holds(Object.keys(data).length, value) ||
      fail(run, node, name, path, `must have ${words} ${value} properties`);
  };
}

const required: MakeCheck = (value, node, registry) => {
  // Draft 3 style `required: true` inside a property is common in the wild and means nothing in later drafts.
  if (!Array.isArray(value)) return undefined;
  const names = value.filter((name) => typeof name === 'string');
  return (data, path, _scope, run) => {
    if (!isObject(data)) return true;
    let valid = true;
    for (const name of names) {
      if (Object.hasOwn(data, name)) continue;
      if (run.direction !== 'any' && leftOut(registry, node, name, run.direction)) continue;
      valid = fail(run, node, 'required', path, `must have the property ${name}`);
      if (!run.errors) return false;
    }
    return valid;
  };
};

/** `properties`, `patternProperties` and `additionalProperties`, which look at one another. */
const members: MakeCheck = (_value, node, registry) => {
  const schema: JsonObject = isObject(node.schema) ? node.schema : {};
  const named = children(node, schema, 'properties', (name) => registry.child(node, 'properties', name));
  const matched = [
    ...children(node, schema, 'patternProperties', (name) => registry.child(node, 'patternProperties', name)),
  ].map(([source, child]) => ({
    pattern: compilePattern(source, at(node.pointer, 'patternProperties', source), 'patternProperties'),
    child,
    source,
  }));
  const extra =
    keyword(node, schema, 'additionalProperties') === undefined
      ? undefined
      : registry.child(node, 'additionalProperties');
  return (data, path, scope, run, marks) => {
    if (!isObject(data)) return true;
    let valid = true;
    for (const name of Object.keys(data)) {
      const value = data[name];
      if (value === undefined) continue;
      const place = run.errors ? `${path}/${escapeToken(name)}` : '';
      const holds = (child: Node, word: string, key?: string): boolean =>
        child.schema === false
          ? fail(
              run,
              node,
              key === undefined ? word : `${word}/${escapeToken(key)}`,
              path,
              `must not have the property ${name}`,
            )
          : run.apply(child, value, place, scope, null);
      const own = named.get(name);
      let known = own !== undefined;
      if (own !== undefined && !holds(own, 'properties', name)) valid = false;
      for (const { pattern, child, source } of matched) {
        if (!(valid || run.errors) || !pattern.test(name)) continue;
        known = true;
        if (!holds(child, 'patternProperties', source)) valid = false;
      }
      if (!known && extra && (valid || run.errors)) {
        known = true;
        if (!holds(extra, 'additionalProperties')) valid = false;
      }
      if (known) marks?.properties.add(name);
      if (!valid && !run.errors) return false;
    }
    return valid;
  };
};

function children(node: Node, schema: JsonObject, name: string, child: (name: string) => Node): Map<string, Node> {
  const value = keyword(node, schema, name);
  if (value === undefined) return new Map();
  if (!isObject(value)) throw new Refused(name, at(node.pointer, name), 'not an object');
  return new Map(Object.keys(value).map((key) => [key, child(key)]));
}

const propertyNames: MakeCheck = (_value, node, registry) => {
  const child = registry.child(node, 'propertyNames');
  return (data, path, scope, run) => {
    if (!isObject(data)) return true;
    let valid = true;
    for (const name of Object.keys(data)) {
      const before = run.errors?.length ?? 0;
      if (run.apply(child, name, path, scope, null)) continue;
      valid = false;
      if (!run.errors) return false;
      if (run.errors.length === before)
        fail(run, node, 'propertyNames', path, `must not have a property named ${name}`);
    }
    return valid;
  };
};

/** `dependentRequired`, `dependentSchemas` and, up to draft 7, `dependencies`. */
function dependents(word: string): MakeCheck {
  return (value, node, registry) => {
    if (!isObject(value)) throw new Refused(word, at(node.pointer, word), 'not an object');
    const entries = Object.entries(value).map(([name, dependent]: [string, JsonValue]) =>
      Array.isArray(dependent) ? { name, names: dependent } : { name, child: registry.child(node, word, name) },
    );
    return (data, path, scope, run, marks) => {
      if (!isObject(data)) return true;
      let valid = true;
      for (const entry of entries) {
        if (!Object.hasOwn(data, entry.name)) continue;
        if (entry.child) {
          if (!run.apply(entry.child, data, path, scope, marks)) valid = false;
        } else {
          for (const name of entry.names) {
            if (typeof name !== 'string' || Object.hasOwn(data, name)) continue;
            valid = fail(run, node, `${word}/${escapeToken(entry.name)}`, path, `must have the property ${name}`);
          }
        }
        if (!valid && !run.errors) return false;
      }
      return valid;
    };
  };
}

const unevaluatedProperties: MakeCheck = (_value, node, registry) => {
  const child = registry.child(node, 'unevaluatedProperties');
  return (data, path, scope, run, marks) => {
    if (!isObject(data) || !marks) return true;
    let valid = true;
    for (const [name, value] of Object.entries(data)) {
      if (marks.properties.has(name)) continue;
      marks.properties.add(name);
      if (child.schema === false)
        valid = fail(run, node, 'unevaluatedProperties', path, `must not have the property ${name}`);
      else if (!run.apply(child, value, `${path}/${escapeToken(name)}`, scope, null)) valid = false;
      if (!valid && !run.errors) return false;
    }
    return valid;
  };
};

export const objectChecks: Record<string, MakeCheck> = {
  minProperties: size('minProperties', (count, limit) => count >= limit, 'at least'),
  maxProperties: size('maxProperties', (count, limit) => count <= limit, 'at most'),
  required,
  propertyNames,
  dependentRequired: dependents('dependentRequired'),
  dependentSchemas: dependents('dependentSchemas'),
  dependencies: dependents('dependencies'),
};

/** The check that serves all of these keywords at once. */
export const memberKeywords = ['properties', 'patternProperties', 'additionalProperties'];
export const memberCheck = members;
export const lastObjectChecks: Record<string, MakeCheck> = { unevaluatedProperties };
