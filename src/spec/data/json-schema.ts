/** A JSON Schema that describes data files, as a {@link Spec}. Pure. */
import { at, isObject, type ClauseSummary, type JsonObject } from '../../events/index.ts';
import { invariantClause } from '../clauses.ts';
import { digestsOf } from '../digest.ts';
import type { Dialect, Finding, Invariant, Spec } from '../model.ts';
import type { ReadSpec } from '../openapi/openapi.ts';
import { type ContractSource, own, type Reader, textOf } from '../reader.ts';
import { referencesOf, reportReferences } from '../references.ts';
import { reporter } from '../report.ts';
import { readConstants } from '../rule/constants.ts';
import { readInvariants } from '../rule/invariants.ts';
import { checkRules } from '../rule/rule-check.ts';
import { locator } from '../text/places.ts';
import type { Parsed } from '../text/syntax.ts';
import { dialectOf } from './dialects.ts';

const DEFAULT: Dialect = '2020-12';
const TELLING = ['$schema', '$ref', '$defs', 'definitions', 'type', 'properties', 'items', 'allOf', 'anyOf', 'oneOf'];

/** True for a document that is a JSON Schema by what stands at its root. */
export function isJsonSchema(document: JsonObject): boolean {
  return TELLING.some((name) => Object.hasOwn(document, name));
}

/** Makes a spec from a parsed text; its records are what the root schema describes. */
export function readJsonSchema(parsed: Parsed & { value: JsonObject }, source: ContractSource): ReadSpec {
  const document = parsed.value;
  const findings: Finding[] = [];
  const locate = locator(source.file, source.text, document, parsed.offsets, parsed.sources);
  const report = reporter(findings, locate);
  const named = own(document, '$schema');
  const dialect = named === undefined ? DEFAULT : dialectOf(named);
  if (dialect === undefined) {
    const message = `${JSON.stringify(named)} is no dialect that is known here`;
    report('error', 'unknown-dialect', '#/$schema', message, 'use draft 4, 6, 7, 2019-09 or 2020-12');
    return { kind: 'invalid', findings };
  }
  const references = referencesOf(document);
  const reader: Reader = { document, edition: '3.1', references, report };
  reportReferences(reader, parsed.refused);
  const invariants = readInvariants(reader, ({ kind }) =>
    kind === 'schema' ? { scope: 'schema', mustName: false, candidates: [] } : undefined,
  );
  const constants = readConstants(reader);
  checkRules({ operations: [], methods: [], invariants }, report);
  const spec: Spec = {
    ...source,
    contract: 'json-schema',
    version: dialect,
    dialect,
    title: textOf(document, 'title') ?? '',
    document,
    basePath: '',
    operations: [],
    methods: [],
    invariants,
    constants,
    securitySchemes: [],
    notCovered: [],
    clauses: clausesOf(document, invariants),
    ...digestsOf(document, parsed.inexact),
    locate,
    follow: references.follow,
  };
  return { kind: 'spec', spec, findings };
}

/** The root, its properties, its definitions, and the invariants. */
function clausesOf(document: JsonObject, invariants: Invariant[]): ClauseSummary[] {
  const members = (name: string): ClauseSummary[] => {
    const map = own(document, name);
    if (!isObject(map)) return [];
    return Object.keys(map).map((title) => ({ pointer: at('#', name, title), kind: 'schema', title }));
  };
  return [
    { pointer: '#', kind: 'schema', title: textOf(document, 'title') ?? 'record' },
    ...['properties', '$defs', 'definitions'].flatMap(members),
    ...invariants.map((invariant) => invariantClause(invariant)),
  ];
}
