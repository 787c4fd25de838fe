/** Finds the resources behind the paths of a spec, and what each operation does to them. */
import type { MediaType, Operation, ResponseSpec, Spec } from '../../spec/model.ts';
import type { Action, Envelope, Resource } from './design.ts';
import { keyOfTokens, tokensOfPath, type PathToken } from './paths.ts';
import { isList, plain, schemaAt, shapeOf, target, type Shape } from './shape.ts';
import { identifier, singular, unused } from './text.ts';

/** The JSON body of a message, or its first body. */
export function mainContent(content: readonly MediaType[]): MediaType | undefined {
  return content.find((one) => /[/+]json$/.test(one.type)) ?? content[0];
}

/** The success answer that an operation gives when all is well: the lowest documented 2xx that has a body, if any. */
export function successOf(operation: Operation): ResponseSpec | undefined {
  const good = operation.responses.filter((response) => response.status.startsWith('2'));
  good.sort((a, b) => a.status.localeCompare(b.status));
  return good.find((response) => response.content.length > 0) ?? good[0] ?? operation.responses.find(isDefault);
}

const isDefault = (response: ResponseSpec): boolean => response.status === 'default';

/** Pointer of the schema of the success answer. */
export function answerSchema(operation: Operation): string | null {
  return mainContent(successOf(operation)?.content ?? [])?.schema ?? null;
}

/** Pointer of the schema of the request body. */
export function bodySchema(operation: Operation): string | null {
  return mainContent(operation.requestBody?.content ?? [])?.schema ?? null;
}

/** The member of an object that holds the list, or that holds the record; null where the value itself is it. */
export function listEnvelope(spec: Spec, pointer: string): Envelope | null | undefined {
  const shape = shapeOf(spec, pointer);
  if (isList(shape)) return null;
  const lists = [...shape.members].filter(([, place]) => isList(shapeOf(spec, place)));
  const preferred = lists.find(([name]) => /^(items|data|results|records|entries|content|values)$/i.test(name));
  const [items] = preferred ?? lists[0] ?? [];
  if (items === undefined) return undefined;
  const facts: Envelope['facts'] = {};
  const names = new Set([...shape.members.keys()].map(plain));
  for (const [name] of shape.members) {
    const fact = name === items ? undefined : factOf(plain(name), names);
    if (fact !== undefined) facts[name] = fact;
  }
  return lists.length > 1 && preferred === undefined ? undefined : { items, facts };
}

function factOf(name: string, all: ReadonlySet<string>): Envelope['facts'][string] | undefined {
  if (/^(total|totalcount|totalitems|totalelements|totalresults)$/.test(name)) return 'total';
  if (/^(count|size|length)$/.test(name))
    return [...all].some((other) => other.startsWith('total')) ? 'count' : 'total';
  if (/^(limit|pagesize|perpage)$/.test(name)) return 'limit';
  if (/^(offset|skip)$/.test(name)) return 'offset';
  if (/^(page|pagenumber|currentpage)$/.test(name)) return 'page';
  if (/^(pages|totalpages|pagecount)$/.test(name)) return 'pages';
  if (/^(next|nextcursor|nextpagetoken|cursor|nexttoken)$/.test(name)) return 'next';
  if (/^(hasmore|hasnext|hasnextpage)$/.test(name)) return 'hasMore';
  return undefined;
}

/** The member that wraps the record in a message, `{"data": {...}}`; null where there is none. */
export function wrapperOf(spec: Spec, pointer: string | null, noun: string): string | null {
  if (pointer === null) return null;
  const { members } = shapeOf(spec, pointer);
  const objects = [...members].filter(([, place]) => shapeOf(spec, place).members.size > 0);
  const named = objects.find(
    ([name]) => plain(name) === plain(noun) || /^(data|item|result|payload|attributes)$/i.test(name),
  );
  if (named === undefined || members.size > 3) return null;
  return members.size === 1 || !members.has('id') ? named[0] : null;
}

export interface Inference {
  resources: Resource[];
  actions: Map<Operation, Action>;
}

/** What stands at one path, told by all of its operations. */
interface Place {
  tokens: PathToken[];
  operations: Operation[];
}

/** Infers resources and actions from paths, methods and the forms of the answers. */
export function inferResources(spec: Spec): Inference {
  const places = new Map<string, Place>();
  for (const operation of spec.operations) {
    const tokens = tokensOfPath(operation.path);
    const key = keyOfTokens(tokens);
    const place = places.get(key) ?? { tokens, operations: [] };
    place.operations.push(operation);
    places.set(key, place);
  }
  const resources = new Map<string, Resource>();
  const taken = new Set<string>();
  const resourceAt = (tokens: PathToken[], isSingleton: boolean): Resource => {
    const key = keyOfTokens(tokens);
    const known = resources.get(key);
    if (known !== undefined) return known;
    const name = tokens.findLast((token) => token.parameter === undefined)?.text ?? 'root';
    const made: Resource = {
      key,
      variable: unused(identifier(name), taken),
      noun: singular(name.replaceAll(/[-_:]/g, ' ')),
      isSingleton,
      parents: tokens.flatMap((token) => token.parameter ?? []),
      ancestors: [],
      idField: null,
      idSchema: null,
      views: [],
      isCreatable: false,
    };
    resources.set(key, made);
    return made;
  };

  const actions = new Map<Operation, Action>();
  for (const place of places.values()) {
    for (const operation of place.operations)
      actions.set(operation, actionOf(spec, operation, place, places, resourceAt));
  }
  for (const resource of resources.values()) complete(spec, resource, resources, actions);
  return { resources: [...resources.values()], actions };
}

function actionOf(
  spec: Spec,
  operation: Operation,
  place: Place,
  places: ReadonlyMap<string, Place>,
  resourceAt: (tokens: PathToken[], isSingleton: boolean) => Resource,
): Action {
  const { tokens } = place;
  const answer = answerSchema(operation);
  if (tokens.at(-1)?.parameter !== undefined)
    return itemAction(operation, resourceAt(tokens.slice(0, -1), false), places, tokens);
  const reader = place.operations.find((one) => one.method === 'get');
  const readerAnswer = reader === undefined ? null : answerSchema(reader);
  const envelope = readerAnswer === null ? undefined : listEnvelope(spec, readerAnswer);
  const hasItems = places.has([...tokens.map((token) => token.text), '{}'].join('/'));
  const isCollection =
    hasItems || (envelope !== undefined && (envelope === null || place.operations.length > 1 || tokens.length > 0));
  const owner = itemTokens(tokens);
  if (operation.method === 'get' || operation.method === 'head') {
    if (isCollection && (envelope !== undefined || hasItems)) {
      return { kind: 'list', resource: resourceAt(tokens, false), envelope: envelope ?? null };
    }
    return { kind: 'read', resource: resourceAt(tokens, true) };
  }
  if (operation.method === 'post' && (hasItems || (reader !== undefined && isCollection))) {
    return { kind: 'create', resource: resourceAt(tokens, false) };
  }
  if (reader !== undefined && !isCollection) {
    const resource = resourceAt(tokens, true);
    if (operation.method === 'delete') return { kind: 'remove', resource };
    if (operation.method === 'patch') return { kind: 'patch', resource };
    return { kind: 'replace', resource, creates: true };
  }
  const item = owner === null ? null : resourceAt(owner.slice(0, -1), false);
  if (item !== null && answer !== null && itemSchemas(places, owner).includes(target(spec, answer)))
    return { kind: 'act', resource: item };
  if (operation.method === 'post' && looksLikeCreation(operation, tokens))
    return { kind: 'create', resource: resourceAt(tokens, false) };
  return { kind: 'compute', resource: item };

  function itemSchemas(all: ReadonlyMap<string, Place>, path: PathToken[] | null): string[] {
    const readers = path === null ? [] : (all.get(keyOfTokens(path))?.operations ?? []);
    const makers = path === null ? [] : (all.get(keyOfTokens(path.slice(0, -1)))?.operations ?? []);
    return [...readers, ...makers.filter((one) => one.method === 'post')]
      .flatMap((one) => answerSchema(one) ?? [])
      .map((pointer) => target(spec, pointer));
  }
}

/** A POST with nothing else at its path makes records when it answers 201 under a plural name. */
function looksLikeCreation(operation: Operation, tokens: PathToken[]): boolean {
  const name = tokens.at(-1)?.text ?? '';
  return (
    operation.requestBody !== undefined &&
    operation.responses.some((response) => response.status === '201') &&
    /s$/i.test(name) &&
    !name.includes(':')
  );
}

function itemAction(
  operation: Operation,
  resource: Resource,
  places: ReadonlyMap<string, Place>,
  tokens: PathToken[],
): Action {
  switch (operation.method) {
    case 'put': {
      const collection = places.get(keyOfTokens(tokens.slice(0, -1)))?.operations ?? [];
      return { kind: 'replace', resource, creates: !collection.some((one) => one.method === 'post') };
    }
    case 'patch':
      return { kind: 'patch', resource };
    case 'delete':
      return { kind: 'remove', resource };
    case 'post':
      return { kind: 'act', resource };
    default:
      return { kind: 'read', resource };
  }
}

/** The tokens up to the last parameter; null where there is none. */
function itemTokens(tokens: PathToken[]): PathToken[] | null {
  const last = tokens.findLastIndex((token) => token.parameter !== undefined);
  return last < 0 ? null : tokens.slice(0, last + 1);
}

/** Fills in what the operations on a resource tell: ids, views, ancestors. */
function complete(
  spec: Spec,
  resource: Resource,
  all: ReadonlyMap<string, Resource>,
  actions: ReadonlyMap<Operation, Action>,
): void {
  const own = [...actions].filter(([, action]) => action.resource === resource);
  const views: string[] = [];
  let parameter: { name: string; schema: string | null } | null = null;
  for (const [operation, action] of own) {
    if (action.kind === 'create' || (action.kind === 'replace' && action.creates)) resource.isCreatable = true;
    const view = recordView(spec, operation, action);
    if (view !== null && action.kind !== 'compute') views.push(target(spec, view));
    if (['read', 'replace', 'patch', 'remove', 'act'].includes(action.kind) && !resource.isSingleton) {
      const name = tokensOfPath(operation.path).findLast((token) => token.parameter !== undefined)?.parameter;
      const found = operation.parameters.find((one) => one.in === 'path' && one.name === name);
      if (name !== undefined) parameter ??= { name, schema: found?.schema ?? null };
    }
  }
  const makers = own.filter(([, action]) => action.kind === 'create');
  if (views.length === 0)
    for (const [operation] of makers) views.push(...[bodySchema(operation)].flatMap((one) => one ?? []));
  resource.views = [...new Set(views)].filter(
    (view) => shapeOf(spec, view).members.size > 0 || schemaAt(spec, view)['type'] === 'object',
  );
  resource.idField = resource.isSingleton
    ? null
    : idFieldOf(
        resource,
        parameter?.name ?? null,
        resource.views.map((view) => shapeOf(spec, view)),
      );
  resource.idSchema = parameter?.schema ?? null;
  resource.ancestors = ancestorsOf(resource, all);
}

/** Pointer of the schema of one record in an operation's answer. */
function recordView(spec: Spec, operation: Operation, action: Action): string | null {
  const answer = answerSchema(operation);
  if (answer === null || action.resource === null) return null;
  if (action.kind === 'list') {
    const list = action.envelope === null ? answer : shapeOf(spec, answer).members.get(action.envelope.items);
    return list === undefined ? null : shapeOf(spec, list).items;
  }
  if (action.kind === 'remove') return null;
  const wrapper = action.resource.isSingleton ? null : wrapperOf(spec, answer, action.resource.noun);
  return wrapper === null ? answer : (shapeOf(spec, answer).members.get(wrapper) ?? null);
}

function idFieldOf(resource: Resource, parameter: string | null, shapes: Shape[]): string | null {
  const members = new Set(shapes.flatMap((shape) => [...shape.members.keys()]));
  const noun = plain(resource.noun);
  const wanted = [
    ...(parameter === null ? [] : [plain(parameter)]),
    'id', `${noun}id`, 'uuid', 'guid', `${noun}uuid`, `${noun}code`, `${noun}key`, 'key', 'code', 'slug', 'sku', 'number', 'reference',
  ]; // prettier-ignore
  if (parameter !== null) wanted.push(plain(parameter).replace(noun, ''), 'name');
  for (const name of wanted) {
    const found = [...members].find((member) => plain(member) === name);
    if (found !== undefined && name !== '') return found;
  }
  return null;
}

function ancestorsOf(resource: Resource, all: ReadonlyMap<string, Resource>): (Resource | null)[] {
  const tokens = resource.key.split('/');
  const found: (Resource | null)[] = [];
  tokens.forEach((token, index) => {
    if (token === '{}') found.push(all.get(tokens.slice(0, index).join('/')) ?? null);
  });
  return found;
}
