/**
 * Puts a streamed reply together from its events. Everything in them is checked, because servers other than Anthropic's
 * leave things out; what is unknown is kept and passed over. Inputs of tools are kept as the text that came: parsing and
 * writing them again could change them.
 */
import { isObject } from '../../events/index.ts';
import type { JsonObject, JsonValue } from '../../events/index.ts';
import type { ModelBlock, ModelDelta } from '../model.ts';
import { readUsage } from './read-usage.ts';
import type { UsageFields } from './read-usage.ts';

export interface ReplyDraft {
  model: string | null;
  stopReason: string | null;
  /** What the server counted so far, start and deltas merged; null where it told nothing. */
  usage: UsageFields | null;
  blocks: DraftBlock[];
  /** True once `message_stop` came. */
  complete: boolean;
  streamedBytes: number;
}

interface DraftBlock {
  index: number;
  /** The block as it was started. */
  start: JsonObject;
  text: string;
  signature: string;
  json: string;
}

/** A reply of which nothing has come. */
export function emptyDraft(): ReplyDraft {
  return { model: null, stopReason: null, usage: null, blocks: [], complete: false, streamedBytes: 0 };
}

/** Takes one event into the draft and returns what is to be shown of it, if anything. */
export function takeEvent(draft: ReplyDraft, event: unknown): ModelDelta | null {
  if (!isObject(event)) return null;
  switch (event['type']) {
    case 'message_start': {
      const message = event['message'];
      if (!isObject(message)) return null;
      if (typeof message['model'] === 'string') draft.model = message['model'];
      return takeUsage(draft, message['usage']);
    }
    case 'content_block_start':
      return startBlock(draft, event);
    case 'content_block_delta': {
      const delta = event['delta'];
      const block = draft.blocks.find((candidate) => candidate.index === event['index']);
      return isObject(delta) && block !== undefined ? takeDelta(draft, block, delta) : null;
    }
    case 'message_delta': {
      const delta = event['delta'];
      if (isObject(delta) && typeof delta['stop_reason'] === 'string') draft.stopReason = delta['stop_reason'];
      return takeUsage(draft, event['usage']);
    }
    case 'message_stop':
      draft.complete = true;
      return null;
    default:
      return null;
  }
}

function startBlock(draft: ReplyDraft, event: JsonObject): ModelDelta | null {
  const start = event['content_block'];
  if (!isObject(start)) return null;
  const index = typeof event['index'] === 'number' ? event['index'] : draft.blocks.length;
  const text = string(start['text']) + string(start['thinking']);
  draft.blocks.push({ index, start, text, signature: string(start['signature']), json: '' });
  draft.streamedBytes += Buffer.byteLength(text);
  if (start['type'] === 'tool_use') return { type: 'toolInput', index, tool: string(start['name']), partial: '' };
  if (text === '') return null;
  return { type: start['type'] === 'thinking' ? 'thinking' : 'text', text };
}

function takeDelta(draft: ReplyDraft, block: DraftBlock, delta: JsonObject): ModelDelta | null {
  const add = (text: string): string => {
    draft.streamedBytes += Buffer.byteLength(text);
    return text;
  };
  switch (delta['type']) {
    case 'text_delta': {
      const text = add(string(delta['text']));
      block.text += text;
      return { type: 'text', text };
    }
    case 'thinking_delta': {
      const text = add(string(delta['thinking']));
      block.text += text;
      return { type: 'thinking', text };
    }
    case 'signature_delta':
      block.signature += string(delta['signature']);
      return null;
    case 'input_json_delta': {
      const partial = add(string(delta['partial_json']));
      block.json += partial;
      return { type: 'toolInput', index: block.index, tool: string(block.start['name']), partial };
    }
    default:
      return null;
  }
}

function takeUsage(draft: ReplyDraft, usage: JsonValue | undefined): ModelDelta | null {
  const fields = readUsage(usage);
  if (fields === null) return null;
  // The split of cache writes comes with the start alone, the final counts with the last delta.
  draft.usage = { ...draft.usage, ...fields };
  return fields.output_tokens === undefined ? null : { type: 'outputTokens', total: fields.output_tokens };
}

export type DraftResult =
  | { kind: 'blocks'; blocks: ModelBlock[]; cutToolUse: boolean }
  /** A tool's input that is no JSON although the reply was not cut. */
  | { kind: 'malformed'; tool: string; reason: string };

/** The blocks of a finished reply. A tool use that the output limit cut off is left out. */
export function finishDraft(draft: ReplyDraft): DraftResult {
  const blocks: ModelBlock[] = [];
  for (const [at, block] of draft.blocks.entries()) {
    const { start, text, signature } = block;
    switch (start['type']) {
      case 'text':
        blocks.push({ type: 'text', text, raw: JSON.stringify({ ...start, text }) });
        break;
      case 'thinking':
        blocks.push({ type: 'thinking', text, raw: JSON.stringify({ ...start, thinking: text, signature }) });
        break;
      case 'tool_use': {
        const json = block.json.trim() === '' ? JSON.stringify(start['input'] ?? {}) : block.json;
        const parsed = parse(json);
        const tool = string(start['name']);
        if (parsed.kind === 'malformed') {
          const last = at === draft.blocks.length - 1;
          if (last && draft.stopReason === 'max_tokens') return { kind: 'blocks', blocks, cutToolUse: true };
          return { kind: 'malformed', tool, reason: parsed.reason };
        }
        blocks.push({
          type: 'toolUse',
          id: string(start['id']),
          tool,
          input: parsed.value,
          raw: withInput(start, json),
        });
        break;
      }
      default:
        blocks.push({ type: 'other', raw: JSON.stringify(start) });
    }
  }
  return { kind: 'blocks', blocks, cutToolUse: false };
}

function withInput(start: JsonObject, input: string): string {
  const { input: _, ...rest } = start;
  return `${JSON.stringify(rest).slice(0, -1)},"input":${input}}`;
}

function parse(json: string): { kind: 'value'; value: JsonValue } | { kind: 'malformed'; reason: string } {
  try {
    const value: JsonValue = JSON.parse(json);
    return { kind: 'value', value };
  } catch (error) {
    return { kind: 'malformed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function string(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
