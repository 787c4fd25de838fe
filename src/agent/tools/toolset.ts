/** The tools of the agent, and how a call to one is checked, recorded and run. */
import { sanitize } from '../../events/sanitize.ts';
import { isObject } from '../../events/index.ts';
import type { JsonObject, JsonValue } from '../../events/index.ts';
import { safeJson } from '../safe-json.ts';
import { toolSpan } from '../telemetry.ts';
import { bashTool } from './bash.ts';
import { clauseTool } from './clause.ts';
import { editTool } from './edit.ts';
import { readTool } from './read.ts';
import { removeTool } from './remove.ts';
import { listTool, searchTool } from './search.ts';
import { failed, inputFault } from './tool.ts';
import type { Tool, ToolAnswer, ToolContext } from './tool.ts';
import { verifyTool } from './verify.ts';
import { writeTool } from './write.ts';

/** All tools; their order is part of a request's cached prefix. */
const toolset: readonly Tool[] = [
  readTool,
  listTool,
  searchTool,
  clauseTool,
  writeTool,
  editTool,
  removeTool,
  bashTool,
  verifyTool,
];

/** The `tools` member of a request. */
export function toolDefinitions(): JsonObject[] {
  return toolset.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema }));
}

/** Runs one call and records it from request to end. A fault in a tool becomes its answer, never an exception. */
export async function runTool(
  name: string,
  input: JsonValue,
  context: ToolContext & { now: () => number },
): Promise<ToolAnswer> {
  const { call, now, turn } = context;
  const startedAt = now();
  recordRequest(name, input, context);
  const tool = toolset.find((candidate) => candidate.name === name);
  const endSpan = toolSpan(tool?.name ?? 'unknown', call, turn.spec);
  const answer = await answerOf(tool, name, input, context);
  endSpan(answer.fault !== true);
  if (answer.refused !== undefined) {
    turn.recorder.append({ type: 'toolRefused', call, reason: sanitize(answer.refused) });
    return answer;
  }
  turn.recorder.append({
    type: 'toolFinished',
    call,
    ok: answer.ok,
    summary: sanitize(answer.summary).slice(0, 200),
    output: sanitize(answer.output, { multiline: true }),
    durationMs: now() - startedAt,
  });
  return answer;
}

/** Records a call that is not run, and why. */
export function refuseTool(name: string, input: JsonValue, context: ToolContext, reason: string): void {
  recordRequest(name, input, context);
  context.turn.recorder.append({ type: 'toolRefused', call: context.call, reason: sanitize(reason) });
}

function recordRequest(name: string, input: JsonValue, { call, turn }: ToolContext): void {
  const tool = toolset.find((candidate) => candidate.name === name);
  const title = tool === undefined || !isObject(input) ? name : tool.title(input);
  turn.recorder.append({
    type: 'toolRequested',
    call,
    tool: sanitize(name),
    input: safeJson(input),
    title: sanitize(title).slice(0, 200),
  });
}

async function answerOf(
  tool: Tool | undefined,
  name: string,
  input: JsonValue,
  context: ToolContext,
): Promise<ToolAnswer> {
  if (tool === undefined) {
    return failed(
      `there is no tool ${JSON.stringify(name)}; there are ${toolset.map((known) => known.name).join(', ')}`,
    );
  }
  const fault = inputFault(tool.inputSchema, input);
  if (fault !== null || !isObject(input))
    return failed(`${fault ?? 'the input must be an object'}; the call was not run`);
  try {
    return await tool.run(input, context);
  } catch (error) {
    return failed(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
