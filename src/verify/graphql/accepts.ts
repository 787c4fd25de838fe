/**
 * Whether the contract accepts arguments: graphql-js judges the types (with its coercions: one value for a list, an
 * integer for an ID or a Float), the constraints are judged on what the coercions make of them.
 */
import { type GraphQLInputType, getNullableType, isInputObjectType, isListType, validateInputValue } from 'graphql';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { RootField } from '../../spec/graphql/contract.ts';
import type { Schemas } from '../schema-port.ts';
import type { InputSchemas } from './input-schemas.ts';
import { isNeeded } from './skeleton.ts';

/** True where a conforming service must take the arguments. */
export function accepts(schemas: Schemas, inputs: InputSchemas, root: RootField, args: JsonObject): boolean {
  const declared = root.field.args;
  if (Object.keys(args).some((name) => !declared.some((one) => one.name === name))) return false;
  for (const argument of declared) {
    const value = args[argument.name];
    if (value === undefined ? isNeeded(argument) : !fits(value, argument.type)) return false;
  }
  const coerced: JsonObject = {};
  for (const [name, value] of Object.entries(args)) {
    const type = declared.find((one) => one.name === name)?.type;
    coerced[name] = type === undefined ? value : coercedTo(value, type);
  }
  return schemas.validate(inputs.argumentsAt(root.pointer), coerced, 'request').length === 0;
}

function fits(value: JsonValue, type: GraphQLInputType): boolean {
  let good = true;
  validateInputValue(value, type, () => {
    good = false;
  });
  return good;
}

/** The value as a resolver sees it. */
function coercedTo(value: JsonValue, type: GraphQLInputType): JsonValue {
  const bare = getNullableType(type);
  if (value === null) return null;
  if (isListType(bare)) return (Array.isArray(value) ? value : [value]).map((item) => coercedTo(item, bare.ofType));
  if (isInputObjectType(bare) && isObject(value)) {
    const fields = bare.getFields();
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        const inner = fields[name]?.type;
        return [name, inner === undefined ? item : coercedTo(item, inner)];
      }),
    );
  }
  return String(bare) === 'ID' && typeof value === 'number' ? String(value) : value;
}
