/**
 * What was said to a model and by it, append-only and byte-exact. Signatures of thinking bind to the exact system
 * prompt, tools and earlier messages, so each piece is serialised once and sent as the same bytes for ever; a history
 * that must change is a new conversation.
 */
import type { JsonObject, JsonValue } from '../events/index.ts';
import { arrayElements, memberText } from './json-slices.ts';
import type { ModelBlock } from './model.ts';

export interface Conversation {
  /** JSON of the `system` member. */
  readonly system: string;
  /** JSON of the `tools` member. */
  readonly tools: string;
  /** JSON of each message, in order. */
  readonly messages: readonly string[];
}

/** A conversation in which nothing was said yet. */
export function startConversation(system: JsonValue, tools: JsonValue): Conversation {
  return { system: JSON.stringify(system), tools: JSON.stringify(tools), messages: [] };
}

/** The conversation with one more message, whose JSON is given. */
export function say(conversation: Conversation, message: string): Conversation {
  return { ...conversation, messages: [...conversation.messages, message] };
}

/** JSON of a message of the engineer's side: content blocks in order. */
export function userMessage(blocks: JsonObject[]): string {
  return JSON.stringify({ role: 'user', content: blocks });
}

/** JSON of an instruction from the program that stands between messages, where the model takes such. */
export function systemMessage(text: string): string {
  return JSON.stringify({ role: 'system', content: text });
}

/**
 * JSON of the model's reply, from the blocks as it wrote them; null where nothing is left that may be sent back. Blank
 * texts are left out and so is thinking at the end (a reply that was cut in it has no signature): the API refuses both.
 */
export function assistantMessage(blocks: ModelBlock[]): string | null {
  const said = blocks.filter((block) => block.type !== 'text' || block.text.trim() !== '');
  const kept = said.slice(0, said.findLastIndex((block) => block.type !== 'thinking') + 1);
  return kept.length === 0 ? null : `{"role":"assistant","content":[${kept.map((block) => block.raw).join(',')}]}`;
}

/** JSON of the request: the members of `settings`, then the conversation. */
export function requestBody(settings: JsonObject, conversation: Conversation): string {
  const { system, tools, messages } = conversation;
  const head = JSON.stringify(settings).slice(0, -1);
  return `${head},"system":${system},"tools":${tools},"messages":[${messages.join(',')}]}`;
}

/** The conversation in a body that {@link requestBody} made, byte for byte; null where it is none. */
export function conversationOf(body: string): Conversation | null {
  const system = memberText(body, 'system');
  const tools = memberText(body, 'tools');
  const messages = memberText(body, 'messages');
  const elements = messages === null ? null : arrayElements(messages);
  return system === null || tools === null || elements === null ? null : { system, tools, messages: elements };
}
