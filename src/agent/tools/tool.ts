/** What a tool is. A tool gets checked input and answers with text; it never throws for what it meets. */
import { isObject } from '../../events/index.ts';
import type { JsonObject, JsonValue } from '../../events/index.ts';
import type { CoderTurn } from '../coder.ts';

export interface ToolContext {
  turn: CoderTurn;
  /** Id of the call, for what streams by and for approvals. */
  call: string;
}

export interface ToolAnswer {
  ok: boolean;
  /** One short line for the screen. */
  summary: string;
  /** What the model reads; bounded by {@link boundText}. */
  output: string;
  /** True where the call itself could not be done; a failing verdict or command is an answer, not a fault. */
  fault?: boolean;
  /** True where the call changed files or may have. */
  changed?: boolean;
  /** Set where the call was not allowed to run. */
  refused?: string;
}

export interface Tool {
  name: string;
  description: string;
  /** JSON Schema of the input: an object of strings, integers and lists of strings. */
  inputSchema: InputSchema;
  /** What a person reads while it runs: `edit services/todo/server.js`. */
  title(input: JsonObject): string;
  run(input: JsonObject, context: ToolContext): Promise<ToolAnswer> | ToolAnswer;
}

interface InputSchema extends JsonObject {
  type: 'object';
  properties: Record<string, JsonObject & { type: 'string' | 'integer' | 'array'; description: string }>;
  required: string[];
  additionalProperties: false;
}

/** What is wrong with an input, in words that a model can act on; null where nothing is. */
export function inputFault(schema: InputSchema, input: JsonValue): string | null {
  if (!isObject(input)) return 'the input must be an object';
  for (const name of schema.required) {
    if (!Object.hasOwn(input, name)) return `the input lacks ${JSON.stringify(name)}`;
  }
  for (const [name, value] of Object.entries(input)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (property === undefined) return `the input has an unknown member ${JSON.stringify(name)}`;
    if (!fits(property.type, value)) return `${JSON.stringify(name)} must be of type ${property.type}`;
  }
  return null;
}

function fits(type: 'string' | 'integer' | 'array', value: JsonValue): boolean {
  if (type === 'array') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return type === 'string' ? typeof value === 'string' : Number.isSafeInteger(value);
}

/** The string member of a checked input; '' where it is absent. */
export function text(input: JsonObject, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}

/** The integer member of a checked input. */
export function integer(input: JsonObject, name: string): number | undefined {
  const value = input[name];
  return typeof value === 'number' ? value : undefined;
}

/** The list member of a checked input. */
export function strings(input: JsonObject, name: string): string[] | undefined {
  const value = input[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** Characters of a tool's output that a model gets at most; about 10,000 tokens. */
export const OUTPUT_LIMIT = 40_000;

/** The text, or its head and tail where it is longer than `limit` characters. */
export function boundText(output: string, limit: number = OUTPUT_LIMIT): string {
  if (output.length <= limit) return output;
  const half = Math.floor(limit / 2);
  return `${output.slice(0, half)}\n… ${output.length - 2 * half} characters left out …\n${output.slice(-half)}`;
}

/** An answer that says what went wrong. */
export function failed(output: string): ToolAnswer {
  return { ok: false, fault: true, summary: output.split('\n', 1)[0] ?? '', output };
}
