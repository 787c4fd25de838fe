/**
 * What must be called before a method so that its parameters name something that exists: the producers that links state,
 * and those that names suggest (`accountId` ← the `id` of what `openAccount` returns).
 */
import type { JsonValue } from '../../events/index.ts';
import type { Method, Spec } from '../../spec/model.ts';
import { propertyNames } from '../cases/schema-walk.ts';
import type { CallBinding } from './scenario.ts';
import { isExpression } from './scenario.ts';

/** Calls in order, each with what it takes of the earlier ones. */
export interface CallPlan {
  setup: { method: Method; bindings: CallBinding[] }[];
  bindings: CallBinding[];
}

const MAX_DEPTH = 3;
const CREATES = /^(create|add|open|new|register|insert|post|make|start|put|book|submit|sign)/i;

interface Producer {
  method: Method;
  /** Parameter to template. */
  params: Map<string, JsonValue>;
}

/** Makes the plans of a spec's methods. */
export function callPlans(spec: Spec): (method: Method) => CallPlan {
  const known = new Map<string, CallPlan>();
  return (method) => {
    let plan = known.get(method.name);
    if (plan === undefined) known.set(method.name, (plan = planOf(spec, method)));
    return plan;
  };
}

function planOf(spec: Spec, method: Method): CallPlan {
  const setup: CallPlan['setup'] = [];
  const place = (target: Method, depth: number, path: string[]): CallBinding[] => {
    const bindings: CallBinding[] = [];
    for (const { method: producer, params } of producersOf(spec, target)) {
      if (depth >= MAX_DEPTH || path.includes(producer.name)) continue;
      if ([...params.keys()].every((param) => bindings.some((binding) => binding.param === param))) continue;
      let step = setup.findIndex((one) => one.method === producer);
      if (step < 0) {
        const before = place(producer, depth + 1, [...path, producer.name]);
        step = setup.push({ method: producer, bindings: before }) - 1;
      }
      for (const [param, template] of params)
        if (!bindings.some((binding) => binding.param === param)) bindings.push({ param, step, template });
    }
    return bindings;
  };
  const bindings = place(method, 0, [method.name]);
  return { setup, bindings };
}

function producersOf(spec: Spec, target: Method): Producer[] {
  const linked = spec.methods.flatMap((method): Producer[] =>
    method === target
      ? []
      : method.links
          .filter((link) => link.method === target.name)
          .map((link) => ({
            method,
            params: new Map(Object.entries(link.params).filter(([, template]) => isExpression(template))),
          })),
  );
  return [...linked.filter(({ params }) => params.size > 0), ...inferred(spec, target)];
}

/** Producers by names: the parameter `accountId` or `id`, and a creating method whose result has such a member. */
function inferred(spec: Spec, target: Method): Producer[] {
  return target.parameters.flatMap(({ name }): Producer[] => {
    const noun = /^(.+?)_?ids?$/i.exec(name)?.[1]?.toLowerCase();
    if (noun === undefined && name.toLowerCase() !== 'id') return [];
    for (const method of spec.methods) {
      if (method === target || method.result === undefined || !CREATES.test(lastPart(method.name))) continue;
      const members = propertyNames(spec, method.result.schema);
      if (members.includes(name) && name !== 'id') return [{ method, params: new Map([[name, `\${result.${name}}`]]) }];
      const about = `${method.name} ${method.result.name} ${method.result.schema}`.toLowerCase();
      const related = noun === undefined ? sharesNoun(target.name, method.name) : about.includes(noun);
      if (members.includes('id') && related) return [{ method, params: new Map([[name, '${result.id}']]) }];
    }
    return [];
  });
}

function lastPart(name: string): string {
  return name.split(/[./:]/).at(-1) ?? name;
}

/** `getAccount` and `createAccount` speak of the same thing, as do `account.get` and `account.create`. */
function sharesNoun(a: string, b: string): boolean {
  const words = (name: string): string[] =>
    name
      .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/)
      .map((word) => word.toLowerCase().replace(/s$/, ''))
      .filter((word) => word.length > 2);
  const others = new Set(words(b));
  return words(a).some((word) => others.has(word) && !CREATES.test(word));
}
