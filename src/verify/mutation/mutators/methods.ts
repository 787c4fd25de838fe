/** Calls of well-known methods become calls of their counterparts, or are left out. */
import type { Mutator } from '../mutant.ts';
import { source } from '../mutant.ts';

const COUNTERPART: Record<string, string> = {
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  toUpperCase: 'toLowerCase',
  toLowerCase: 'toUpperCase',
  toLocaleUpperCase: 'toLocaleLowerCase',
  toLocaleLowerCase: 'toLocaleUpperCase',
  trimStart: 'trimEnd',
  trimEnd: 'trimStart',
  padStart: 'padEnd',
  padEnd: 'padStart',
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  ceil: 'floor',
  floor: 'ceil',
  push: 'unshift',
  unshift: 'push',
  indexOf: 'lastIndexOf',
  lastIndexOf: 'indexOf',
  find: 'findLast',
  findLast: 'find',
  shift: 'pop',
  pop: 'shift',
};
const LEFT_OUT = new Set([
  'trim',
  'slice',
  'substring',
  'substr',
  'filter',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'charAt',
  'normalize',
  'flat',
]);

/** Methods of strings, lists and Math. */
export const methods: Mutator = (node, context) => {
  if (node.type === 'OptionalMemberExpression' && node.optional && !node.computed) {
    const before = source(node, context);
    const after = `${source(node.object, context)}.${source(node.property, context)}`;
    return [{ mutator: 'optional', code: after, before, after }];
  }
  if (node.type !== 'CallExpression' && node.type !== 'OptionalCallExpression') return [];
  const { callee } = node;
  if ((callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') || callee.computed) return [];
  if (callee.property.type !== 'Identifier') return [];
  const { name } = callee.property;
  const before = source(node, context);
  const place = { mutator: 'method', before: brief(before), at: callee.property.start ?? 0 };
  const other = Object.hasOwn(COUNTERPART, name) ? COUNTERPART[name] : undefined;
  if (other !== undefined) {
    const from = (callee.property.start ?? 0) - (node.start ?? 0);
    const code = before.slice(0, from) + other + before.slice(from + name.length);
    return [{ ...place, code, after: brief(code) }];
  }
  if (!LEFT_OUT.has(name) || callee.object.type === 'Super') return [];
  const object = source(callee.object, context);
  return [{ ...place, code: object, after: brief(object) }];
};

function brief(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
