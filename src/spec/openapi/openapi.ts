/** An OpenAPI document, or one of Swagger 2.0, as a {@link Spec}. Pure: nothing is read from disk or network. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import { clausesOf, undocumentedClauses } from '../clauses.ts';
import { readConstants } from '../rule/constants.ts';
import { digestsOf } from '../digest.ts';
import { attachInvariants, readInvariants } from '../rule/invariants.ts';
import type { Dialect, Finding, Spec } from '../model.ts';
import { hasOnlyWebhooks, readNotCovered } from './not-covered.ts';
import { operationHolders } from './holders.ts';
import { readOperations } from './operations.ts';
import { readUndocumented } from './responses.ts';
import { locator } from '../text/places.ts';
import { type ContractSource, type Edition, own, type Reader, textOf } from '../reader.ts';
import { referencesOf, reportReferences } from '../references.ts';
import { reporter } from '../report.ts';
import { checkRules } from '../rule/rule-check.ts';
import { readSecuritySchemes } from './security.ts';
import { basePathOf } from './servers.ts';
import { swaggerBasePath } from '../swagger/base-path.ts';
import { readSecurityDefinitions } from '../swagger/security.ts';
import type { Parsed } from '../text/syntax.ts';

export type ReadSpec = { kind: 'spec'; spec: Spec; findings: Finding[] } | { kind: 'invalid'; findings: Finding[] };

/** Makes a spec from a parsed text. A spec may still have findings of severity error: it is then not ready. */
export function readOpenApi(parsed: Parsed, source: ContractSource): ReadSpec {
  const document = parsed.value;
  const findings: Finding[] = [];
  const locate = locator(source.file, source.text, document ?? null, parsed.offsets, parsed.sources);
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
  const { edition } = version;
  const reader: Reader = { document, edition, references, report };
  // Before anything is derived from the document and added to it.
  const digests = digestsOf(document, parsed.inexact);
  reportReferences(reader, parsed.refused);
  const read = readOperations(reader);
  const operations = read.map(({ operation }) => operation);
  const invariants = readInvariants(reader, operationHolders(reader, read));
  attachInvariants(operations, ({ id }) => id, invariants);
  const constants = readConstants(reader);
  const undocumented = readUndocumented(reader);
  checkRules({ operations, methods: [], invariants }, report);
  const securitySchemes = edition === '2.0' ? readSecurityDefinitions(reader) : readSecuritySchemes(reader, operations);
  const info = own(document, 'info');
  const spec: Spec = {
    ...source,
    contract: 'openapi',
    version: version.version,
    dialect: version.dialect,
    title: isObject(info) ? (textOf(info, 'title') ?? '') : '',
    document,
    basePath: edition === '2.0' ? swaggerBasePath(document) : basePathOf(own(document, 'servers')),
    operations,
    methods: [],
    invariants,
    constants,
    ...(undocumented === undefined ? {} : { undocumented }),
    securitySchemes,
    notCovered: readNotCovered(reader, operations, securitySchemes),
    clauses: [...clausesOf(operations, invariants), ...undocumentedClauses(undocumented)],
    ...digests,
    locate,
    follow: references.follow,
  };
  if (operations.length === 0)
    report(
      'error',
      'no-operation',
      '#/paths',
      hasOnlyWebhooks(reader)
        ? 'the contract has webhooks only, which the service sends, so nothing could be checked'
        : 'the contract has no operation, so nothing could be checked',
    );
  return { kind: 'spec', spec, findings };
}

type Version =
  | { kind: 'version'; version: string; edition: Edition; dialect: Dialect }
  | { kind: 'refused'; pointer: string; message: string; hint: string };

function versionOf(document: JsonObject): Version {
  const hint = 'a contract begins with `openapi: 3.1.0`';
  const openapi: JsonValue | undefined = own(document, 'openapi');
  const swagger: JsonValue | undefined = own(document, 'swagger');
  if (openapi === undefined && swagger === undefined)
    return { kind: 'refused', pointer: '#', message: 'the document does not say `openapi`', hint };
  if (openapi === undefined) {
    if (swagger === '2.0' || swagger === 2)
      return { kind: 'version', version: '2.0', edition: '2.0', dialect: 'swagger-2.0' };
    const message = `Swagger version ${JSON.stringify(swagger)} is not supported`;
    return { kind: 'refused', pointer: '#/swagger', message, hint: 'use 2.0, as a text, or better OpenAPI 3.1' };
  }
  const edition = typeof openapi === 'string' ? EDITIONS.exec(openapi)?.[1] : undefined;
  if (typeof openapi !== 'string' || (edition !== '3.0' && edition !== '3.1' && edition !== '3.2'))
    return {
      kind: 'refused',
      pointer: '#/openapi',
      message: `OpenAPI version ${JSON.stringify(openapi)} is not supported`,
      hint: 'use 3.0.x, 3.1.x or 3.2.x, as a text',
    };
  return { kind: 'version', version: openapi, edition, dialect: edition === '3.0' ? 'openapi-3.0' : 'openapi-3.1' };
}

const EDITIONS = /^(3\.[0-2])\.\d+(-.*)?$/;
