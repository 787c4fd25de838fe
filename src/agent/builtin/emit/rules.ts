/** Emits `rules.js`: the rules of the contract as functions, and what they define. */
import { designOf, type Design, type OperationDesign } from '../design.ts';
import { namesIn, operandsOf, opposite, type Expression } from '../rules/expression.ts';
import { judged } from '../rules/judged.ts';
import { orderedSteps } from '../rules/order.ts';
import { isComplete, isCopied, isNew, isStored } from '../rules/step-forms.ts';
import type { Wanted } from '../rules/facts.ts';
import type { RulePlan, Step } from '../rules/plan.ts';
import { probeParameter, type ReadProbe, type Template } from '../rules/read-rule.ts';
import { compile, compileOperand } from '../rules/to-javascript.ts';
import { comment, identifier, literal, memberName, quote } from '../text.ts';

const WIDTH = 120;
const FUNCTIONS =
  'between contains distinct divide durationOf equal greatest indexOf isIn isSorted join later least matches size sum timeOf toInt'.split(
    ' ',
  );
const EFFECTS = ['correctSum', 'define', 'defineItems', 'ensureEntry', 'keepItems', 'setMember', 'show'];

/** Thrown inside this file for what cannot be said in JavaScript; the rule or step is left out then. */
class Unsayable extends Error {}

/** The text of `rules.js`. */
export function emitRules(design: Design, plans: ReadonlyMap<OperationDesign, RulePlan>): string {
  const parts = design.operations.flatMap((one) => {
    const plan = plans.get(one);
    return plan === undefined ? [] : [operationCode(design, one, plan)];
  });
  if (parts.length === 0)
    return "'use strict';\n// The rules of the contract; none is held yet.\nmodule.exports = { rules: {} };\n";
  const body = `/** By operation: probes before and after the call, steps that make rules hold, and rules that are judged. */
const rules = {
${parts.join('\n')}};

module.exports = { rules };
`;
  const imports = [
    importOf(body, EFFECTS, './effects.js'),
    importOfExpressions(body),
    /\bcollections\./.test(body) ? "const { collections } = require('./operations.js');\n" : '',
  ];
  return `'use strict';
// The rules of ${comment(design.title)}. An outcome that breaks one of them is taken back and the next one is tried.
${imports.join('')}
${body}`;
}

/** The line that takes in what some code uses of `expressions.js`; empty where it uses nothing. */
export function importOfExpressions(body: string): string {
  return importOf(body, FUNCTIONS, './expressions.js');
}

function importOf(body: string, names: string[], file: string): string {
  const used = names.filter((name) => new RegExp(`\\b${name}\\(`).test(body));
  if (used.length === 0) return '';
  const flat = `const { ${used.join(', ')} } = require('${file}');\n`;
  return flat.length <= WIDTH + 1
    ? flat
    : `const {\n${used.map((name) => `  ${name},\n`).join('')}} = require('${file}');\n`;
}

function operationCode(design: Design, one: OperationDesign, plan: RulePlan): string {
  const steps = orderedSteps(plan).steps.flatMap((step) => sayable(() => stepCode(one, step)));
  const rules = judged(plan).flatMap((rule) =>
    sayable(() => {
      const about = rule.message === null ? rule.id : `${rule.id}: ${rule.message}`;
      const body = arrow(namesIn(rule.rule), codeOf(rule.rule), operandsOf(rule.rule, '||'), 6);
      return `      // ${comment(about)}\n      ${body},\n`;
    }),
  );
  const code = [...steps, ...rules].join('');
  const givens = plan.givens.flatMap((probe) => sayable(() => ({ probe, code: probeCode(design, probe) })));
  const thens = plan.thens.flatMap((probe) => sayable(() => ({ probe, code: probeCode(design, probe) })));
  const needed = neededProbes([...givens, ...thens], code);
  const text = (known: typeof givens): string =>
    known.flatMap((one) => (needed.has(one.probe.name) ? [one.code] : [])).join('');
  const part = (name: string, inner: string, open: string, close: string): string =>
    inner === '' ? '' : `    ${name}: ${open}\n${inner}    ${close},\n`;
  return `  // ${comment(`${one.operation.method.toUpperCase()} ${one.operation.path}`)}
  ${memberName(one.name)}: {
${part('given', text(givens), '{', '}')}${part('then', text(thens), '{', '}')}${part('steps', steps.join(''), '[', ']')}${part('rules', rules.join(''), '[', ']')}  },
`;
}

/** Names of the probes that the code looks at, and of those that they in turn look at. */
function neededProbes(known: { probe: ReadProbe; code: string }[], code: string): Set<string> {
  const needed = new Set<string>();
  const visit = (text: string): void => {
    for (const { probe, code: own } of known) {
      if (needed.has(probe.name) || !new RegExp(`(?<![.\\w])${identifier(probe.name)}\\b`).test(text)) continue;
      needed.add(probe.name);
      visit(own.replace(/^\s*[^:]+:/, ''));
    }
  };
  visit(code);
  return needed;
}

function sayable<T>(say: () => T): T[] {
  try {
    return [say()];
  } catch (error) {
    if (error instanceof Unsayable) return [];
    throw error;
  }
}

function codeOf(expression: Expression): string {
  const compiled = compile(expression);
  if (compiled.kind === 'unsupported') throw new Unsayable(compiled.what);
  return compiled.code;
}

/** A function of the scope; a long one is broken at the operands of its body. */
function arrow(names: string[], body: string, operands: Expression[], indent: number): string {
  const parameters = names.length === 0 ? '()' : `({ ${names.map((name) => scopeName(name)).join(', ')} })`;
  const flat = `${parameters} => ${body}`;
  if (flat.length + indent + 8 <= WIDTH) return flat;
  const pad = ' '.repeat(indent + 2);
  if (operands.length < 2 || body.length + indent + 4 <= WIDTH) return `${parameters} =>\n${pad}${body}`;
  const lines = operands.map((operand) => {
    const code = compileOperand(operand);
    if (code.kind === 'unsupported') throw new Unsayable(code.what);
    return code.code;
  });
  return `${parameters} =>\n${pad}${lines.join(` ||\n${pad}`)}`;
}

/** How a name of the scope is taken out of it. */
function scopeName(name: string): string {
  return identifier(name) === name ? name : `${memberName(name)}: ${identifier(name)}`;
}

function probeCode(design: Design, probe: ReadProbe): string {
  const asked = designOf(design, probe.operation);
  if (asked === undefined) throw new Unsayable(probe.operation);
  const parts = new Map<string, string[]>();
  const names = new Set<string>();
  for (const parameter of asked.operation.parameters) {
    const value = probeParameter(probe, parameter);
    if (value === undefined) continue;
    const place = { path: 'path', query: 'query', header: 'headers', cookie: 'cookies' }[parameter.in];
    const name = parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name;
    const said = codeOf(value);
    parts.set(place, [...(parts.get(place) ?? []), memberName(name) === said ? said : `${memberName(name)}: ${said}`]);
    for (const one of namesIn(value)) names.add(one);
  }
  const sent = [...parts].map(([place, members]) => `${place}: { ${members.join(', ')} }`);
  if (probe.body !== null) sent.push(`body: ${templateCode(probe.body, names)}`);
  const scope = names.size === 0 ? '()' : `({ ${[...names].map(scopeName).join(', ')} })`;
  const flat = `      ${memberName(probe.name)}: { call: ${quote(asked.name)}, with: ${scope} => ({ ${sent.join(', ')} }) },\n`;
  if (flat.length <= WIDTH + 1) return flat;
  const lines = sent.map((one) => `          ${one},\n`).join('');
  return `      ${memberName(probe.name)}: {\n        call: ${quote(asked.name)},\n        with: ${scope} => ({\n${lines}        }),\n      },\n`;
}

function templateCode(template: Template, names: Set<string>): string {
  switch (template.kind) {
    case 'value':
      for (const name of namesIn(template.value)) names.add(name);
      return codeOf(template.value);
    case 'list':
      return `[${template.items.map((item) => templateCode(item, names)).join(', ')}]`;
    case 'object':
      return `{ ${template.members.map(([name, item]) => `${memberName(name)}: ${templateCode(item, names)}`).join(', ')} }`;
  }
}

/** A step as the rule says it: either one of the conditions does not hold, or it is made so. */
function stepCode(one: OperationDesign, step: Step): string {
  const { text, uses } = callOf(one, step);
  const conditions = step.conditions.map((condition) => {
    const code = compileOperand(opposite(condition));
    if (code.kind === 'unsupported') throw new Unsayable(code.what);
    return code.code;
  });
  const names = [...new Set([...step.conditions.flatMap(namesIn), ...uses])];
  const head = `({ ${names.map(scopeName).join(', ')} }) =>`;
  const flat = `      ${head} ${[...conditions, text].join(' || ')},\n`;
  const about = `      // ${comment(step.rule)}\n`;
  if (!text.includes('\n') && flat.length <= WIDTH + 1) return about + flat;
  return `${about}      ${head}\n        ${[...conditions, text.replaceAll('\n', '\n        ')].join(' ||\n        ')},\n`;
}

interface Said {
  text: string;
  /** Names of the scope that it needs. */
  uses: string[];
}

function callOf(one: OperationDesign, step: Step): Said {
  switch (step.kind) {
    case 'define':
      return {
        text: `${isStored(one, step) ? 'define' : 'show'}(response, ${pathCode(step.path)}, ${codeOf(step.value)})`,
        uses: ['response', ...namesIn(step.value)],
      };
    case 'defineItems': {
      const body = `(${identifier(step.variable)}) => ${codeOf(step.value)}`;
      const uses = namesIn(step.value).filter((name) => name !== step.variable);
      return {
        text: `defineItems(response, ${literal(step.path)}, ${quote(step.member)}, ${body})`,
        uses: ['response', ...uses],
      };
    }
    case 'keepItems': {
      const uses = namesIn(step.predicate).filter((name) => name !== step.variable);
      return {
        text: `keepItems(response, ${literal(step.path)}, (${identifier(step.variable)}) => ${codeOf(step.predicate)})`,
        uses: ['response', ...uses],
      };
    }
    case 'setMember': {
      const path =
        step.reader.wrapper !== null && step.path[0] === step.reader.wrapper ? step.path.slice(1) : step.path;
      const place = addressOf(step.reader, step.probe);
      const text = `setMember(${place.collection}, ${place.address}, ${pathCode(path)}, ${codeOf(step.value)})`;
      return { text, uses: [...place.uses, ...namesIn(step.value)] };
    }
    case 'ensureEntry': {
      const place = addressOf(step.lister, step.probe);
      const predicate = `(${identifier(step.variable)}) => ${codeOf(step.predicate)}`;
      const tests = [...namesIn(step.list), ...namesIn(step.predicate).filter((name) => name !== step.variable)];
      if (isComplete(step)) {
        const { text, uses } = fieldsCode(step.wanted);
        const add = `${place.collection}.add(${place.address}, ${text})`;
        if (isNew(one, step)) return { text: add, uses: [...place.uses, ...uses] };
        return { text: `${codeOf(step.list)}.some(${predicate}) ||\n${add}`, uses: [...place.uses, ...tests, ...uses] };
      }
      const wishes = wishesOf(step.wanted, null);
      return {
        text: `ensureEntry(${place.collection}, ${place.address}, ${codeOf(step.list)}, ${predicate}, ${wishes.text})`,
        uses: [...place.uses, ...tests, ...wishes.uses],
      };
    }
    case 'correctSum': {
      const { sum, target } = step;
      const place = addressOf(step.lister, step.probe);
      const isPlain = isCopied(step);
      const fits =
        isPlain || sum.predicate === null || sum.variable === null
          ? null
          : `(${identifier(sum.variable)}) => ${codeOf(sum.predicate)}`;
      const wishes = isPlain ? fieldsCode(step.wanted) : wishesOf(step.wanted, fits);
      const last = isPlain ? `{ fields: ${wishes.text} }` : wishes.text;
      const inner = sum.predicate === null ? [] : namesIn(sum.predicate).filter((name) => name !== sum.variable);
      const text = `correctSum(${place.collection}, ${place.address}, ${codeOf(sum.list)}, ${quote(sum.member)}, ${codeOf(target)}, ${last})`;
      return { text, uses: [...place.uses, ...namesIn(sum.list), ...namesIn(target), ...inner, ...wishes.uses] };
    }
  }
}

function fieldsCode({ fields }: Wanted): Said {
  const members = [...fields].map(([name, value]) => `${memberName(name)}: ${codeOf(value)}`);
  return { text: `{ ${members.join(', ')} }`, uses: [...fields.values()].flatMap(namesIn) };
}

/** The collection that a probe reads and the ids that it reads it by. */
function addressOf(asked: OperationDesign, probe: ReadProbe): { collection: string; address: string; uses: string[] } {
  const { resource } = asked.action;
  if (resource === null) throw new Unsayable(probe.operation);
  const uses: string[] = [];
  const ids = asked.pathNames.map((name) => {
    const value = probeParameter(probe, { name, in: 'path' });
    if (value === undefined) throw new Unsayable(name);
    uses.push(...namesIn(value));
    return codeOf(value);
  });
  if (resource.isSingleton) ids.push("''");
  return { collection: `collections.${resource.variable}`, address: `[${ids.join(', ')}]`, uses };
}

/** A member by its name, a longer way as a list of names. */
function pathCode(path: string[]): string {
  return path.length === 1 && path[0] !== undefined ? quote(path[0]) : literal(path);
}

function wishesOf(wanted: Wanted, fits: string | null): Said {
  const uses = [...wanted.fields.values(), ...wanted.bounds.values()].flatMap(namesIn);
  const members = (map: Map<string, Expression>): string =>
    `{ ${[...map].map(([name, value]) => `${memberName(name)}: ${codeOf(value)}`).join(', ')} }`;
  const parts = [
    ...(fits === null ? [] : [`fits: ${fits}`]),
    `fields: ${wanted.fields.size === 0 ? '{}' : members(wanted.fields)}`,
    ...(wanted.bounds.size === 0 ? [] : [`bounds: ${members(wanted.bounds)}`]),
    'from: [response.body, request.body]',
  ];
  const flat = `{ ${parts.join(', ')} }`;
  return {
    text: flat.length <= 60 ? flat : `{\n${parts.map((part) => `  ${part},\n`).join('')}}`,
    uses: [...uses, 'response', 'request'],
  };
}
