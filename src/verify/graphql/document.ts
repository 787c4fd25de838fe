/** A call as a GraphQL document with its variables. */
import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { GraphContract } from '../../spec/graphql/contract.ts';
import type { FieldSelection, Form, GraphRequest, Selection, Step } from './call.ts';

interface Pen {
  contract: GraphContract;
  values: Form['values'];
  named: boolean;
  /** `$name: Type` in order of use. */
  declared: string[];
  names: Set<string>;
  variables: JsonObject;
  fragments: string[];
}

/** Prints a call. Arguments that the contract does not know are written as literals, so that they can be sent at all. */
export function requestOf(contract: GraphContract, step: Step, args: JsonObject): GraphRequest {
  if (step.raw !== undefined) return { ...step.raw };
  const { root, form } = step;
  const pen: Pen = {
    contract,
    values: form.values,
    named: form.fragments === 'named',
    declared: [],
    names: new Set(),
    variables: {},
    fragments: [],
  };
  const field = `${root.name}${argumentsText(pen, root.field.args, args)}`;
  const body = step.select.length === 0 ? field : `${field} ${selectionText(pen, step.select, '  ')}`;
  const name = form.operationName ? ` Op_${root.name}` : '';
  const head = pen.declared.length === 0 ? name : `${name}(${pen.declared.join(', ')})`;
  const start = root.kind === 'query' && head === '' ? '' : `${root.kind}${head} `;
  const query = [`${start}{\n  ${body}\n}`, ...pen.fragments].join('\n');
  return {
    query,
    variables: pen.variables,
    ...(form.operationName ? { operationName: `Op_${root.name}` } : {}),
  };
}

function selectionText(pen: Pen, selections: readonly Selection[], indent: string): string {
  const inner = `${indent}  `;
  const lines = selections.map((one) => {
    if (one.kind === 'field') return `${inner}${fieldText(pen, one, inner)}`;
    if (!pen.named) return `${inner}... on ${one.on} ${selectionText(pen, one.select, inner)}`;
    const name = `Part${pen.fragments.length + 1}`;
    const slot = pen.fragments.push('') - 1;
    pen.fragments[slot] = `fragment ${name} on ${one.on} ${selectionText(pen, one.select, '')}`;
    return `${inner}...${name}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function fieldText(pen: Pen, selection: FieldSelection, indent: string): string {
  const { on, name, alias, args, select, condition } = selection;
  const type = pen.contract.schema.getType(on);
  const known = type !== undefined && 'getFields' in type ? type.getFields()[name] : undefined;
  const declared = known !== undefined && 'args' in known ? known.args : [];
  const when =
    condition === undefined
      ? ''
      : ` @${condition.directive}(if: ${variable(pen, condition.directive, 'Boolean!', condition.value)})`;
  const head = `${alias === undefined ? '' : `${alias}: `}${name}${argumentsText(pen, declared, args)}${when}`;
  return select === undefined ? head : `${head} ${selectionText(pen, select, indent)}`;
}

function argumentsText(pen: Pen, declared: readonly GraphQLArgument[], args: JsonObject): string {
  const written = namesOf(pen, declared, args).map((name) => {
    const value = args[name];
    const argument = declared.find((one) => one.name === name);
    const isLiteral = argument === undefined || pen.values === 'literals';
    const literal = isLiteral && value !== undefined ? literalOf(value, argument?.type) : undefined;
    return `${name}: ${literal ?? variable(pen, name, String(argument?.type), value)}`;
  });
  return written.length === 0 ? '' : `(${written.join(', ')})`;
}

/** The arguments that are written: those that are given, or in the order of the contract all that may be. */
function namesOf({ values }: Pen, declared: readonly GraphQLArgument[], args: JsonObject): string[] {
  if (values !== 'declared') return Object.keys(args);
  const known = declared.filter(({ name, type }) => Object.hasOwn(args, name) || !isNonNullType(type));
  const others = Object.keys(args).filter((name) => !declared.some((one) => one.name === name));
  return [...known.map(({ name }) => name), ...others];
}

function variable(pen: Pen, wanted: string, type: string, value: JsonValue | undefined): string {
  let name = wanted;
  for (let turn = 2; pen.names.has(name); turn++) name = `${wanted}${turn}`;
  pen.names.add(name);
  pen.declared.push(`$${name}: ${type}`);
  if (value !== undefined) pen.variables[name] = value;
  return `$${name}`;
}

const NAME = /^[_A-Za-z]\w*$/;

/** A JSON value as a literal of a type; undefined where no literal says it, as with the keys of a JSON scalar. */
export function literalOf(value: JsonValue, type: GraphQLInputType | undefined): string | undefined {
  if (value === null) return 'null';
  const bare = type === undefined ? undefined : getNullableType(type);
  if (Array.isArray(value)) {
    const item = bare !== undefined && isListType(bare) ? bare.ofType : undefined;
    return joined(
      value.map((one) => literalOf(one, item)),
      '[',
      ']',
    );
  }
  if (isObject(value)) {
    const fields = bare !== undefined && isInputObjectType(bare) ? bare.getFields() : {};
    return joined(
      Object.entries(value).map(([name, one]) => {
        const text = NAME.test(name) ? literalOf(one, fields[name]?.type) : undefined;
        return text === undefined ? undefined : `${name}: ${text}`;
      }),
      '{',
      '}',
    );
  }
  if (bare !== undefined && isListType(bare)) return literalOf(value, bare.ofType);
  if (typeof value === 'string')
    return bare !== undefined && isEnumType(bare) && NAME.test(value) && !/^(true|false|null)$/.test(value)
      ? value
      : JSON.stringify(value);
  // A number may be written in a way that a custom scalar does not know; those of the language are plain.
  if (typeof value === 'number' && bare !== undefined && isScalarType(bare) && !isSpecifiedScalarType(bare))
    return Number.isSafeInteger(value) ? String(value) : undefined;
  return String(value);
}

function joined(parts: (string | undefined)[], open: string, close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(', ')}${close}`;
}
