/** The parsed form of a rule, as far as the engine reads it. */

/** One expression; `start` and `end` are offsets into the rule's text. */
export interface RuleNode {
  op: string;
  args: unknown;
  start: number;
  end: number;
}

/** True for an expression. */
export function isNode(value: unknown): value is RuleNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'op' in value &&
    typeof value.op === 'string' &&
    'args' in value &&
    'start' in value &&
    typeof value.start === 'number' &&
    'end' in value &&
    typeof value.end === 'number'
  );
}

/** `['request', 'body', 'minutes']` for `request.body.minutes`; undefined for any other expression. */
export function chainOf(node: unknown): string[] | undefined {
  if (!isNode(node)) return undefined;
  if (node.op === 'id') return typeof node.args === 'string' ? [node.args] : undefined;
  if (node.op !== '.' || !Array.isArray(node.args)) return undefined;
  const [of, name]: unknown[] = node.args;
  const inner = chainOf(of);
  return inner === undefined || typeof name !== 'string' ? undefined : [...inner, name];
}

/** The last members of what an expression reads: `minutes` of `request.body.minutes`. */
export function membersIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(membersIn);
  if (!isNode(value)) return [];
  const last = chainOf(value)?.slice(1).at(-1);
  return last === undefined ? membersIn(value.args) : [last];
}
