import type { Spec } from '../../src/spec/model.ts';

const text = `openapi: 3.1.0
info: { title: Example, version: '1' }
paths:
  /things:
    get:
      operationId: listThings
      responses: { '200': { description: all things } }
`;

/** A spec with one operation, for tests that need a spec but not its rooms. */
export function exampleSpec(change: Partial<Spec> = {}): Spec {
  return {
    name: 'example',
    file: '/memory/specs/example.yaml',
    text,
    contract: 'openapi',
    version: '3.1.0',
    dialect: 'openapi-3.1',
    title: 'Example',
    document: {
      openapi: '3.1.0',
      info: { title: 'Example', version: '1' },
      paths: { '/things': { get: { operationId: 'listThings', responses: { '200': { description: 'all things' } } } } },
    },
    basePath: '',
    methods: [],
    operations: [
      {
        id: 'listThings',
        method: 'get',
        path: '/things',
        pointer: '#/paths/~1things/get',
        summary: '',
        parameters: [],
        responses: [],
        invariants: [],
        security: [],
      },
    ],
    invariants: [],
    constants: {},
    securitySchemes: [],
    notCovered: [],
    clauses: [],
    semanticDigest: 'a'.repeat(64),
    documentDigest: 'b'.repeat(64),
    locate: () => ({ file: '/memory/specs/example.yaml', line: 1, column: 1 }),
    follow: (pointer) => pointer,
    ...change,
  };
}
