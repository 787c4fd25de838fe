import { expect, test } from 'vitest';
import { specFromText } from '../../src/spec/load.ts';
import { createPlanner, type Plan } from '../../src/verify/cases/producers.ts';
import { idInLocation } from '../../src/verify/cases/resolve.ts';
import { singular, thingOf } from '../../src/verify/cases/names.ts';

const REFUSED = { '404': { description: 'No.' } };

/** A contract of operations, each with the schema of its 2xx answer and of its body. */
function contract(operations: Record<string, { answer?: object; body?: object; status?: string }>): string {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [route, { answer, body, status = '200' }] of Object.entries(operations)) {
    const [method = '', path = ''] = route.split(' ');
    const content = (schema: object): object => ({ content: { 'application/json': { schema } } });
    const parameters = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        operationId: route,
        parameters,
        ...(body === undefined ? {} : { requestBody: content(body) }),
        responses: { ...REFUSED, [status]: { description: 'It.', ...(answer === undefined ? {} : content(answer)) } },
      },
    };
  }
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths });
}

function planFor(operations: Parameters<typeof contract>[0], id: string): Plan {
  const read = specFromText(contract(operations), { file: '/t/openapi.json', name: 't' });
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  const operation = read.spec.operations.find((one) => one.id === id);
  if (operation === undefined) throw new Error(id);
  return createPlanner(read.spec).planFor(operation);
}

const object = (...names: string[]): object => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});

// Each way in which services hand out ids leads to a plan that binds them: what is called, and what is taken from it.
test.each([
  ['POST /todos', object('id'), '/todos/{todoId}', 'body /id'],
  ['POST /todos', { type: 'object', properties: { todo: object('id') } }, '/todos/{id}', 'body /todo/id'],
  ['POST /todos', { type: 'object', properties: { envelope: object('uuid') } }, '/todos/{id}', 'body /envelope/uuid'],
  ['POST /orders', object('id', 'number'), '/orders/{orderNumber}', 'body /number'],
  ['POST /orders', object('id', 'order_number'), '/orders/{number}', 'body /order_number'],
  ['POST /articles', object('id', 'slug'), '/articles/{slug}', 'body /slug'],
  ['POST /coupons', object('code', 'percent'), '/coupons/{id}', 'body /code'],
  ['POST /people', object('personId'), '/people/{id}', 'body /personId'],
  ['POST /todos/bulk', { type: 'array', items: object('id') }, '/todos/{id}', 'body /0/id'],
  ['POST /todos', { type: 'array', items: object('id') }, '/todos/{id}', 'body /0/id'],
  [
    'GET /todos',
    { type: 'object', properties: { items: { type: 'array', items: object('id') } } },
    '/todos/{id}',
    'body /items/0/id',
  ],
  ['GET /todos', { type: 'array', items: { type: 'string' } }, '/todos/{id}', 'body /0'],
  ['GET /me', { type: 'object', properties: { team: object('id') } }, '/teams/{teamId}', 'body /team/id'],
])('%s answering %j produces the id of %s', (route, answer, path, source) => {
  const plan = planFor({ [route]: { answer }, [`GET ${path}`]: {} }, `GET ${path}`);
  expect({
    steps: plan.setup.map((step) => step.operation.id),
    sources: plan.bindings.map(({ from }) => `${from.place} ${from.pointer}`),
  }).toEqual({ steps: [route], sources: [source] });
});

// Where the answer shows nothing, the Location does, documented or not; an id of the request is what the client chose.
test('an id comes from the Location, or from the request', () => {
  const located = planFor({ 'POST /todos': { status: '201' }, 'GET /todos/{id}': {} }, 'GET /todos/{id}');
  expect(located.bindings.map(({ from }) => from)).toEqual([{ step: 0, place: 'location', pointer: 'todos' }]);
  const books = { 'POST /books': { body: object('isbn', 'title'), answer: object('title') }, 'GET /books/{isbn}': {} };
  expect(planFor(books, 'GET /books/{isbn}').bindings.map(({ from }) => from)).toEqual([
    { step: 0, place: 'input', pointer: '/body/isbn' },
  ]);
});

// A body refers to a resource by `<thing>Id`, by an object with an `id`, in lists, and repeats the id of its path.
test('references in bodies are bound', () => {
  const body = {
    type: 'object',
    properties: {
      customer_id: { type: 'string' },
      product: object('id'),
      lines: { type: 'array', items: object('itemCode', 'text') },
      orderId: { type: 'string' },
      zip_code: { type: 'string' },
    },
  };
  const plan = planFor(
    {
      'POST /customers': { answer: object('id') },
      'POST /products': { answer: object('id') },
      'POST /items': { answer: object('id', 'code') },
      'POST /orders': { answer: object('id') },
      'PUT /orders/{orderId}': { body },
    },
    'PUT /orders/{orderId}',
  );
  const steps = plan.setup.map((step) => step.operation.id);
  expect(plan.bindings.map(({ into, from }) => `${into} ${steps[from.step]} ${from.pointer}`)).toEqual([
    '/path/orderId POST /orders /id',
    '/body/customer_id POST /customers /id',
    '/body/product/id POST /products /id',
    '/body/lines/*/itemCode POST /items /code',
    '/body/orderId POST /orders /id',
  ]);
});

// Resources that ask for one another, or for themselves, end in a plan of bounded length.
test('circles end', () => {
  const circle = {
    'POST /as': { body: object('bId'), answer: object('id') },
    'POST /bs': { body: object('aId', 'cId'), answer: object('id') },
    'POST /cs': { body: object('aId', 'bId', 'cId'), answer: object('id') },
    'GET /as/{aId}/bs/{bId}/cs/{cId}': {},
  };
  const plan = planFor(circle, 'GET /as/{aId}/bs/{bId}/cs/{cId}');
  expect(plan.setup.length).toBeLessThanOrEqual(8);
  expect(plan.setup.every(({ bindings }, index) => bindings.every(({ from }) => from.step < index))).toBe(true);
});

// What reads by an id cannot be what shows it: then the id is generated, and a report says what was never reached.
test('nobody shows it', () => {
  expect(planFor({ 'GET /todos/{todoId}': { answer: object('todoId') } }, 'GET /todos/{todoId}').free).toEqual([
    'todoId',
  ]);
  const chosen = planFor(
    { 'PUT /flags/{flag}': {}, 'GET /flags': { answer: { type: 'array', items: object('flag') } } },
    'PUT /flags/{flag}',
  );
  expect(chosen.free).toEqual([]);
});

test.each([
  ['/todos/7', '', '7'],
  ['https://host:1/v1/todos/a%20b/?x=/1/', 'todos', 'a b'],
  ['todos/7/', '', '7'],
  ['/orders/7/notes/1', 'orders', '7'],
  ['7', '', '7'],
  ['/todos/', 'todos', undefined],
  ['/', '', undefined],
  ['/x/%zz', '', '%zz'],
])('the Location %s names, after %j, %j', (location, before, id) => {
  expect(idInLocation(location, before)).toBe(id);
});

test('the singular of what collections are called', () => {
  const words = [
    'people',
    'children',
    'statuses',
    'addresses',
    'boxes',
    'analyses',
    'categories',
    'movies',
    'news',
    'keys',
  ];
  expect(words.map(singular)).toEqual([
    'person',
    'child',
    'status',
    'address',
    'box',
    'analysis',
    'category',
    'movie',
    'news',
    'key',
  ]);
  expect(thingOf('leave_requests')).toBe('leave request');
});

// A number that is called like a thing refers to it, as the foreign keys of many frameworks do; a text need not.
test.each([
  ['integer', ['POST /categories']],
  ['string', []],
])('a %s that is called like a thing that can be made', (type, setup) => {
  const id = { type: 'object', properties: { id: { type } } };
  const product = { type: 'object', properties: { name: { type: 'string' }, category: { type } } };
  const operations = { 'POST /categories': { answer: id, body: object('name') }, 'POST /products': { body: product } };
  const plan = planFor(operations, 'POST /products');
  expect(plan.setup.map((step) => step.operation.id)).toEqual(setup);
});
