import type { JsonObject } from '../../events/index.ts';
import { callOf } from '../ask.ts';
import type { Breaker } from '../breaker.ts';
import { BREAK_AT } from '../breaker.ts';
import type { CoderTurn } from '../coder.ts';
import type { ModelBlock } from '../model.ts';
import { boundText } from '../tools/tool.ts';
import { refuseTool, runTool } from '../tools/toolset.ts';
import { toolResult } from './tool-result.ts';

export interface ToolUsesContext {
  turn: CoderTurn;
  request: string;
  breaker: Breaker;
  now: () => number;
}

/**
 * Runs the tool uses of a reply one after the other, in their order, and returns a result for each; those that an abort
 * or the breaker kept from running get an error, because every use must be answered.
 */
export async function runToolUses(
  uses: Extract<ModelBlock, { type: 'toolUse' }>[],
  context: ToolUsesContext,
): Promise<{ results: JsonObject[]; broken: string | null }> {
  const { turn, request, breaker, now } = context;
  const results: JsonObject[] = [];
  let broken: string | null = null;
  for (const [ordinal, { id, tool, input }] of uses.entries()) {
    if (turn.signal.aborted || broken !== null) {
      results.push(toolResult(id, 'interrupted: this call was not run', false));
      continue;
    }
    const call = callOf(request, ordinal);
    const allowed = breaker.before(tool, input);
    if (allowed !== 'run') {
      const reason =
        allowed === 'break'
          ? `the agent made the same call ${BREAK_AT} times although nothing changed: ${tool}`
          : 'not run: you made exactly this call before and nothing has changed since; do something else';
      if (allowed === 'break') broken = reason;
      refuseTool(tool, input, { turn, call }, reason);
      results.push(toolResult(id, reason, false));
      continue;
    }
    const answer = await runTool(tool, input, { turn, call, now });
    if (answer.changed === true) breaker.changed(tool, input);
    results.push(toolResult(id, boundText(answer.output), answer.fault !== true));
  }
  return { results, broken };
}
