/** Leniencies that a contract does not plainly forbid, as many frameworks have them: they are told, and not blamed. */
import { at, isObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import type { Place } from '../cases/inputs.ts';
import type { Engine } from '../run/engine.ts';
import { replaced, without } from '../wire/wire-validity.ts';

/** True where a member that may be left out is null: to the types of many languages that is the same. */
export function isNullForNone(engine: Engine, schema: string, body: JsonValue | undefined, pointer: string): boolean {
  const tokens = tokensOf(pointer);
  if (body === undefined || tokens.length === 0 || valueAt(body, pointer) !== null) return false;
  if (!isObject(valueAt(body, at('', ...tokens.slice(0, -1))))) return false;
  return engine.schemas.validate(schema, without(body, tokens), 'request').length === 0;
}

/** Words that readers of settings and forms take for a truth value. */
const TRUTHS = /^(true|false|t|f|yes|no|y|n|on|off|0|1)$/i;

/**
 * True where a scalar of another type says what a number or a truth value does: `"3"` for 3, 0 for false. Many frameworks read
 * them so; what is no such spelling shows whether the type is looked at.
 */
export function isSpelledOtherwise(
  engine: Engine,
  schema: string,
  body: JsonValue | undefined,
  pointer: string,
): boolean {
  const value = body === undefined ? undefined : valueAt(body, pointer);
  if (body === undefined || value === undefined || value === null || typeof value === 'object') return false;
  const text = String(value);
  const others: JsonValue[] = [
    ...(typeof value !== 'number' && /^-?\d+(\.\d+)?$/.test(text) ? [Number(text)] : []),
    ...(typeof value === 'boolean' ? [Number(value)] : TRUTHS.test(text) ? [true] : []),
  ];
  return others.some(
    (other) => engine.schemas.validate(schema, replaced(body, tokensOf(pointer), other), 'request').length === 0,
  );
}

/** True where no body may be taken for an empty object, as many frameworks do, because that one is valid. */
export function readsAsEmpty({ schemas }: Engine, { schema }: Place): boolean {
  return schema === undefined || schemas.validate(schema, {}, 'request').length === 0;
}
