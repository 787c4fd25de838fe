/**
 * Rebuilds a conversation from a session's events and blobs, byte for byte, so that a session goes on after a crash
 * with everything that was said, and no signature breaks.
 */
import type { Event, EventOf, JsonObject } from '../../events/index.ts';
import { isObject } from '../../events/index.ts';
import { callOf } from '../ask.ts';
import { exactText } from '../blob-store.ts';
import type { BlobStore } from '../blob-store.ts';
import { conversationOf, say } from '../conversation.ts';
import type { Conversation } from '../conversation.ts';
import { boundText } from '../tools/tool.ts';
import { toolResult } from './tool-result.ts';

export interface Restored {
  conversation: Conversation;
  /** Results that the model still waits for; the next message must begin with them. */
  pending: JsonObject[];
  /** Document digest of the spec that the conversation knows. */
  documentDigest: string | null;
  /** The last prompt that it may know. */
  prompt: string | null;
}

/**
 * The conversation up to the last thing that was said in it. Null where there was none with this model, or where a blob
 * is gone or was redacted: then a new conversation must begin.
 */
export function restoreConversation(events: readonly Event[], blobs: BlobStore, model: string): Restored | null {
  const sent = events.findLast((event) => event.type === 'requestSent');
  if (sent === undefined || sent.model !== model) return null;
  const body = exactText(blobs, sent.bodyHash);
  const conversation = body === null ? null : conversationOf(body);
  if (conversation === null) return null;
  const before = events.filter((event) => event.seq < sent.seq);
  const known = {
    documentDigest: before.findLast((event) => event.type === 'specLoaded')?.documentDigest ?? null,
    prompt: before.findLast((event) => event.type === 'promptSubmitted')?.text ?? null,
  };
  const replied = events.findLast((event) => event.type === 'assistantReplied' && event.request === sent.request);
  if (replied?.type !== 'assistantReplied') return { ...unsaid(conversation), ...known };
  if (replied.messageHash === undefined) return { conversation, pending: [], ...known };
  const message = exactText(blobs, replied.messageHash);
  if (message === null) return null;
  const pending = waitingResults(message, sent.request, events);
  return { conversation: say(conversation, message), pending, ...known };
}

/** Takes a last message that no reply followed back, to be said again: nothing is bound to it yet. */
function unsaid(conversation: Conversation): Pick<Restored, 'conversation' | 'pending'> {
  const last: unknown = JSON.parse(conversation.messages.at(-1) ?? 'null');
  if (!isObject(last) || last['role'] !== 'user' || !Array.isArray(last['content']))
    return { conversation, pending: [] };
  const pending = last['content'].filter((block) => isObject(block));
  return { conversation: { ...conversation, messages: conversation.messages.slice(0, -1) }, pending };
}

/** A result for each tool use of the message: what the log has of it, or that it was interrupted. */
function waitingResults(message: string, request: string, events: readonly Event[]): JsonObject[] {
  const parsed: unknown = JSON.parse(message);
  const content = isObject(parsed) && Array.isArray(parsed['content']) ? parsed['content'] : [];
  const uses = content.filter((block) => isObject(block) && block['type'] === 'tool_use');
  return uses.flatMap((use, ordinal) => {
    if (!isObject(use) || typeof use['id'] !== 'string') return [];
    const call = callOf(request, ordinal);
    const ended = events.find(
      (event): event is EventOf<'toolFinished'> | EventOf<'toolRefused'> =>
        (event.type === 'toolFinished' || event.type === 'toolRefused') && event.call === call,
    );
    if (ended?.type === 'toolFinished') return [toolResult(use['id'], boundText(ended.output), ended.ok)];
    if (ended?.type === 'toolRefused') return [toolResult(use['id'], ended.reason, false)];
    return [toolResult(use['id'], 'interrupted: the session ended before this call had a result', false)];
  });
}
