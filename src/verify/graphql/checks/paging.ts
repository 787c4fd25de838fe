/** Pages put together are the whole: Relay connections by cursor, lists by offset; nothing twice, nothing lost. */
import fc from 'fast-check';
import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from 'graphql';
import { isObject, type JsonObject, type JsonValue } from '../../../events/index.ts';
import type { RootField } from '../../../spec/graphql/contract.ts';
import { equalJson } from '../../equal-json.ts';
import { responseOf } from '../answer.ts';
import { PLAIN, type Selection, type Sent, type Step } from '../call.ts';
import { casesOf, planOf } from '../cases.ts';
import { type GraphEngine, valueOf } from '../engine.ts';
import { offsetArgument, sizeArgument } from '../page-arguments.ts';
import { plainSelection } from '../selections.ts';
import type { Judgement, Property } from './property.ts';

/** Items that are made first, so that there is something to page through, and the most pages that are followed. */
const ITEMS = 5;
const MAX_PAGES = 60;
/** Sizes of a page that holds all, of which the first that the contract allows is asked for. */
const WHOLE = [100, 50, 25, 20, 10];

type Style = { kind: 'cursor'; size: string; after: string } | { kind: 'offset'; size: string; offset: string };

/** The property of a list that is paged; none where it is not. */
export function pagingOf(engine: GraphEngine, root: RootField, share: number): Property[] {
  const style = styleOf(root);
  const item = itemOf(root);
  if (style === undefined || item === undefined) return [];
  const select = selectionOf(engine, root, style, item);
  const [producer] = engine.producers.of(item).filter(({ root: { kind } }) => kind === 'mutation');
  const plan = planOf(engine, root, false);
  const makers =
    producer === undefined || engine.obstacle(producer.root) !== undefined
      ? undefined
      : planOf(engine, producer.root, false);
  const makes =
    makers === undefined || makers.free.length > 0 || producer === undefined
      ? undefined
      : casesOf(engine, producer.root, {
          plan: makers,
          args: engine.argumentsOf(producer.root.pointer) ?? fc.constant({}),
          select: fc.constant(typenames(producer.root)),
        });
  const sizes = fc.integer({ min: 1, max: 4 });
  const base = casesOf(engine, root, {
    plan,
    args: sizes.map((size): JsonObject => ({ [style.size]: size })),
    select: fc.constant(select),
    form: fc.constant(PLAIN),
  });
  const items = makes === undefined ? fc.constant([]) : fc.array(makes, { minLength: 0, maxLength: ITEMS });
  return [
    {
      ref: {
        id: `stateful pages-are-the-whole ${root.id}`,
        clause: root.pointer,
        kind: 'stateful',
        operation: root.id,
      },
      runs: Math.min(share, 12),
      serial: true,
      fresh: true,
      arbitrary: () =>
        fc.tuple(items, base).map(([made, call]) => {
          // Steps refer to one another by index, so each part is moved behind those before it.
          const steps: Step[] = [];
          for (const part of [...made, call]) {
            const from = steps.length;
            for (const step of part)
              steps.push({
                ...step,
                role: part === call && step.role === 'call' ? 'call' : 'setup',
                bindings: step.bindings.map((one) => ({ ...one, step: one.step + from })),
              });
          }
          return steps;
        }),
      judge: (drawn) => judge(engine, drawn, style),
    },
  ];
}

function styleOf({ field }: RootField): Style | undefined {
  const names = field.args
    .filter(({ type }) => /^(Int|String|ID|Cursor)!?$/.test(String(type)))
    .map(({ name }) => name);
  const needed = field.args.filter(
    ({ type, astNode }) => String(type).endsWith('!') && astNode?.defaultValue === undefined,
  );
  const size = sizeArgument(names);
  if (size === undefined || needed.some(({ name }) => name !== size)) return undefined;
  const type = getNamedType(field.type);
  const isConnection =
    isObjectType(type) && type.getFields()['pageInfo'] !== undefined && type.getFields()['edges'] !== undefined;
  if (isConnection && names.includes('after') && size === 'first') return { kind: 'cursor', size, after: 'after' };
  const offset = offsetArgument(names);
  return isListType(getNullableType(field.type)) && offset !== undefined ? { kind: 'offset', size, offset } : undefined;
}

/** The type of the items. */
function itemOf({ field }: RootField): string | undefined {
  const type = getNamedType(field.type);
  if (isListType(getNullableType(field.type))) return type.name;
  const edges = isObjectType(type) ? type.getFields()['edges'] : undefined;
  const edge = edges === undefined ? undefined : getNamedType(edges.type);
  const node = isObjectType(edge) ? edge.getFields()['node'] : undefined;
  return node === undefined ? undefined : getNamedType(node.type).name;
}

function typenames({ field }: RootField): Selection[] {
  const type = getNamedType(field.type);
  return isObjectType(type) || isInterfaceType(type)
    ? [{ kind: 'field', on: type.name, name: '__typename', args: {} }]
    : [];
}

function selectionOf(engine: GraphEngine, root: RootField, style: Style, item: string): Selection[] {
  const type = getNamedType(root.field.type);
  const found = engine.contract.schema.getType(item);
  const leaves = isObjectType(found) || isInterfaceType(found) ? plainSelection(engine.skeletons.leaves(found)) : [];
  if (style.kind === 'offset') return leaves;
  const pageInfo: Selection = {
    kind: 'field',
    on: type.name,
    name: 'pageInfo',
    args: {},
    select: ['hasNextPage', 'endCursor'].map((name): Selection => ({ kind: 'field', on: 'PageInfo', name, args: {} })),
  };
  const edges = isObjectType(type) ? type.getFields()['edges'] : undefined;
  const edge = edges === undefined ? '' : getNamedType(edges.type).name;
  const node: Selection = {
    kind: 'field',
    on: edge,
    name: 'node',
    args: {},
    ...(leaves.length === 0 ? {} : { select: leaves }),
  };
  return [{ kind: 'field', on: type.name, name: 'edges', args: {}, select: [node] }, pageInfo];
}

async function judge(engine: GraphEngine, drawn: Step[], style: Style): Promise<Judgement> {
  const before = await engine.run(drawn.slice(0, -1));
  const call = drawn.at(-1);
  if (before.kind === 'stuck' || call === undefined)
    return { kind: 'discarded', sent: before.sent, reason: 'the items could not be made' };
  const sent: Sent[] = [...before.sent];
  const ask = async (args: JsonObject): Promise<Page | undefined> => {
    const { [style.size]: _, ...others } = call.args;
    const index = drawn.length - 1 + sent.length - before.sent.length;
    const goesOn = style.kind === 'cursor' && args[style.after] !== undefined;
    const cursor = {
      into: `/${style.kind === 'cursor' ? style.after : ''}`,
      step: index - 1,
      pointer: '/pageInfo/endCursor',
    };
    const bindings = goesOn ? [...call.bindings, cursor] : call.bindings;
    const made = await engine.call({ ...call, args: { ...others, ...args }, bindings }, sent, index);
    if ('kind' in made) return undefined;
    sent.push(made);
    return pageOf(made, style);
  };
  const focus = sent.length;
  const size = Number(call.args[style.size]);
  const pages: JsonValue[] = [];
  let place: JsonObject = {};
  let ended = false;
  for (let turn = 0; turn < MAX_PAGES && !ended; turn++) {
    const page = await ask({ [style.size]: size, ...place });
    if (page === undefined) return { kind: 'discarded', sent, reason: 'a page was not answered' };
    pages.push(...page.items);
    if (page.items.length > size)
      return failed(
        sent,
        focus,
        `a page of ${page.items.length} items`,
        `at most ${size} items, as ${style.size} says`,
        sent.length - 1,
        style,
        `> ${size}`,
      );
    // Where an item comes again, the pages may have no end.
    ended = repeatedIn(pages) !== undefined || (style.kind === 'cursor' ? !page.more : page.items.length < size);
    if (style.kind === 'cursor' && page.more && page.end === null)
      return { kind: 'discarded', sent, reason: 'a page has no end cursor' };
    place = style.kind === 'cursor' ? { [style.after]: page.end } : { [style.offset]: pages.length };
    if (page.items.length === 0 && !ended)
      return failed(
        sent,
        focus,
        'an empty page with hasNextPage',
        'an end of the pages',
        sent.length - 1,
        style,
        '=== 0',
      );
  }
  if (!ended) return { kind: 'discarded', sent, reason: `more than ${MAX_PAGES} pages` };
  const all = WHOLE.find((one) => engine.accepts(call.root, { ...call.args, [style.size]: one })) ?? 100;
  const whole = await ask({ [style.size]: all });
  if (whole === undefined || whole.items.length >= all || whole.more)
    return { kind: 'discarded', sent, reason: 'the whole does not fit one page' };
  const repeated = repeatedIn(pages);
  if (repeated === undefined && equalJson(pages, whole.items)) return { kind: 'passed', sent };
  const reads = Array.from(
    { length: sent.length - focus - 1 },
    (_, index) => `...items(answers[${focus + index}])`,
  ).join(', ');
  return {
    kind: 'failed',
    sent,
    focus,
    actual: `pages of ${size} hold ${pages.length} items${repeated === undefined ? '' : `, one of them twice: ${short(repeated)}`}; the whole has ${whole.items.length}`,
    expected: 'the pages, put together, are the whole',
    test:
      repeated !== undefined
        ? `((items) => { const all = [${reads}].map((one) => JSON.stringify(one)); return new Set(all).size < all.length; })(${itemsText(call.root.name, style)})`
        : `((items) => ${endText(call.root.name, style, size, sent.length - 2)} && JSON.stringify([${reads}]) !== JSON.stringify(items(answers[${sent.length - 1}])))(${itemsText(call.root.name, style)})`,
  };
}

function failed(
  sent: Sent[],
  focus: number,
  actual: string,
  expected: string,
  index: number,
  style: Style,
  test: string,
): Judgement {
  const name = sent[index]?.step.root.name ?? '';
  return {
    kind: 'failed',
    sent,
    focus,
    actual,
    expected,
    test: `((items) => items(answers[${index}]).length ${test})(${itemsText(name, style)})`,
  };
}

function itemsText(name: string, style: Style): string {
  const list = `body.data[${JSON.stringify(name)}]`;
  return style.kind === 'offset' ? `({ body }) => ${list}` : `({ body }) => ${list}.edges.map((edge) => edge.node)`;
}

/** An expression that is true where a page says that it is the last one. */
function endText(name: string, style: Style, size: number, index: number): string {
  return style.kind === 'offset'
    ? `items(answers[${index}]).length < ${size}`
    : `!answers[${index}].body.data[${JSON.stringify(name)}].pageInfo.hasNextPage`;
}

interface Page {
  items: JsonValue[];
  more: boolean;
  end: JsonValue;
}

function pageOf(sent: Sent, style: Style): Page | undefined {
  if (responseOf(sent.answer).errors.length > 0) return undefined;
  const value = valueOf(sent, '');
  if (style.kind === 'offset') return Array.isArray(value) ? { items: value, more: false, end: null } : undefined;
  if (!isObject(value) || !Array.isArray(value['edges']) || !isObject(value['pageInfo'])) return undefined;
  const { hasNextPage, endCursor } = value['pageInfo'];
  const items = value['edges'].map((edge) => (isObject(edge) ? (edge['node'] ?? null) : null));
  return { items, more: hasNextPage === true, end: endCursor ?? null };
}

function repeatedIn(pages: readonly JsonValue[]): JsonValue | undefined {
  const seen = new Set<string>();
  return pages.find((one) => isKeyed(one) && seen.size === seen.add(JSON.stringify(one)).size);
}

/** Only items that know who they are can be there twice by mistake. */
function isKeyed(value: JsonValue): boolean {
  return isObject(value) && value['id'] !== undefined;
}

function short(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
