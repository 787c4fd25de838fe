/** An OpenRPC 1.2 to 1.4 document as a {@link Spec}. Pure: text comes in, nothing is read from disk or network. */
import { isObject, type JsonObject } from '../../events/index.ts';
import { digestsOf } from '../digest.ts';
import type { Dialect, Finding, Method, Spec } from '../model.ts';
import type { Place } from '../openapi/walk.ts';
import type { ReadSpec } from '../openapi/openapi.ts';
import { schemaUsers } from '../openapi/schema-users.ts';
import { type ContractSource, own, type Reader, textOf } from '../reader.ts';
import { referencesOf, reportReferences } from '../references.ts';
import { reporter } from '../report.ts';
import { readConstants } from '../rule/constants.ts';
import { attachInvariants, type Holder, readInvariants } from '../rule/invariants.ts';
import { checkRules } from '../rule/rule-check.ts';
import { locator, namedPointer } from '../text/places.ts';
import type { Parsed } from '../text/syntax.ts';
import { methodClauses } from './clauses.ts';
import { readMethods, type ReadMethod } from './methods.ts';

/** The Schema Object of OpenRPC is JSON Schema draft 7 (OpenRPC 1.3.2, Schema Object). */
const DIALECT: Dialect = 'draft-07';

/** Makes a spec from a parsed text. A spec may still have findings of severity error: it is then not ready. */
export function readOpenRpc(parsed: Parsed & { value: JsonObject }, source: ContractSource): ReadSpec {
  const document = parsed.value;
  const findings: Finding[] = [];
  const locate = locator(source.file, source.text, document, parsed.offsets, parsed.sources);
  const report = reporter(findings, locate);
  const version = own(document, 'openrpc');
  if (typeof version !== 'string' || !/^1\.[2-4]\.\d+(-.*)?$/.test(version)) {
    const message = `OpenRPC version ${JSON.stringify(version)} is not supported`;
    report('error', 'not-openrpc', '#/openrpc', message, 'use 1.2.x to 1.4.x, as a text');
    return { kind: 'invalid', findings };
  }
  const references = referencesOf(document);
  const reader: Reader = { document, edition: '3.1', references, report };
  reportReferences(reader, parsed.refused);
  const read = readMethods(reader);
  const methods = read.map(({ method }) => method);
  const invariants = readInvariants(reader, methodHolders(reader, read));
  attachInvariants(methods, ({ name }) => name, invariants);
  const constants = readConstants(reader);
  checkRules({ operations: [], methods, invariants }, report);
  const info = own(document, 'info');
  const spec: Spec = {
    ...source,
    contract: 'openrpc',
    version,
    dialect: DIALECT,
    title: isObject(info) ? (textOf(info, 'title') ?? '') : '',
    document,
    basePath: '',
    operations: [],
    methods,
    invariants,
    constants,
    securitySchemes: [],
    notCovered: [],
    clauses: methodClauses(methods, invariants),
    ...digestsOf(document, parsed.inexact),
    locate,
    follow: references.follow,
  };
  if (methods.length === 0)
    report('error', 'no-method', '#/methods', 'the contract has no method, so nothing could be checked');
  return { kind: 'spec', spec, findings };
}

/** What an invariant is about by its place in an OpenRPC document. */
function methodHolders(reader: Reader, read: ReadMethod[]): (place: Place) => Holder | undefined {
  const users = schemaUsers(
    reader,
    read.map(({ method }) => ({ id: method.name, schemas: schemasOf(method) })),
  );
  return ({ kind, pointer }) => {
    const clause = namedPointer(reader.document, pointer);
    if (kind === 'schema') return { scope: 'schema', pointer: clause, mustName: false, candidates: users(pointer) };
    if (kind === 'rpcDocument')
      return { scope: 'method', mustName: true, candidates: read.map(({ method }) => method.name) };
    if (kind !== 'method') return undefined;
    const owners = read.filter(({ place }) => place === pointer).map(({ method }) => method);
    return {
      scope: 'method',
      pointer: owners[0]?.pointer ?? clause,
      mustName: false,
      candidates: owners.map(({ name }) => name),
    };
  };
}

function schemasOf({ parameters, result, errors }: Method): string[] {
  return [
    ...parameters.map(({ schema }) => schema),
    ...(result === undefined ? [] : [result.schema]),
    ...errors.flatMap(({ data }) => (data === undefined ? [] : [data])),
  ];
}
