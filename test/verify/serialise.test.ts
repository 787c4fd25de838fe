import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/events/index.ts';
import type { Operation, Parameter } from '../../src/spec/model.ts';
import { emptyInput } from '../../src/verify/cases/scenario.ts';
import { serialise } from '../../src/verify/wire/serialise.ts';

function pathOf(value: JsonValue, parameter: Partial<Parameter>): string {
  const full: Parameter = {
    name: 'color',
    in: 'query',
    required: true,
    pointer: '#',
    style: 'form',
    explode: true,
    allowReserved: false,
    examples: [],
    ...parameter,
  };
  const operation: Operation = {
    id: 'get',
    method: 'get',
    path: full.in === 'path' ? '/{color}' : '/',
    pointer: '#',
    summary: '',
    parameters: [full],
    responses: [],
    invariants: [],
    security: [],
  };
  const input = emptyInput();
  input[full.in === 'path' ? 'path' : 'query']['color'] = value;
  const wire = serialise({ basePath: '', document: {}, follow: (pointer) => pointer }, operation, input);
  return wire.kind === 'request' ? wire.request.path : wire.kind;
}

const LIST = ['blue', 'black'];
const MAP = { R: 100, G: 200 };

// The table of the OpenAPI specification, "Style Examples".
test.each<[Partial<Parameter>, JsonValue, string]>([
  [{ style: 'form', explode: true }, LIST, '/?color=blue&color=black'],
  [{ style: 'form', explode: false }, LIST, '/?color=blue,black'],
  [{ style: 'form', explode: true }, MAP, '/?R=100&G=200'],
  [{ style: 'form', explode: false }, MAP, '/?color=R,100,G,200'],
  [{ style: 'spaceDelimited', explode: false }, LIST, '/?color=blue%20black'],
  [{ style: 'pipeDelimited', explode: false }, LIST, '/?color=blue%7Cblack'],
  [{ style: 'deepObject', explode: true }, MAP, '/?color%5BR%5D=100&color%5BG%5D=200'],
  [{ in: 'path', style: 'simple', explode: false }, LIST, '/blue,black'],
  [{ in: 'path', style: 'simple', explode: true }, MAP, '/R=100,G=200'],
  [{ in: 'path', style: 'label', explode: true }, LIST, '/.blue.black'],
  [{ in: 'path', style: 'matrix', explode: true }, LIST, '/;color=blue;color=black'],
  [{ in: 'path', style: 'simple', explode: false }, 'a/b?c', '/a%2Fb%3Fc'],
  [{ in: 'path', style: 'simple', explode: false }, '..', 'unsendable'],
  [{ in: 'path', style: 'simple', explode: false }, '', 'unsendable'],
])('%j of %j is %s', (parameter, value, expected) => {
  expect(pathOf(value, parameter)).toBe(expected);
});
