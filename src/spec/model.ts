/**
 * The spec as the other rooms see it: a parsed document that is never dereferenced, its operations as a flat list of
 * pointers into it, its clauses, its digests. Nothing here reads a file; `load.ts` does.
 */
import type { ClauseSummary, JsonObject, JsonValue } from '../events/index.ts';
import type { Workflow } from './arazzo/workflow.ts';

/** A place in the user's file; line and column count from 1. */
export interface Location {
  file: string;
  line: number;
  column: number;
}

/** A problem in a spec: what, where, what to do. */
export interface Finding {
  rule: string;
  severity: 'error' | 'warning' | 'note';
  /** Clause it is about, `#` for the whole document. */
  pointer: string;
  location: Location;
  message: string;
  /** What to do about it. */
  hint?: string;
}

/** JSON Schema dialect of the document's schemas. */
export type Dialect =
  | 'draft-04'
  | 'draft-06'
  | 'draft-07'
  | '2019-09'
  | '2020-12'
  /** Of draft 4; parameters, headers and items are read as schemas too. */
  | 'swagger-2.0'
  | 'openapi-3.0'
  | 'openapi-3.1';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required: boolean;
  /** Pointer of the parameter object itself, after `$ref`. */
  pointer: string;
  /** Pointer of its schema, also where `content` holds it; absent where none is stated. */
  schema?: string;
  /**
   * A style of OpenAPI; `tabDelimited` for the `tsv` of Swagger 2.0; `querystring` where the value is the whole query
   * string, written by {@link media} (`in: querystring`, OpenAPI 3.2 §4.12.1).
   */
  style: string;
  explode: boolean;
  /** Between the items of lists in a list, outermost first (`collectionFormat` of `items` in Swagger 2.0). */
  innerSeparators?: string[];
  allowReserved: boolean;
  /** An empty value means "absent" or "present without a value" to the service. */
  allowEmptyValue?: boolean;
  /** Media type where the parameter uses `content`; then it is the type of {@link media}. */
  contentType?: string;
  /** How the value is written where the parameter uses `content`; style and explode then mean nothing. */
  media?: MediaType;
  /** Values of `example` and `examples`. */
  examples: JsonValue[];
}

/** How one property of a form, or one part of a multipart body, is written (OpenAPI 3.1 §4.8.15). */
export interface Encoding {
  pointer: string;
  /** As written: one type, a range, or several with commas. */
  contentType?: string;
  /** Of a multipart part; `content-type` is never among them. */
  headers: ResponseHeader[];
  /** Present where any of `style`, `explode` and `allowReserved` is written; then `contentType` means nothing in forms. */
  style?: string;
  explode?: boolean;
  innerSeparators?: string[];
  allowReserved?: boolean;
  /** Of the parts of a part that is itself multipart, by property. */
  encoding: Record<string, Encoding>;
}

export interface MediaType {
  /** `application/json`, lower case, without parameters. */
  type: string;
  /** As written, with parameters: `application/json; charset=utf-8`. */
  name: string;
  pointer: string;
  schema?: string;
  /** Schema of each item of a sequence: JSON lines, server-sent events (OpenAPI 3.2 §4.14.3). */
  itemSchema?: string;
  /** By property of the schema; only properties that say something. */
  encoding: Record<string, Encoding>;
  /** Of the parts of a multipart body that is an array, by position, then for all others (OpenAPI 3.2). */
  prefixEncoding?: Encoding[];
  itemEncoding?: Encoding;
  examples: JsonValue[];
}

export interface RequestBody {
  /** Where the operation says it, before `$ref`; `content` stands where it really is. */
  pointer: string;
  required: boolean;
  content: MediaType[];
}

export interface ResponseHeader {
  /** Lower case. */
  name: string;
  required: boolean;
  pointer: string;
  /** Also where `content` holds it. */
  schema?: string;
  /** Header values are written in style `simple`; true only where a value that is an object is `key=value`. */
  explode?: boolean;
  /** Media type where the header uses `content`. */
  contentType?: string;
}

export interface ResponseSpec {
  /** `200`, `4XX` (upper case) or `default`. */
  status: string;
  description: string;
  /** Where the operation says it, before `$ref`, so that each status has its own; `content` stands where it really is. */
  pointer: string;
  content: MediaType[];
  headers: ResponseHeader[];
  links: Link[];
}

export interface Link {
  name: string;
  pointer: string;
  /** Operation id that it leads to. */
  operation: string;
  /** Parameter name (or `in.name`) to runtime expression or constant. */
  parameters: Record<string, JsonValue>;
  requestBody?: JsonValue;
}

/**
 * `{ operationId, parameters?, body? }` whose values are CEL sources over what is known so far; on an OpenRPC method
 * `{ method, params? }`, whose params are the `body`.
 */
export interface Probe {
  name: string;
  pointer: string;
  /** Operation id, or name of a method. */
  operation: string;
  /** Parameter name to CEL source; empty for a method. */
  parameters: Record<string, string>;
  /** CEL source, or a JSON tree whose string leaves are CEL sources. */
  body?: JsonValue;
}

export interface Invariant {
  id: string;
  /** `…/x-invariants/ID`; `locate` understands it where the document has a list. */
  pointer: string;
  rule: string;
  message?: string;
  severity: 'must' | 'should';
  source?: string;
  /** In written order. */
  given: Probe[];
  then: Probe[];
  /**
   * `operation`: sees request, response, constant, probes. `method`: sees params, result, error, constant, probes.
   * `schema`: sees self, constant.
   */
  scope: 'operation' | 'method' | 'schema';
  /** Operation ids or method names that it is checked on; for a schema invariant those whose bodies contain the schema. */
  operations: string[];
  /** Pointer of the schema it stands on, for a schema invariant. */
  schema?: string;
}

export interface Objective {
  pointer: string;
  p99Ms: number;
  /** Null where the spec states no rate. */
  ratePerSecond: number | null;
  critical: boolean;
}

export interface Operation {
  /** operationId, or `GET /x` where there is none. */
  id: string;
  /** Lower case: `get`, `query`, or one of `additionalOperations`; sent in upper case. */
  method: string;
  /** Path template, `/employees/{id}`; server base paths are not part of it. */
  path: string;
  pointer: string;
  summary: string;
  parameters: Parameter[];
  requestBody?: RequestBody;
  responses: ResponseSpec[];
  invariants: Invariant[];
  objective?: Objective;
  /** Security requirement alternatives: scheme name to scopes. Empty means public. */
  security: Record<string, string[]>[];
  /** Path part of its own server, where the operation or its path item names one; else that of the document holds. */
  basePath?: string;
  deprecated?: boolean;
}

/** Something that the contract says and that nothing is checked about. */
export interface NotCovered {
  pointer: string;
  /** `callback orderShipped`, `webhook newPet`. */
  what: string;
  reason: string;
}

/** What a contract is written in. `json-schema` describes data files. */
export type Contract = 'openapi' | 'openrpc' | 'json-schema' | 'graphql';

/** A content descriptor of OpenRPC: one parameter, or the result. */
export interface MethodValue {
  name: string;
  required: boolean;
  /** Clause, `#/methods/NAME/params/PARAM`; understood by `locate`. */
  pointer: string;
  /** Where its schema really is. */
  schema: string;
}

export interface MethodError {
  /** Clause, `#/methods/NAME/errors/CODE`. */
  pointer: string;
  code: number;
  message: string;
  /** Where the schema of its data really is; absent where the contract gives none. */
  data?: string;
}

export interface MethodLink {
  name: string;
  pointer: string;
  /** Method that it leads to. */
  method: string;
  /** Parameter name to a constant or a text with runtime expressions such as `${result.id}`. */
  params: Record<string, JsonValue>;
}

export interface MethodExample {
  name: string;
  pointer: string;
  params: JsonObject;
  /** Absent for a notification. */
  result?: JsonValue;
}

/** A method of an OpenRPC contract: a function, or what a program answers to. */
export interface Method {
  name: string;
  /** Clause, `#/methods/NAME`; understood by `locate`. */
  pointer: string;
  summary: string;
  deprecated: boolean;
  structure: 'by-name' | 'by-position' | 'either';
  /** In written order. */
  parameters: MethodValue[];
  /** Absent for a notification. */
  result?: MethodValue;
  errors: MethodError[];
  links: MethodLink[];
  examples: MethodExample[];
  invariants: Invariant[];
  objective?: Objective;
  /** `x-pure`: the same arguments give the same result, and are left as they were. */
  pure: boolean;
}

/** One dated value of an `x-constants` entry. */
export interface ConstantValue {
  value: JsonValue;
  /** ISO date from which it holds; absent means always. */
  from?: string;
}

export interface SecurityScheme {
  name: string;
  pointer: string;
  type: 'apiKey' | 'http' | 'oauth2' | 'openIdConnect' | 'mutualTLS';
  /** Of an `apiKey`. */
  in?: 'header' | 'query' | 'cookie';
  parameterName?: string;
  /** Of `http`, lower case: `basic`, `bearer`, … */
  scheme?: string;
  bearerFormat?: string;
  /** Of `oauth2`, by name as in OpenAPI 3: `implicit`, `password`, `clientCredentials`, `authorizationCode`, `deviceAuthorization`. */
  flows?: Record<string, OAuthFlow>;
  openIdConnectUrl?: string;
}

/** URLs as written. */
export interface OAuthFlow {
  authorizationUrl?: string;
  tokenUrl?: string;
  refreshUrl?: string;
  deviceAuthorizationUrl?: string;
  /** Names of the scopes. */
  scopes: string[];
}

export interface Spec {
  /** Name from `plumb.yaml`, or of the folder or file. */
  name: string;
  /** Absolute path of the contract. */
  file: string;
  /** Absolute paths of all files that it is written in, the contract first; absent: the contract alone. */
  files?: string[];
  /** As written; where there are several files, all of them as `bundle/files.ts` joins them. */
  text: string;
  contract: Contract;
  /** `2.0` for Swagger, else `3.0.3`, `3.1.0`; of the contract's own language. */
  version: string;
  dialect: Dialect;
  title: string;
  document: JsonObject;
  /** Path part of the first server URL, without a trailing slash; usually ''. */
  basePath: string;
  /** Of OpenAPI; empty for any other contract. */
  operations: Operation[];
  /** Of OpenRPC; empty for any other contract. */
  methods: Method[];
  /** All invariants, root and schema ones included. */
  invariants: Invariant[];
  constants: Record<string, ConstantValue[]>;
  /** What answers paths and methods that are not documented, with 404 and 405; absent where nothing is said of them. */
  undocumented?: ResponseSpec;
  securitySchemes: SecurityScheme[];
  /** Of the Arazzo descriptions beside the contract; absent where there are none. */
  workflows?: Workflow[];
  /** What the contract says beyond what can be checked, in written order. */
  notCovered: NotCovered[];
  clauses: ClauseSummary[];
  /** 64 hex digits. */
  semanticDigest: string;
  documentDigest: string;
  /** The place of the nearest written ancestor of a pointer. */
  locate(pointer: string): Location;
  /** Follows `$ref` from a pointer (also through a chain); returns the final pointer, or undefined if it dangles. */
  follow(pointer: string): string | undefined;
}
