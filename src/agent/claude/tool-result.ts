import type { JsonObject } from '../../events/index.ts';

/** The block that answers a tool use. */
export function toolResult(id: string, output: string, ok: boolean): JsonObject {
  const content = output === '' ? '(no output)' : output;
  return { type: 'tool_result', tool_use_id: id, content, ...(ok ? {} : { is_error: true }) };
}
