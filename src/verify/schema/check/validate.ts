import { isObject } from '../../../events/json.ts';
import type { JsonValue } from '../../../events/json.ts';
import type { Direction, ValidationError } from '../../schema-port.ts';
import { contentOf } from '../content.ts';
import { isBefore31, isNullable } from '../dialect.ts';
import { narrowTest } from '../format/check-format.ts';
import { LIMITS } from '../limits.ts';
import type { Node, Scope } from '../node.ts';
import { Refused } from '../refused.ts';
import type { Registry } from '../registry.ts';
import { arrayChecks, lastArrayChecks } from './arrays.ts';
import type { Check, MakeCheck, Marks, Run } from './check.ts';
import { newMarks } from './check.ts';
import { combineChecks } from './combine.ts';
import { lastObjectChecks, memberCheck, memberKeywords, objectChecks } from './objects.ts';
import { scalarChecks } from './scalars.ts';

const FIRST: Record<string, MakeCheck> = { ...scalarChecks, ...combineChecks, ...arrayChecks, ...objectChecks };
const LAST: Record<string, MakeCheck> = { ...lastArrayChecks, ...lastObjectChecks };

interface Program {
  checks: Check[];
  /** True where the schema itself asks what was looked at. */
  marks: boolean;
  nullPasses: boolean;
}

/** Validates values against nodes; the programs of nodes are made when first needed and kept. */
export interface Validator {
  matches(node: Node, scope: Scope, value: JsonValue, direction: Direction): boolean;
  errors(node: Node, scope: Scope, value: JsonValue, direction: Direction): ValidationError[];
  /** As `matches`, and by narrower readings too: no validator in use should blame the value. */
  pleases(node: Node, scope: Scope, value: JsonValue, direction: Direction): boolean;
  /** Makes a node's program now, so that what it cannot serve is refused now. */
  prepare(node: Node): void;
}

/** Makes the validator over a registry. Refuses by throwing {@link Refused}. */
export function createValidator(registry: Registry): Validator {
  const programs = new Map<Node, Program>();
  const derivedPrograms = new WeakMap<Node, Program>();
  let contested = false;

  const programOf = (node: Node): Program => {
    const kept = node.derived ? derivedPrograms : programs;
    const known = kept.get(node);
    if (known) return known;
    const made = compile(node, registry);
    contested ||=
      contentOf(node) !== undefined ||
      (isObject(node.schema) &&
        typeof node.schema['format'] === 'string' &&
        narrowTest(node.schema['format']) !== undefined);
    kept.set(node, made);
    return made;
  };

  const apply = (run: Run, node: Node, value: JsonValue, path: string, scope: Scope, outer: Marks | null): boolean => {
    if (node.schema === true) return true;
    if (node.schema === false) {
      run.errors?.push({
        instancePath: path,
        clause: node.pointer,
        keyword: 'false',
        message: 'nothing is allowed here',
      });
      return false;
    }
    const program = programOf(node);
    if (value === null && program.nullPasses) return true;
    if (++run.depth > LIMITS.checkDepth) throw new Refused('$ref', node.pointer, 'validation nests too deeply');
    const inner = registry.enter(scope, node);
    const marks = program.marks ? newMarks() : outer;
    let valid = true;
    for (const check of program.checks) {
      if (++run.checks > LIMITS.checks) throw new Refused('$ref', node.pointer, 'validation takes too many steps');
      if (check(value, path, inner, run, marks)) continue;
      valid = false;
      if (!run.errors) break;
    }
    run.depth--;
    if (valid && marks !== outer && outer && marks) {
      for (const name of marks.properties) outer.properties.add(name);
      for (const index of marks.items) outer.items.add(index);
    }
    return valid;
  };

  const start = (direction: Direction, errors: ValidationError[] | null, narrow = false): Run => {
    const run: Run = {
      registry,
      direction,
      errors,
      narrow,
      checks: 0,
      depth: 0,
      apply: (node, value, path, scope, marks) => apply(run, node, value, path, scope, marks),
    };
    return run;
  };

  return {
    prepare: (node) => void programOf(node),
    pleases: (node, scope, value, direction) =>
      apply(start(direction, null), node, value, '', scope, null) &&
      (!contested || apply(start(direction, null, true), node, value, '', scope, null)),
    matches: (node, scope, value, direction) => apply(start(direction, null), node, value, '', scope, null),
    errors(node, scope, value, direction) {
      // Most values are valid, and where they are nothing has to be written down.
      if (apply(start(direction, null), node, value, '', scope, null)) return [];
      const errors: ValidationError[] = [];
      apply(start(direction, errors), node, value, '', scope, null);
      return errors;
    },
  };
}

function compile(node: Node, registry: Registry): Program {
  const { schema } = node;
  if (!isObject(schema)) throw new Refused('schema', node.pointer, 'a schema must be an object or a boolean');
  const { features } = node.resource;
  const only = !features.refSiblings && Object.hasOwn(schema, '$ref');
  const names = only ? ['$ref'] : Object.keys(schema);
  const checks: Check[] = [];
  const add = (make: MakeCheck | undefined, name: string): void => {
    const check = make?.(schema[name] ?? null, node, registry);
    if (check) checks.push(check);
  };
  const own = (table: Record<string, MakeCheck>, name: string): MakeCheck | undefined =>
    Object.hasOwn(table, name) && !features.ignored.has(name) ? table[name] : undefined;
  for (const name of names) add(own(FIRST, name), name);
  const grouped = only ? undefined : memberKeywords.find((name) => Object.hasOwn(schema, name));
  if (grouped) add(memberCheck, grouped);
  for (const name of names) add(own(LAST, name), name);
  return {
    checks,
    marks: names.some((name) => own(LAST, name) !== undefined),
    // Without `type`, 3.0 gives `nullable` no effect, but authors mean that null is allowed: it is not judged.
    nullPasses: !only && isBefore31(features) && isNullable(features, schema),
  };
}
