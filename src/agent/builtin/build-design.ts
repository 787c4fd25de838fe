/** The first design of a service: the happy path of every operation, nothing checked, no rule held. */
import type { Operation, Spec } from '../../spec/model.ts';
import type { Action, Design, OperationDesign, Paging, Refusals, Resource, Switches } from './design.ts';
import { pathNames } from './paths.ts';
import { answerSchema, bodySchema, inferResources, wrapperOf } from './resources.ts';
import { plain, schemaAt, shapeOf } from './shape.ts';
import { identifier, unused } from './text.ts';

/** Derives the weakest design that answers every operation of the spec. */
export function buildDesign(spec: Spec): Design {
  const { resources, actions } = inferResources(spec);
  const taken = new Set(resources.map((resource) => resource.variable));
  const operations = spec.operations.flatMap((operation) => {
    const action = actions.get(operation);
    return action === undefined
      ? []
      : [designOperation(spec, operation, action, unused(identifier(operation.id), taken))];
  });
  return { title: spec.title, resources, operations };
}

function designOperation(spec: Spec, operation: Operation, action: Action, name: string): OperationDesign {
  const refusals = refusalsOf(operation);
  const successes = successesOf(operation, action);
  const noun = action.resource?.noun ?? '';
  const isWrapped = !['list', 'compute', 'remove'].includes(action.kind) && action.resource?.isSingleton === false;
  return {
    operation,
    name,
    action,
    pathNames: pathNames(operation),
    wrapper: isWrapped ? wrapperOf(spec, answerSchema(operation), noun) : null,
    requestWrapper: isWrapped ? wrapperOf(spec, bodySchema(operation), noun) : null,
    filters: action.kind === 'list' ? filtersOf(spec, operation, action.resource) : {},
    paging: pagingOf(spec, operation),
    successes,
    refusals,
    outcomes: outcomesOf(operation, successes, refusals),
    switches: nothingOn(),
  };
}

function nothingOn(): Switches {
  return {
    checks: new Set(),
    unknown: false,
    credentials: false,
    replayBy: null,
    replayStatus: null,
    rules: new Set(),
  };
}

/** Documented statuses of a class, ranges left out, lowest first. */
function documented(operation: Operation, first: string): number[] {
  const exact = operation.responses.map((response) => response.status).filter((status) => /^\d{3}$/.test(status));
  return exact
    .filter((status) => status.startsWith(first))
    .map(Number)
    .toSorted((a, b) => a - b);
}

function successesOf(operation: Operation, action: Action): number[] {
  const found = documented(operation, '2');
  if (found.length === 0) {
    const redirect = documented(operation, '3');
    const isOpen = operation.responses.some((response) => ['2XX', 'default'].includes(response.status));
    return isOpen || redirect.length === 0 ? [200] : redirect;
  }
  const usual = action.kind === 'create' ? 201 : action.kind === 'remove' ? 204 : found[0];
  return [...found].toSorted((a, b) => Number(b === usual) - Number(a === usual) || a - b);
}

function refusalsOf(operation: Operation): Refusals {
  const exact = documented(operation, '4');
  const isOpen = operation.responses.some((response) => ['4XX', 'default'].includes(response.status));
  const pick = (wanted: number[], otherwise: number): number => {
    const found = wanted.find((status) => exact.includes(status));
    return found ?? (isOpen ? otherwise : (exact[0] ?? otherwise));
  };
  return {
    invalid: pick([400, 422], 400),
    mediaType: pick([415, 400, 422], 415),
    unknown: pick([404, 410], 404),
    conflict: pick([409, 422, 412, 403, 400], 409),
    unauthorized: pick([401, 403], 401),
  };
}

/** Other successes first, then refusals, the likeliest first; 401 and 429 say nothing about the state. */
function outcomesOf(operation: Operation, successes: number[], refusals: Refusals): number[] {
  const exact = documented(operation, '4').filter(
    (status) => ![401, 405, 406, 408, 413, 415, 429, 431].includes(status),
  );
  const order = [409, 422, 412, 400, 403, 404];
  const ranked = exact.toSorted((a, b) => rank(order, a) - rank(order, b) || a - b);
  const isOpen = operation.responses.some((response) => ['4XX', 'default'].includes(response.status));
  if (ranked.length === 0 && isOpen) ranked.push(refusals.conflict);
  return [...successes.slice(1), ...ranked];
}

function rank(order: number[], status: number): number {
  const found = order.indexOf(status);
  return found < 0 ? order.length : found;
}

function filtersOf(spec: Spec, operation: Operation, resource: Resource): Record<string, string> {
  const members = resource.views.flatMap((view) => [...shapeOf(spec, view).members.keys()]);
  const filters: Record<string, string> = {};
  for (const parameter of operation.parameters) {
    if (parameter.in !== 'query') continue;
    const member = members.find((one) => plain(one) === plain(parameter.name));
    if (member !== undefined) filters[parameter.name] = member;
  }
  return filters;
}

function pagingOf(spec: Spec, operation: Operation): Paging {
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  const find = (pattern: RegExp): string | null => query.find((one) => pattern.test(plain(one.name)))?.name ?? null;
  const limit = find(/^(limit|pagesize|perpage|size|maxresults|first|top|maxitems|pagelimit)$/);
  const schema = query.find((one) => one.name === limit)?.schema;
  const bounds = schema === undefined ? {} : schemaAt(spec, schema);
  const most = [bounds['default'], bounds['maximum']].find((bound) => typeof bound === 'number');
  return {
    limit,
    offset: find(/^(offset|skip|start|startindex|from)$/),
    page: find(/^(page|pagenumber|pageindex)$/),
    cursor: find(/^(cursor|after|pagetoken|continuationtoken|nexttoken|startingafter)$/),
    most: typeof most === 'number' ? most : limit === null ? null : 100,
  };
}
