/**
 * What the members of a contract (OpenAPI, OpenRPC, JSON Schema) are: which hold schemas, which hold references, which are annotations that
 * change no behaviour, which arrays are sets. One table serves digests, reference checks and walks, so that a property
 * that happens to be called `title` or `$ref` is never mistaken for the keyword.
 */
import type { JsonObject } from '../../events/index.ts';

export type Kind =
  | 'document'
  | 'paths'
  | 'pathItem'
  | 'operation'
  | 'parameter'
  | 'requestBody'
  | 'mediaType'
  | 'encoding'
  | 'responses'
  | 'response'
  | 'header'
  | 'callback'
  | 'link'
  | 'example'
  | 'components'
  | 'securityScheme'
  | 'server'
  | 'rpcDocument'
  | 'method'
  | 'descriptor'
  | 'rpcError'
  | 'rpcLink'
  | 'rpcPairing'
  | 'rpcComponents'
  | 'schema'
  | 'invariant'
  | 'probes'
  | 'data';

/** How a member nests: itself, a list, a map, or a map of lists. */
type Shape = 'one' | 'list' | 'map';

export interface Member {
  kind: Kind;
  shape: Shape;
  /** Left out of the semantic digest. */
  annotation: boolean;
  /** An array whose order means nothing. */
  set: boolean;
}

/**
 * Notation: `kind`, `kind[]`, `kind{}`; a leading `-` marks an annotation, `set` an array without order. Kinds that may
 * be replaced by a Reference Object are those in {@link REFERABLE}.
 */
const NOTATION: Record<Exclude<Kind, 'data'>, { members: Record<string, string>; rest?: string }> = {
  document: {
    members: {
      info: '-data',
      servers: 'server[]',
      paths: 'paths',
      webhooks: 'pathItem{}',
      components: 'components',
      security: 'set',
      // Swagger 2.0.
      definitions: 'schema{}',
      parameters: 'parameter{}',
      responses: 'response{}',
      securityDefinitions: 'securityScheme{}',
      consumes: 'set',
      produces: 'set',
      schemes: 'set',
      tags: '-set',
      externalDocs: '-data',
      'x-invariants': 'invariant[]',
      'x-constants': 'data',
      'x-undocumented': 'response',
    },
  },
  paths: { members: {}, rest: 'pathItem' },
  pathItem: {
    members: {
      summary: '-data',
      description: '-data',
      ...Object.fromEntries(
        ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'].map((m) => [m, 'operation']),
      ),
      additionalOperations: 'operation{}',
      servers: 'server[]',
      parameters: 'parameter[]',
      'x-invariants': 'invariant[]',
    },
  },
  operation: {
    members: {
      tags: '-set',
      summary: '-data',
      description: '-data',
      externalDocs: '-data',
      deprecated: '-data',
      parameters: 'parameter[]',
      requestBody: 'requestBody',
      responses: 'responses',
      callbacks: 'callback{}',
      security: 'set',
      servers: 'server[]',
      consumes: 'set',
      produces: 'set',
      schemes: 'set',
      'x-invariants': 'invariant[]',
      'x-objective': 'data',
    },
  },
  parameter: {
    members: {
      summary: '-data',
      description: '-data',
      deprecated: '-data',
      schema: 'schema',
      example: '-data',
      examples: '-example{}',
      content: 'mediaType{}',
      // A parameter of Swagger 2.0 is its own schema.
      items: 'schema',
      enum: 'set',
    },
  },
  requestBody: { members: { summary: '-data', description: '-data', content: 'mediaType{}' } },
  mediaType: {
    members: {
      schema: 'schema',
      itemSchema: 'schema',
      example: '-data',
      examples: '-example{}',
      encoding: 'encoding{}',
      prefixEncoding: 'encoding[]',
      itemEncoding: 'encoding',
    },
  },
  encoding: {
    members: {
      headers: 'header{}',
      encoding: 'encoding{}',
      prefixEncoding: 'encoding[]',
      itemEncoding: 'encoding',
    },
  },
  responses: { members: {}, rest: 'response' },
  response: {
    members: {
      summary: '-data',
      description: '-data',
      headers: 'header{}',
      content: 'mediaType{}',
      links: 'link{}',
      // Swagger 2.0.
      schema: 'schema',
      examples: '-data',
    },
  },
  header: {
    members: {
      description: '-data',
      deprecated: '-data',
      schema: 'schema',
      example: '-data',
      examples: '-example{}',
      content: 'mediaType{}',
      items: 'schema',
      enum: 'set',
    },
  },
  callback: { members: {}, rest: 'pathItem' },
  link: { members: { description: '-data', server: 'server' } },
  example: { members: { summary: '-data', description: '-data', value: 'data', dataValue: 'data' } },
  components: {
    members: {
      schemas: 'schema{}',
      responses: 'response{}',
      parameters: 'parameter{}',
      examples: '-example{}',
      requestBodies: 'requestBody{}',
      headers: 'header{}',
      securitySchemes: 'securityScheme{}',
      links: 'link{}',
      callbacks: 'callback{}',
      pathItems: 'pathItem{}',
      mediaTypes: 'mediaType{}',
    },
  },
  securityScheme: { members: { description: '-data', bearerFormat: '-data' } },
  server: { members: { description: '-data', name: '-data' } },
  rpcDocument: {
    members: {
      info: '-data',
      servers: '-data',
      methods: 'method[]',
      components: 'rpcComponents',
      externalDocs: '-data',
      'x-invariants': 'invariant[]',
      'x-constants': 'data',
    },
  },
  method: {
    members: {
      tags: '-data',
      summary: '-data',
      description: '-data',
      externalDocs: '-data',
      deprecated: '-data',
      servers: '-data',
      params: 'descriptor[]',
      result: 'descriptor',
      errors: 'rpcError[]',
      links: 'rpcLink[]',
      examples: '-rpcPairing[]',
      'x-invariants': 'invariant[]',
      'x-objective': 'data',
      'x-pure': 'data',
    },
  },
  descriptor: { members: { summary: '-data', description: '-data', deprecated: '-data', schema: 'schema' } },
  rpcError: { members: { data: 'schema' } },
  rpcLink: { members: { summary: '-data', description: '-data', server: '-data' } },
  rpcPairing: {
    members: { summary: '-data', description: '-data', params: 'example[]', result: 'example' },
  },
  rpcComponents: {
    members: {
      contentDescriptors: 'descriptor{}',
      schemas: 'schema{}',
      examples: '-example{}',
      links: 'rpcLink{}',
      errors: 'rpcError{}',
      examplePairingObjects: '-rpcPairing{}',
      tags: '-data',
    },
  },
  schema: {
    members: {
      $comment: '-data',
      title: '-data',
      description: '-data',
      example: '-data',
      examples: '-data',
      deprecated: '-data',
      externalDocs: '-data',
      $defs: 'schema{}',
      definitions: 'schema{}',
      allOf: 'schema[]',
      anyOf: 'schema[]',
      oneOf: 'schema[]',
      prefixItems: 'schema[]',
      not: 'schema',
      if: 'schema',
      // oxlint-disable-next-line unicorn/no-thenable -- the JSON Schema keyword
      then: 'schema',
      else: 'schema',
      items: 'schema',
      additionalItems: 'schema',
      unevaluatedItems: 'schema',
      contains: 'schema',
      properties: 'schema{}',
      patternProperties: 'schema{}',
      additionalProperties: 'schema',
      unevaluatedProperties: 'schema',
      propertyNames: 'schema',
      dependentSchemas: 'schema{}',
      contentSchema: 'schema',
      dependentRequired: 'data',
      type: 'set',
      enum: 'set',
      required: 'set',
      'x-invariants': 'invariant[]',
      'x-constants': 'data',
    },
  },
  invariant: {
    // oxlint-disable-next-line unicorn/no-thenable -- the member of `x-invariants`
    members: { message: '-data', source: '-data', given: 'probes', then: 'probes', operations: 'set' },
  },
  probes: { members: {}, rest: 'data' },
};

/** Kinds in whose place a Reference Object (`$ref`) may stand. */
const REFERABLE = new Set<Kind>([
  'pathItem',
  'parameter',
  'requestBody',
  'mediaType',
  'response',
  'header',
  'callback',
  'link',
  'example',
  'securityScheme',
  'method',
  'descriptor',
  'rpcError',
  'rpcLink',
  'rpcPairing',
  'schema',
]);

const DATA: Member = { kind: 'data', shape: 'one', annotation: false, set: false };
const EXTENSION: Member = { ...DATA, annotation: true };

const TABLE = new Map(
  Object.entries(NOTATION).map(([kind, { members, rest }]) => [
    kind,
    {
      members: new Map(Object.entries(members).map(([name, text]) => [name, memberOf(text)])),
      rest: rest === undefined ? undefined : memberOf(rest),
    },
  ]),
);

/** What the member of a node of some kind is; unknown members are data, foreign `x-` members annotations. */
export function memberIn(kind: Kind, name: string): Member {
  const entry = TABLE.get(kind);
  if (entry === undefined) return DATA;
  const known = entry.members.get(name);
  if (known !== undefined) return known;
  if (entry.rest !== undefined && kind === 'probes') return entry.rest;
  if (name.startsWith('x-')) return EXTENSION;
  return entry.rest ?? DATA;
}

/** True where `$ref` at a node of this kind is a reference. */
export function isReferable(kind: Kind): boolean {
  return REFERABLE.has(kind);
}

/** What the root of a contract is: the document of OpenAPI or OpenRPC, or a JSON Schema. */
export function rootKindOf(document: JsonObject): Kind {
  if (Object.hasOwn(document, 'openrpc')) return 'rpcDocument';
  return Object.hasOwn(document, 'openapi') || Object.hasOwn(document, 'swagger') || Object.hasOwn(document, 'paths')
    ? 'document'
    : 'schema';
}

function memberOf(text: string): Member {
  const annotation = text.startsWith('-');
  const rest = annotation ? text.slice(1) : text;
  if (rest === 'set') return { kind: 'data', shape: 'list', annotation, set: true };
  const shape: Shape = rest.endsWith('[]') ? 'list' : rest.endsWith('{}') ? 'map' : 'one';
  const kind = (shape === 'one' ? rest : rest.slice(0, -2)) as Kind;
  return { kind, shape, annotation, set: false };
}
