/** An OpenAPI 3.x document as a {@link Spec}. Pure: text comes in, nothing is read from disk or network. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import { clausesOf } from '../clauses.ts';
import { readConstants } from '../rule/constants.ts';
import { digestsOf } from '../digest.ts';
import { attachInvariants, readInvariants } from '../rule/invariants.ts';
import type { Dialect, Finding, Spec } from '../model.ts';
import { operationHolders } from './holders.ts';
import { readOperations } from './operations.ts';
import { locator } from '../text/places.ts';
import { own, type Reader, textOf } from '../reader.ts';
import { referencesOf, reportReferences } from '../references.ts';
import { reporter } from '../report.ts';
import { checkRules } from '../rule/rule-check.ts';
import { readSecuritySchemes } from './security.ts';
import { basePathOf } from './servers.ts';
import type { Parsed } from '../text/syntax.ts';

export type ReadSpec = { kind: 'spec'; spec: Spec; findings: Finding[] } | { kind: 'invalid'; findings: Finding[] };

/** Makes a spec from a parsed text. A spec may still have findings of severity error: it is then not ready. */
export function readOpenApi(parsed: Parsed, source: { name: string; file: string; text: string }): ReadSpec {
  const document = parsed.value;
  const findings: Finding[] = [];
  const locate = locator(source.file, source.text, document ?? null, parsed.offsets);
  const report = reporter(findings, locate);
  if (!isObject(document)) {
    report('error', 'not-openapi', '#', 'the document is not an object', 'a contract begins with `openapi: 3.1.0`');
    return { kind: 'invalid', findings };
  }
  const version = versionOf(document);
  if (version.kind === 'refused') {
    report('error', 'not-openapi', version.pointer, version.message, version.hint);
    return { kind: 'invalid', findings };
  }
  const references = referencesOf(document);
  const reader: Reader = { document, minor: Number(version.version.split('.')[1]), references, report };
  reportReferences(reader);
  const read = readOperations(reader);
  const operations = read.map(({ operation }) => operation);
  const invariants = readInvariants(reader, operationHolders(reader, read));
  attachInvariants(operations, ({ id }) => id, invariants);
  const constants = readConstants(reader);
  checkRules({ operations, methods: [], invariants }, report);
  const info = own(document, 'info');
  const spec: Spec = {
    ...source,
    contract: 'openapi',
    version: version.version,
    dialect: version.dialect,
    title: isObject(info) ? (textOf(info, 'title') ?? '') : '',
    document,
    basePath: basePathOf(own(document, 'servers')),
    operations,
    methods: [],
    invariants,
    constants,
    securitySchemes: readSecuritySchemes(reader),
    notCovered: [],
    clauses: clausesOf(operations, invariants),
    ...digestsOf(document, parsed.inexact),
    locate,
    follow: references.follow,
  };
  if (operations.length === 0)
    report('error', 'no-operation', '#/paths', 'the contract has no operation, so nothing could be checked');
  return { kind: 'spec', spec, findings };
}

type Version =
  | { kind: 'openapi'; version: string; dialect: Dialect }
  | { kind: 'refused'; pointer: string; message: string; hint: string };

function versionOf(document: JsonObject): Version {
  const version: JsonValue | undefined = own(document, 'openapi');
  const hint = 'a contract begins with `openapi: 3.1.0`';
  if (own(document, 'swagger') !== undefined)
    return {
      kind: 'refused',
      pointer: '#/swagger',
      message: 'Swagger 2.0 is not supported',
      hint: 'convert it to OpenAPI 3',
    };
  if (version === undefined)
    return { kind: 'refused', pointer: '#', message: 'the document does not say `openapi`', hint };
  if (typeof version !== 'string' || !/^3\.[0-2]\.\d+(-.*)?$/.test(version))
    return {
      kind: 'refused',
      pointer: '#/openapi',
      message: `OpenAPI version ${JSON.stringify(version)} is not supported`,
      hint: 'use 3.0.x or 3.1.x, as a text',
    };
  return { kind: 'openapi', version, dialect: version.startsWith('3.0') ? 'openapi-3.0' : 'openapi-3.1' };
}
