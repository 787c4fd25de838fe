/** Readiness of operations: their parameters, statuses, security, paging and repeats. */
import { at } from '../../events/index.ts';
import type { Operation, Spec } from '../model.ts';
import type { Report } from '../report.ts';
import { keywordsOf } from './schema-keywords.ts';

/** Reports what an operation leaves open. */
export function lintOperations(spec: Spec, report: Report): void {
  for (const operation of spec.operations) {
    pathTemplate(operation, report);
    pathParameters(operation, report);
    statuses(operation, report);
    responseSchemas(operation, report);
    security(spec, operation, report);
    paging(spec, operation, report);
    repeats(operation, report);
    if (operation.id.includes(' '))
      report(
        'note',
        'operation-id',
        operation.pointer,
        'the operation has no operationId',
        'probes and links name operations by it',
      );
    if (operation.requestBody !== undefined && ['get', 'head', 'delete'].includes(operation.method))
      report(
        'warning',
        'body-undefined',
        operation.requestBody.pointer,
        `a body on ${operation.method.toUpperCase()} has no defined meaning (RFC 9110 §9.3)`,
      );
    if (operation.objective !== undefined && operation.objective.ratePerSecond === null)
      report(
        'warning',
        'objective-rate',
        operation.objective.pointer,
        'a latency without a rate says nothing about load',
        'add `rate: 100/s`',
      );
  }
}

/** What a template may not say literally (OpenAPI 3.1 §4.8.8.1, RFC 3986 §3.3). */
function pathTemplate({ path, pointer }: Operation, report: Report): void {
  const literal = path.replaceAll(/\{[^{}]*\}/g, '');
  const warn = (message: string, hint: string): void => report('warning', 'path-template', pointer, message, hint);
  if (literal.includes('?'))
    warn(
      `the path ${path} has a query: it is sent as written, before the parameters`,
      'declare parameters `in: query`',
    );
  if (literal.includes('#'))
    warn(`the path ${path} has a fragment, which no client sends; it is sent as %23`, 'leave it out');
  if (/\s/.test(literal))
    warn(`the path ${path} has white space, which no URL holds; it is sent as %20`, 'write %20, or another name');
}

function pathParameters(operation: Operation, report: Report): void {
  const inTemplate = new Set([...operation.path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? ''));
  const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
  for (const name of inTemplate)
    if (!declared.some((parameter) => parameter.name === name))
      report(
        'error',
        'path-parameter-undeclared',
        operation.pointer,
        `{${name}} of ${operation.path} is not declared`,
        `add a parameter \`name: ${name}, in: path\``,
      );
  for (const parameter of declared)
    if (!inTemplate.has(parameter.name))
      report(
        'error',
        'path-parameter-unused',
        parameter.pointer,
        `path parameter ${parameter.name} is not in ${operation.path}`,
      );
}

function statuses(operation: Operation, report: Report): void {
  const has = (digit: string) => operation.responses.some(({ status }) => status.startsWith(digit));
  const hasDefault = operation.responses.some(({ status }) => status === 'default');
  const place = at(operation.pointer, 'responses');
  if (operation.responses.length === 0)
    report('error', 'no-response', place, 'no response says what the operation answers', 'add a 2XX response');
  else if (!has('1') && !has('2') && !has('3') && !hasDefault)
    report('warning', 'no-success', place, 'no response says what success looks like', 'add a 2XX response');
  const takesInput = operation.parameters.length > 0 || operation.requestBody !== undefined;
  if (takesInput && !has('4') && !hasDefault)
    report(
      'warning',
      'no-client-error',
      place,
      'it takes input, and no 4XX says how invalid input is answered',
      'add 400, and 404 for unknown ids',
    );
}

const WITHOUT_BODY = /^(1..|204|205|304|3..)$/i;

function responseSchemas(operation: Operation, report: Report): void {
  for (const response of operation.responses) {
    for (const media of response.content)
      if (media.schema === undefined)
        report(
          'warning',
          'no-response-schema',
          media.pointer,
          `the body of ${response.status} may be anything`,
          'add a schema',
        );
    if (
      response.content.length === 0 &&
      operation.method !== 'head' &&
      response.status.startsWith('2') &&
      !WITHOUT_BODY.test(response.status)
    )
      report(
        'note',
        'no-response-body',
        response.pointer,
        `${response.status} does not say whether it has a body`,
        'add `content`, or use 204',
      );
  }
}

function security(spec: Spec, operation: Operation, report: Report): void {
  const known = new Set(spec.securitySchemes.map(({ name }) => name));
  for (const name of new Set(operation.security.flatMap((alternative) => Object.keys(alternative))))
    if (!known.has(name))
      report(
        'error',
        'unknown-security',
        operation.pointer,
        `security scheme ${name} is not declared`,
        'declare it under components.securitySchemes',
      );
  const isPublic = operation.security.length === 0 || operation.security.some((all) => Object.keys(all).length === 0);
  const refuses = operation.responses.some(({ status }) => ['401', '403', '4XX', 'default'].includes(status));
  if (!isPublic && !refuses)
    report(
      'warning',
      'no-unauthorized',
      at(operation.pointer, 'responses'),
      'it needs credentials, and no 401 says how it refuses',
      'add 401',
    );
}

const PAGE = /^(limit|offset|page|page[-_]?size|per[-_]?page|cursor|after|before|starting[-_]?after|page[-_]?token)$/i;
const ORDER = /^(sort|sort[-_]?by|order|order[-_]?by|direction)$/i;

/** Pages of an unordered list may repeat or miss items. */
function paging(spec: Spec, operation: Operation, report: Report): void {
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  const pages = query.find(({ name }) => PAGE.test(name));
  if (operation.method !== 'get' || pages === undefined || query.some(({ name }) => ORDER.test(name))) return;
  const rules = operation.invariants.map(({ rule }) => rule).join('\n');
  const listed = operation.responses.some(
    ({ status, content }) =>
      status.startsWith('2') && content.some(({ schema }) => schema !== undefined && holdsList(spec, schema)),
  );
  if (listed && !/isSorted|[<>]=?/.test(rules))
    report(
      'note',
      'paging-order',
      pages.pointer,
      'pages are taken from a list whose order is not stated',
      'state the order in an invariant',
    );
}

function holdsList(spec: Spec, schema: string): boolean {
  const { keywords } = keywordsOf(spec, schema);
  if (isArrayType(keywords.get('type')?.value)) return true;
  const properties = keywords.get('properties');
  if (properties === undefined || typeof properties.value !== 'object' || properties.value === null) return false;
  return Object.keys(properties.value).some((name) =>
    isArrayType(keywordsOf(spec, at(properties.pointer, name)).keywords.get('type')?.value),
  );
}

function isArrayType(type: unknown): boolean {
  return type === 'array' || (Array.isArray(type) && type.includes('array'));
}

function repeats(operation: Operation, report: Report): void {
  if (operation.method !== 'post') return;
  const stated =
    operation.parameters.some(({ name }) => /idempotency|request-id/i.test(name)) ||
    operation.invariants.some(
      ({ id, given, then }) =>
        /idempot|repeat|twice|again/i.test(id) || [...given, ...then].some((probe) => probe.operation === operation.id),
    );
  if (!stated)
    report(
      'note',
      'repeat-unstated',
      operation.pointer,
      'it is not said what the same POST sent twice does',
      'add an Idempotency-Key header or an invariant that calls it again',
    );
}
