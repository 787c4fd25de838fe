/** SDL text to a graphql-js schema, under limits, with a place for everything that is wrong. Never throws. */
import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  validateSchema,
  visit,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import type { Finding } from '../model.ts';
import { BUILT_IN, isForeign, OURS } from './directives.ts';
import { indexOf, type SdlIndex } from './sdl-index.ts';
import type { JoinedSdl } from './sources.ts';

/** Limits on hostile documents. */
const MAX_TOKENS = 1_000_000;
const MAX_TYPES = 20_000;
const MAX_LIST_DEPTH = 8;
/** Errors that are shown of one document. */
const MAX_FINDINGS = 50;

export type ReadSdl =
  | { kind: 'sdl'; schema: GraphQLSchema; index: SdlIndex; document: DocumentNode; findings: Finding[] }
  | { kind: 'invalid'; findings: Finding[] };

/** Parses and validates. Directives that graphql-js need not know are left out of the schema, not of the index. */
export function readSdl(source: JoinedSdl): ReadSdl {
  const findings: Finding[] = [];
  const report = (
    severity: Finding['severity'],
    rule: string,
    offset: number,
    message: string,
    hint?: string,
  ): void => {
    if (findings.length < MAX_FINDINGS)
      findings.push({
        rule,
        severity,
        pointer: '#',
        location: source.place(offset),
        message,
        ...(hint === undefined ? {} : { hint }),
      });
  };
  const fail = (rule: string, errors: readonly unknown[], hint?: string): ReadSdl => {
    for (const error of errors) report('error', rule, offsetOf(error), messageOf(error), hint);
    return { kind: 'invalid', findings };
  };
  let document: DocumentNode;
  try {
    document = parse(source.text, { maxTokens: MAX_TOKENS });
  } catch (error) {
    const deep = error instanceof RangeError;
    return fail(deep ? 'too-deep' : 'sdl-syntax', [deep ? new Error('the document is nested too deeply') : error]);
  }
  if (document.definitions.length > MAX_TYPES)
    return fail('too-many-values', [new Error(`more than ${MAX_TYPES} definitions`)], 'split the contract');
  const deepest = deepLists(document);
  if (deepest !== undefined) {
    report('error', 'too-deep', deepest, `lists are nested deeper than ${MAX_LIST_DEPTH} levels`);
    return { kind: 'invalid', findings };
  }
  try {
    const index = indexOf(document);
    const known = prepared(document, report);
    const broken = validateSDL(known);
    if (broken.length > 0) return fail('sdl-invalid', broken);
    const schema = buildASTSchema(known, { assumeValidSDL: true });
    const wrong = validateSchema(schema);
    if (wrong.length > 0) return fail('sdl-invalid', wrong);
    return { kind: 'sdl', schema, index, document, findings };
  } catch (error) {
    if (error instanceof RangeError) return fail('too-deep', [new Error('the document is nested too deeply')]);
    return fail('sdl-invalid', [error]);
  }
}

type Report = (severity: Finding['severity'], rule: string, offset: number, message: string, hint?: string) => void;

/** The document without our directives, those of a federation and unknown ones; lone extensions count as definitions. */
function prepared(document: DocumentNode, report: Report): DocumentNode {
  const defined = new Set(
    document.definitions.flatMap((one) => (one.kind === Kind.DIRECTIVE_DEFINITION ? [one.name.value] : [])),
  );
  const names = new Set(document.definitions.flatMap((one) => (isTypeDefinition(one) ? [one.name.value] : [])));
  const definitions: DefinitionNode[] = [];
  let operations = 0;
  for (const one of document.definitions) {
    if (one.kind === Kind.OPERATION_DEFINITION || one.kind === Kind.FRAGMENT_DEFINITION) operations++;
    else if (one.kind === Kind.DIRECTIVE_DEFINITION && Object.hasOwn(OURS, one.name.value)) continue;
    else if ('name' in one && one.name !== undefined && isExtension(one.kind) && !names.has(one.name.value)) {
      names.add(one.name.value);
      definitions.push(asDefinition(one));
    } else definitions.push(one);
  }
  if (operations > 0)
    report(
      'warning',
      'not-a-schema',
      0,
      `${operations} operations or fragments are no part of a contract and are left out`,
    );
  const unknown = new Set<string>();
  return visit(
    { ...document, definitions },
    {
      Directive(node) {
        const name = node.name.value;
        if (BUILT_IN.has(name)) return undefined;
        if (Object.hasOwn(OURS, name)) {
          checkArguments(node, report);
          return null;
        }
        if (isForeign(name)) return null;
        if (defined.has(name)) return undefined;
        if (!unknown.has(name))
          report(
            'warning',
            'unknown-directive',
            node.loc?.start ?? 0,
            `nothing is known of the directive @${name}, so it is not checked`,
            `define it, or remove it; known here: ${Object.keys(OURS)
              .map((one) => `@${one}`)
              .join(', ')}`,
          );
        unknown.add(name);
        return null;
      },
    },
  );
}

function checkArguments(
  node: ConstDirectiveNode | { name: { value: string }; arguments?: readonly unknown[] | undefined },
  report: Report,
): void {
  const name = node.name.value;
  const known = OURS[name] ?? [];
  for (const argument of node.arguments ?? []) {
    if (typeof argument !== 'object' || argument === null || !('name' in argument)) continue;
    const { name: own, loc } = argument as { name: { value: string }; loc?: { start: number } };
    if (!known.includes(own.value))
      report(
        'error',
        'directive-argument',
        loc?.start ?? 0,
        `@${name} has no argument ${own.value}`,
        `known: ${known.join(', ')}`,
      );
  }
}

function isTypeDefinition(node: DefinitionNode): node is DefinitionNode & { name: { value: string } } {
  return node.kind.endsWith('TypeDefinition') && 'name' in node;
}

function isExtension(kind: string): boolean {
  return kind.endsWith('TypeExtension');
}

/** `extend type Query` in a subgraph that defines no `Query` is its definition. */
function asDefinition(node: DefinitionNode): DefinitionNode {
  switch (node.kind) {
    case Kind.OBJECT_TYPE_EXTENSION:
      return { ...node, kind: Kind.OBJECT_TYPE_DEFINITION };
    case Kind.INTERFACE_TYPE_EXTENSION:
      return { ...node, kind: Kind.INTERFACE_TYPE_DEFINITION };
    case Kind.UNION_TYPE_EXTENSION:
      return { ...node, kind: Kind.UNION_TYPE_DEFINITION };
    case Kind.ENUM_TYPE_EXTENSION:
      return { ...node, kind: Kind.ENUM_TYPE_DEFINITION };
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      return { ...node, kind: Kind.INPUT_OBJECT_TYPE_DEFINITION };
    case Kind.SCALAR_TYPE_EXTENSION:
      return { ...node, kind: Kind.SCALAR_TYPE_DEFINITION };
    default:
      return node;
  }
}

/** Offset of a type with too many list wrappers. */
function deepLists(document: DocumentNode): number | undefined {
  let found: number | undefined;
  visit(document, {
    ListType(node) {
      let depth = 0;
      let inner: { kind: string; type?: unknown } = node;
      while (inner.kind === Kind.LIST_TYPE || inner.kind === Kind.NON_NULL_TYPE) {
        if (inner.kind === Kind.LIST_TYPE) depth++;
        inner = inner.type as { kind: string; type?: unknown };
      }
      if (depth > MAX_LIST_DEPTH) found ??= node.loc?.start ?? 0;
      return false;
    },
  });
  return found;
}

function offsetOf(error: unknown): number {
  if (!(error instanceof GraphQLError)) return 0;
  return error.nodes?.[0]?.loc?.start ?? error.positions?.[0] ?? 0;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^Syntax Error: /, '');
}
