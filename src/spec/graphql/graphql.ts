/** A GraphQL contract, SDL with directives, as a {@link Spec}. Pure: texts come in, nothing is read from disk. */
import { createHash } from 'node:crypto';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { at, type ClauseSummary, type JsonObject, tokensOf } from '../../events/index.ts';
import { canonicalText } from '../digest.ts';
import type { ConstantValue, Finding, Invariant, Location, Objective, Spec } from '../model.ts';
import { parseDurationMs, parseRatePerSecond } from '../openapi/objective.ts';
import { type Report, reporter } from '../report.ts';
import { scalarSchemaOf } from './constraints.ts';
import { contractFrom, type GraphContract, type RootField, signatureOf } from './contract.ts';
import { readGraphInvariants } from './invariants.ts';
import { projectionOf } from './projection.ts';
import { knownScalar } from './scalars.ts';
import { readSdl } from './sdl.ts';
import { SCHEMA_POINTER, type SdlIndex } from './sdl-index.ts';
import { joinSdl, type SdlFile } from './sources.ts';

export type ReadGraphSpec =
  { kind: 'spec'; spec: Spec; findings: Finding[] } | { kind: 'invalid'; findings: Finding[] };

/** Makes a spec from the files of a contract. A spec may still have findings of severity error: it is then not ready. */
export function readGraphql(files: readonly SdlFile[], source: { name: string; file: string }): ReadGraphSpec {
  const joined = joinSdl(files);
  const read = readSdl(joined);
  if (read.kind === 'invalid') return read;
  const { schema, index } = read;
  const findings = [...read.findings];
  const locate = locatorOf(index, joined.place);
  const report = reporter(findings, locate);
  const contract = contractFrom(schema, index);
  const constants = readConstants(contract, report);
  const invariants = readGraphInvariants(contract, report, Object.keys(constants), (pointer, offset) =>
    index.offsets.set(pointer, offset),
  );
  const objectives = new Map(
    contract.roots.flatMap((root) => {
      const objective = readObjective(contract, root, report);
      return objective === undefined ? [] : [[root.id, objective] as const];
    }),
  );
  lint(contract, report);
  const document = projectionOf(contract, index);
  const spec: Spec = {
    ...source,
    text: joined.text,
    contract: 'graphql',
    version: 'SDL',
    dialect: '2020-12',
    title: schema.description ?? '',
    document: document.whole,
    basePath: '',
    operations: [],
    methods: [],
    notCovered: contract.subscriptions.map((name) => ({
      pointer: at('#', schema.getSubscriptionType()?.name ?? '', name),
      what: `subscription ${name}`,
      reason: 'answers that come later are not checked',
    })),
    invariants,
    constants,
    securitySchemes: [],
    clauses: clausesOf(contract, invariants, objectives),
    semanticDigest: digest('semantic', document.semantic),
    documentDigest: digest('document', document.whole),
    locate,
    follow: (pointer) => (index.offsets.has(pointer) ? pointer : undefined),
  };
  return { kind: 'spec', spec, findings };
}

/** The place of the nearest written ancestor of a pointer. */
function locatorOf(index: SdlIndex, place: (offset: number) => Location): (pointer: string) => Location {
  return (pointer) => {
    const tokens = tokensOf(pointer);
    for (let length = tokens.length; length > 0; length--) {
      const offset = index.offsets.get(at('#', ...tokens.slice(0, length)));
      if (offset !== undefined) return place(offset);
    }
    return place(0);
  };
}

function digest(domain: string, value: JsonObject): string {
  return createHash('sha256').update(`graphqlv1\0${domain}\0`).update(canonicalText(value)).digest('hex');
}

/** `schema @constant(name: "vat", value: 19, from: "2026-01-01")`, once for each date. */
function readConstants(contract: GraphContract, report: Report): Record<string, ConstantValue[]> {
  const constants: Record<string, ConstantValue[]> = {};
  for (const { pointer, args } of contract.applied(SCHEMA_POINTER, 'constant')) {
    const { name, value, from } = args;
    if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name) || value === undefined)
      report(
        'error',
        'constant-shape',
        pointer,
        'a constant needs a name and a value',
        'write `@constant(name: "vat", value: 19)`',
      );
    else if (from !== undefined && !(typeof from === 'string' && /^\d{4}-\d\d-\d\d$/.test(from)))
      report('error', 'constant-shape', pointer, '`from` must be a date, YYYY-MM-DD');
    else constants[name] = [...(constants[name] ?? []), { value, ...(typeof from === 'string' ? { from } : {}) }];
  }
  for (const values of Object.values(constants)) values.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
  return constants;
}

/** `@objective(p99: "200ms", rate: "100/s", critical: true)` on a root field. */
export function readObjective(contract: GraphContract, root: RootField, report: Report): Objective | undefined {
  const [applied] = contract.applied(root.pointer, 'objective');
  if (applied === undefined) return undefined;
  const { p99, rate, critical } = applied.args;
  const p99Ms = typeof p99 === 'string' ? parseDurationMs(p99) : undefined;
  const ratePerSecond = typeof rate === 'string' ? parseRatePerSecond(rate) : undefined;
  if (p99Ms === undefined || (rate !== undefined && ratePerSecond === undefined)) {
    report(
      'error',
      'objective-shape',
      applied.pointer,
      'an objective is a duration and a rate',
      'write `@objective(p99: "200ms", rate: "100/s")`',
    );
    return undefined;
  }
  return { pointer: applied.pointer, p99Ms, ratePerSecond: ratePerSecond ?? null, critical: critical === true };
}

function clausesOf(
  contract: GraphContract,
  invariants: readonly Invariant[],
  objectives: ReadonlyMap<string, Objective>,
): ClauseSummary[] {
  const clauses = contract.roots.flatMap((root): ClauseSummary[] => {
    const operation = root.id;
    const objective = objectives.get(root.id);
    return [
      {
        pointer: root.pointer,
        kind: 'operation',
        title: root.id,
        operation,
        route: `${root.kind} ${signatureOf(root.field)}`,
      },
      ...root.field.args.map(({ name, type }): ClauseSummary => ({
        pointer: at(root.pointer, name),
        kind: 'parameter',
        title: `${name}: ${String(type)}`,
        operation,
      })),
      ...invariants
        .filter((one) => one.scope === 'operation' && one.operations.includes(root.id))
        .map(({ pointer, id }): ClauseSummary => ({ pointer, kind: 'invariant', title: id, operation })),
      ...(objective === undefined
        ? []
        : [
            {
              pointer: objective.pointer,
              kind: 'objective',
              title: `p99 ${objective.p99Ms} ms`,
              operation,
            } satisfies ClauseSummary,
          ]),
    ];
  });
  const roots = new Set([contract.schema.getQueryType()?.name, contract.schema.getMutationType()?.name]);
  for (const type of Object.values(contract.schema.getTypeMap())) {
    if (isIntrospectionType(type) || (isScalarType(type) && isSpecifiedScalarType(type)) || roots.has(type.name))
      continue;
    clauses.push({ pointer: at('#', type.name), kind: 'schema', title: `${kindOf(type)} ${type.name}` });
    clauses.push(...partsOf(type));
  }
  const typed = invariants.filter((one) => one.scope === 'schema');
  return [...clauses, ...typed.map(({ pointer, id }): ClauseSummary => ({ pointer, kind: 'invariant', title: id }))];
}

function partsOf(type: GraphQLNamedType): ClauseSummary[] {
  const part = (name: string, text: string): ClauseSummary => ({
    pointer: at('#', type.name, name),
    kind: 'schema',
    title: `${type.name}.${text}`,
  });
  if (isEnumType(type)) return type.getValues().map(({ name }) => part(name, name));
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((one) => part(one.name, `${one.name}: ${String(one.type)}`));
  if (isObjectType(type) || isInterfaceType(type))
    return Object.values(type.getFields()).flatMap((one) => [
      part(one.name, signatureOf(one)),
      ...one.args.map((argument): ClauseSummary => ({
        pointer: at('#', type.name, one.name, argument.name),
        kind: 'parameter',
        title: `${type.name}.${one.name} ${argument.name}: ${String(argument.type)}`,
      })),
    ]);
  return [];
}

function kindOf(type: GraphQLNamedType): string {
  if (isEnumType(type)) return 'enum';
  if (isInputObjectType(type)) return 'input';
  if (isInterfaceType(type)) return 'interface';
  if (isUnionType(type)) return 'union';
  return isScalarType(type) ? 'scalar' : 'type';
}

/** What a contract leaves open. */
function lint(contract: GraphContract, report: Report): void {
  const { schema, roots, subscriptions } = contract;
  if (roots.length === 0) report('error', 'no-operation', '#', 'the contract has no field that could be called');
  if (subscriptions.length > 0)
    report(
      'note',
      'subscription',
      at('#', schema.getSubscriptionType()?.name ?? ''),
      `subscriptions are not checked: ${subscriptions.join(', ')}`,
    );
  for (const type of Object.values(schema.getTypeMap()))
    if (isScalarType(type) && !isSpecifiedScalarType(type) && knownScalar(type.name, type.specifiedByURL) === undefined)
      if (scalarSchemaOf(contract, type.name) === undefined)
        report(
          'warning',
          'unknown-scalar',
          at('#', type.name),
          `nothing is known of the values of scalar ${type.name}`,
          'add @scalarSchema(schema: { type: "string" }), @constraint(pattern: "…") or @specifiedBy(url: "…")',
        );
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const pointer = at('#', type.name, field.name);
      if (contract.applied(pointer, 'objective').length > 0 && !roots.some((one) => one.pointer === pointer))
        report(
          'error',
          'objective-shape',
          at(pointer, '@objective'),
          'only a field of Query or Mutation has an objective',
        );
    }
  }
}
