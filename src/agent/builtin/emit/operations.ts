/** Emits `operations.js`: the collections, one handler per operation, and which checks are on. */
import type { Spec } from '../../../spec/model.ts';
import type { SchemaTable } from '../contract-data.ts';
import type { Design, OperationDesign, Resource } from '../design.ts';
import type { RulePlan, SortKey } from '../rules/plan.ts';
import { compile } from '../rules/to-javascript.ts';
import { shapeOf } from '../shape.ts';
import { bodySchema } from '../resources.ts';
import { uncheckedParts } from './checks.ts';
import { checkedParts } from './contract.ts';
import { importOfExpressions } from './rules.ts';
import { access, comment, identifier, literal, memberName, quote } from '../text.ts';

/** The text of `operations.js`. */
export function emitOperations(
  spec: Spec,
  design: Design,
  table: SchemaTable,
  plans: ReadonlyMap<OperationDesign, RulePlan>,
): string {
  const used = design.resources.filter((resource) => isUsed(design, resource));
  const collections = used.map((resource) => `${collectionCode(resource, table)}\n`);
  const removes = design.operations.some((one) => one.action.kind === 'remove');
  const families = used.flatMap((resource) => {
    const parent = resource.ancestors.at(-1);
    const isChild = removes && parent !== null && parent !== undefined && used.includes(parent);
    return isChild ? [`${parent.variable}.children.push(${resource.variable});\n`] : [];
  });
  const handlers = design.operations.map((one) => handlerCode(spec, one, plans.get(one)?.order ?? []));
  const isPartial = design.operations.some((one) => uncheckedParts(one).length > 0);
  const switches = design.operations.map((one) => `  ${memberName(one.name)}: ${switchCode(one, isPartial)},\n`);
  return `'use strict';
// The operations of ${comment(design.title)}: each handler is the plain course of one of them.
const { schemas } = require('./contract.js');
${importOfExpressions(handlers.join(''))}const { list } = require('./list.js');
const { collection } = require('./store.js');

${collections.join('')}${families.length === 0 ? '' : `\n// What is removed takes what is below it along.\n${families.join('')}`}
const answer = (status, value) => ({ status, value });

const unknown = (noun) => ({ unknown: noun });

const handlers = {
${handlers.join('\n')}};

/** What is asked of a request before its handler runs. */
const switches = {
${switches.join('')}};

const collections = { ${used.map((one) => one.variable).join(', ')} };

module.exports = { collections, handlers, switches };
`;
}

/** True where a handler or a rule needs the collection. */
function isUsed(design: Design, resource: Resource): boolean {
  const acts = design.operations.some((one) => one.action.resource === resource && one.action.kind !== 'compute');
  return acts || design.resources.some((other) => other.ancestors.includes(resource));
}

function collectionCode(resource: Resource, table: SchemaTable): string {
  const options: string[] = [];
  if (resource.idField !== null) options.push(`id: ${quote(resource.idField)}`);
  if (resource.idSchema !== null) options.push(`idSchema: schemas${access(table.name(resource.idSchema))}`);
  if (resource.parents.length > 0) options.push(`parents: ${literal(resource.parents)}`);
  const views = resource.views.map((view) => `schemas${access(table.name(view))}`);
  if (views.length > 0) options.push(`views: [${views.join(', ')}]`);
  const flat = `const ${resource.variable} = collection({ ${options.join(', ')} });`;
  if (flat.length <= 120) return options.length === 0 ? `const ${resource.variable} = collection({});` : flat;
  return `const ${resource.variable} = collection({\n${options.map((option) => `  ${option},\n`).join('')}});`;
}

function switchCode(one: OperationDesign, isPartial: boolean): string {
  const { switches } = one;
  const parts: string[] = [];
  if (isPartial && switches.checks.size > 0) parts.push(`checks: ${literal(checkedParts(one))}`);
  if (switches.credentials) parts.push('credentials: true');
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function handlerCode(spec: Spec, one: OperationDesign, order: SortKey[]): string {
  const { operation } = one;
  const body = bodyOf(spec, one, order);
  const uses = ['path', 'query', 'fields'].filter((name) => new RegExp(`\\b${name}\\b`).test(body.join('\n')));
  const argument = uses.length === 0 ? '()' : `({ ${uses.join(', ')} })`;
  const head = `  // ${comment(`${operation.method.toUpperCase()} ${operation.path}${operation.summary === '' ? '' : `: ${operation.summary}`}`)}\n`;
  const [only] = body;
  const flat = `  ${memberName(one.name)}: ${argument} => ${only?.replace(/^return /, '').replace(/;$/, '')},\n`;
  if (body.length === 1 && only !== undefined && flat.length <= 121) return head + flat;
  return `${head}  ${memberName(one.name)}: ${argument} => {\n${body.map((line) => `    ${line}\n`).join('')}  },\n`;
}

function bodyOf(spec: Spec, one: OperationDesign, order: SortKey[]): string[] {
  const { action, switches } = one;
  // A record that is looked up by its own id and all above it is not there where one above is not.
  const isFound = isStrict(one) && ['read', 'act', 'patch', 'replace', 'remove'].includes(action.kind);
  const lines = switches.unknown && !isFound ? ancestorLines(one) : [];
  const status = one.successes[0] ?? 200;
  switch (action.kind) {
    case 'create':
      return [
        ...lines,
        `return answer(${status}, ${wrapped(one, `${action.resource.variable}.add(${above(one)}, ${fieldsOf(one)})`)});`,
      ];
    case 'list':
      return [...lines, ...listLines(one, status, order)];
    case 'read':
      return [...lines, ...itemLines(one, status, () => null)];
    case 'act':
      return [
        ...lines,
        ...itemLines(one, status, () =>
          one.operation.requestBody === undefined ? null : `set(${address(one)}, ${fieldsOf(one)})`,
        ),
      ];
    case 'patch':
      return [...lines, ...itemLines(one, status, () => `set(${address(one)}, ${fieldsOf(one)})`)];
    case 'replace': {
      const kept = keptMembers(spec, one);
      const last = kept.length === 0 ? '' : `, ${literal(kept)}`;
      const replace = `replace(${address(one)}, ${fieldsOf(one)}${last})`;
      if (action.creates && one.successes.includes(201) && one.successes.some((other) => other !== 201)) {
        const usual = one.successes.find((other) => other !== 201) ?? 200;
        return [
          ...lines,
          `const isNew = ${action.resource.variable}.get(${address(one)}) === undefined;`,
          `return answer(isNew ? 201 : ${usual}, ${wrapped(one, `${action.resource.variable}.${replace}`)});`,
        ];
      }
      return [...lines, ...itemLines(one, status, () => replace)];
    }
    case 'remove':
      return [...lines, ...removeLines(one, status)];
    case 'compute':
      return [...lines, `return answer(${status}, ${computed(one)});`];
  }
}

/** The ids of the parents. */
function above(one: OperationDesign): string {
  return `[${one.pathNames.map((name) => `path${access(name)}`).join(', ')}]`;
}

/** The ids of the parents and of the record itself; a record that is one per parent has none of its own. */
function address(one: OperationDesign): string {
  const ids = one.pathNames.map((name) => `path${access(name)}`);
  return `[${[...ids, ...(one.action.resource?.isSingleton === true ? ["''"] : [])].join(', ')}]`;
}

function fieldsOf(one: OperationDesign): string {
  return one.requestWrapper === null ? 'fields' : `(fields${access(one.requestWrapper)} ?? {})`;
}

function wrapped(one: OperationDesign, record: string): string {
  return one.wrapper === null ? record : `{ ${memberName(one.wrapper)}: ${record} }`;
}

/** Refuses ids of parents that nothing has made. */
function ancestorLines(one: OperationDesign): string[] {
  const { action } = one;
  const { resource } = action;
  if (resource === null) return [];
  const isItem = action.kind === 'compute';
  const chain = isItem ? [...resource.ancestors, resource] : resource.ancestors;
  return chain.flatMap((ancestor, index) => {
    if (ancestor === null || !ancestor.isCreatable) return [];
    const ids = one.pathNames.slice(0, index + 1).map((name) => `path${access(name)}`);
    const missing = `${ancestor.variable}.get([${ids.join(', ')}]) === undefined`;
    return [`if (${missing}) return unknown(${quote(ancestor.noun)});`];
  });
}

function isStrict(one: OperationDesign): boolean {
  const { action, switches } = one;
  if (!switches.unknown || action.resource === null || !action.resource.isCreatable || action.resource.isSingleton)
    return false;
  return !(action.kind === 'replace' && action.creates);
}

/** Looks the record up, perhaps changes it, and answers with it. */
function itemLines(one: OperationDesign, status: number, change: () => string | null): string[] {
  const { resource } = one.action;
  if (resource === null) return [];
  const name = resource.variable;
  const changed = change();
  const found = identifier(resource.noun) === name ? 'found' : identifier(resource.noun);
  if (isStrict(one)) {
    if (changed !== null) {
      return [
        `if (${name}.get(${address(one)}) === undefined) return unknown(${quote(resource.noun)});`,
        `return answer(${status}, ${wrapped(one, `${name}.${changed}`)});`,
      ];
    }
    return [
      `const ${found} = ${name}.get(${address(one)});`,
      `return ${found} === undefined ? unknown(${quote(resource.noun)}) : answer(${status}, ${wrapped(one, found)});`,
    ];
  }
  if (changed !== null) return [`return answer(${status}, ${wrapped(one, `${name}.${changed}`)});`];
  const isQuery = resource.isSingleton && one.operation.parameters.some((parameter) => parameter.in === 'query');
  const way = resource.isSingleton && !isQuery ? 'ensure' : 'draft';
  return [`return answer(${status}, ${wrapped(one, `${name}.${way}(${address(one)}${isQuery ? ', query' : ''})`)});`];
}

function removeLines(one: OperationDesign, status: number): string[] {
  const { resource } = one.action;
  if (resource === null) return [];
  const name = resource.variable;
  const response = one.operation.responses.find((other) => other.status === String(status));
  if (response !== undefined && response.content.length > 0) {
    return [
      `const found = ${name}.${isStrict(one) ? 'get' : 'draft'}(${address(one)});`,
      ...(isStrict(one) ? [`if (found === undefined) return unknown(${quote(resource.noun)});`] : []),
      `${name}.remove(${address(one)});`,
      `return answer(${status}, found);`,
    ];
  }
  if (isStrict(one)) {
    return [`return ${name}.remove(${address(one)}) ? answer(${status}) : unknown(${quote(resource.noun)});`];
  }
  return [`${name}.remove(${address(one)});`, `return answer(${status});`];
}

function listLines(one: OperationDesign, status: number, order: SortKey[]): string[] {
  const { action, paging, filters } = one;
  if (action.kind !== 'list') return [];
  const options: string[] = [];
  if (Object.keys(filters).length > 0) options.push(`filters: ${literal(filters)}`);
  const keys = order.flatMap(sortKeyCode);
  if (keys.length > 0) options.push(`sortBy: [${keys.join(', ')}]`);
  for (const key of ['limit', 'offset', 'page', 'cursor'] as const) {
    const name = paging[key];
    if (name !== null) options.push(`${key}: ${quote(name)}`);
  }
  if (paging.most !== null) options.push(`most: ${paging.most}`);
  const source = `${action.resource.variable}.all(${above(one) === '[]' ? '' : above(one)})`;
  const isPlain = options.length === 0 && action.envelope === null;
  if (isPlain) return [`return answer(${status}, ${source});`];
  const call = `list(${source}, query, { ${options.join(', ')} })`.replace('{  }', '{}');
  if (action.envelope === null) return [`return answer(${status}, ${call}.items);`];
  const members = [
    `${memberName(action.envelope.items)}: found.items`,
    ...Object.entries(action.envelope.facts).map(([member, fact]) => `${memberName(member)}: found.${fact}`),
  ];
  return [`const found = ${call};`, `return answer(${status}, { ${members.join(', ')} });`];
}

/** A function from an item to what it is sorted by; nothing where that cannot be said in JavaScript. */
function sortKeyCode({ variable, key }: SortKey): string[] {
  const compiled = compile(key);
  return compiled.kind === 'code' ? [`(${identifier(variable)}) => ${compiled.code}`] : [];
}

/** Members that a whole new record keeps because the request cannot carry them. */
function keptMembers(spec: Spec, one: OperationDesign): string[] {
  const { resource } = one.action;
  const schema = bodySchema(one.operation);
  if (resource === null || schema === null) return [];
  const sent = shapeOf(spec, schema).members;
  const shown = new Set(resource.views.flatMap((view) => [...shapeOf(spec, view).members.keys()]));
  return [...shown].filter((name) => name !== resource.idField && !sent.has(name) && !resource.parents.includes(name));
}

function computed(one: OperationDesign): string {
  const parts: string[] = [];
  if (one.operation.parameters.some((parameter) => parameter.in === 'query')) parts.push('...query');
  if (one.pathNames.length > 0) parts.push('...path');
  if (one.operation.requestBody !== undefined) parts.push('...fields');
  if (parts.length === 1 && parts[0] === '...fields') return 'fields';
  return parts.length === 0 ? 'undefined' : `{ ${parts.join(', ')} }`;
}
