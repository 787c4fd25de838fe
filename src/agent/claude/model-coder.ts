/**
 * Claude as the agent: a spec-aware prompt, a loop of replies and tool calls, until the model ends its turn or there is
 * a reason to stop it. It never says that the work is done; the engine does.
 */
import type { Event, JsonObject, Recorder } from '../../events/index.ts';
import { askModel } from '../ask.ts';
import type { Answer, AskSetting } from '../ask.ts';
import type { BlobStore } from '../blob-store.ts';
import { createBreaker } from '../breaker.ts';
import { createBudget } from '../budget.ts';
import type { Coder, CoderOutcome, CoderTurn } from '../coder.ts';
import { say, startConversation, systemMessage, userMessage } from '../conversation.ts';
import type { Conversation } from '../conversation.ts';
import type { Model } from '../model.ts';
import { openingText, roundText, RULES, specText } from '../prompt.ts';
import { pause, retriesOf } from '../retries.ts';
import { toolDefinitions } from '../tools/toolset.ts';
import { requestSettings, traitsOf } from './model-traits.ts';
import type { Effort } from './model-traits.ts';
import { restoreConversation } from './restore.ts';
import { runToolUses } from './run-tool-uses.ts';

/** Requests of one turn; a model that needs more is going round in circles. */
const MOST_REQUESTS = 150;

export interface ModelCoderOptions {
  model: Model;
  blobs: BlobStore;
  /** Events of the session's earlier runs, in order; it goes on from them. */
  events?: readonly Event[];
  effort?: Effort | null;
  /** Epoch milliseconds. */
  now?: () => number;
  /** 0 to 1. */
  random?: () => number;
  pause?: AskSetting['pause'];
}

/** What an agent keeps between turns. */
interface Memory {
  conversation: Conversation | null;
  /** Blocks that the next message must begin with. */
  pending: JsonObject[];
  /** Document digest of the spec that the conversation knows. */
  documentDigest: string | null;
  /** The last prompt that it knows. */
  prompt: string | null;
  setting: AskSetting | null;
}

/** An agent that asks a model; it keeps its conversation from turn to turn. */
export function modelCoder(options: ModelCoderOptions): Coder {
  const { model, blobs, events = [] } = options;
  const restored = restoreConversation(events, blobs, model.id);
  const memory: Memory = {
    conversation: restored?.conversation ?? null,
    pending: restored?.pending ?? [],
    documentDigest: restored?.documentDigest ?? null,
    prompt: restored?.prompt ?? null,
    setting: null,
  };
  return {
    kind: 'claude',
    model: model.id,
    async turn(turn) {
      memory.setting ??= settingOf(options, turn.recorder);
      open(memory, turn, model.id);
      return converse(memory, memory.setting, turn, options);
    },
  };
}

function settingOf(options: ModelCoderOptions, recorder: Recorder): AskSetting {
  const { blobs, events = [], now = Date.now, random = Math.random } = options;
  return {
    budget: createBudget(recorder, { now, earlier: events }),
    recorder,
    blobs,
    retries: { used: retriesOf(events) },
    now,
    random,
    pause: options.pause ?? pause,
  };
}

/** Begins the conversation, or tells what is new in it: results, a changed spec, a new prompt, the last verdict. */
function open(memory: Memory, turn: CoderTurn, model: string): void {
  const { spec, prompt } = turn;
  const traits = traitsOf(model);
  if (memory.conversation === null) {
    const cached = traits.caching ? { cache_control: { type: 'ephemeral' } } : {};
    const system = [{ type: 'text', text: RULES, ...cached }];
    memory.conversation = startConversation(system, toolDefinitions());
    tell(memory, openingText(turn));
    if (turn.lastReport !== null) tell(memory, roundText(turn, { prompt: false }));
  } else {
    if (memory.documentDigest !== spec.documentDigest) {
      const version = spec.semanticDigest.slice(0, 12);
      const notice = `The spec has changed to version ${version}. The document that follows replaces the one before; code and verdicts are held to it from now on.`;
      if (traits.systemMessages && memory.pending.length === 0) {
        memory.conversation = say(memory.conversation, systemMessage(notice));
      } else {
        tell(memory, notice);
      }
      tell(memory, specText(spec, turn.lastReport));
    }
    tell(memory, roundText(turn, { prompt: prompt !== memory.prompt }));
  }
  memory.documentDigest = spec.documentDigest;
  memory.prompt = prompt;
}

function tell(memory: Memory, text: string): void {
  memory.pending.push({ type: 'text', text });
}

async function converse(
  memory: Memory,
  setting: AskSetting,
  turn: CoderTurn,
  options: ModelCoderOptions,
): Promise<CoderOutcome> {
  const { model, effort = null } = options;
  const breaker = createBreaker();
  let continued = 0;
  let restarted = false;
  for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
    const conversation = withPending(memory);
    const { maxTokens } = traitsOf(model.id);
    const answer = await askModel(
      {
        model,
        conversation,
        settings: (limit) => requestSettings(model.id, limit, effort),
        maxTokens,
        caps: turn.caps,
        spec: turn.spec,
        signal: turn.signal,
      },
      setting,
    );
    if (answer.kind === 'failed' && mustRestart(answer) && !restarted) {
      restarted = true;
      restart(memory, turn, model.id, answer.message);
      continue;
    }
    const stop = stopOf(answer);
    if (stop !== null) return stop;
    if (answer.kind !== 'reply') continue;
    const { reply, request } = answer;
    memory.conversation = answer.message === null ? conversation : say(conversation, answer.message);
    memory.pending = [];
    const uses = reply.blocks.filter((block) => block.type === 'toolUse');
    if (uses.length > 0) {
      const ran = await runToolUses(uses, { turn, request, breaker, now: setting.now });
      memory.pending.push(...ran.results);
      if (turn.signal.aborted) return { kind: 'stopped', reason: 'interrupted', message: 'stopped' };
      if (ran.broken !== null) return { kind: 'stopped', reason: 'noProgress', message: ran.broken };
    }
    if (reply.cutToolUse || (reply.stopReason === 'max_tokens' && uses.length === 0)) {
      continued += 1;
      if (continued > 2) return cutShort(answer.maxTokens < maxTokens);
      tell(memory, 'Your reply reached its length limit and was cut. Go on, in smaller steps.');
      continue;
    }
    continued = 0;
    if (reply.stopReason === 'model_context_window_exceeded') {
      if (restarted)
        return { kind: 'stopped', reason: 'provider', message: 'the context window is too small for this task' };
      restarted = true;
      restart(memory, turn, model.id, 'the context window is full');
      continue;
    }
    if (uses.length === 0 && reply.stopReason !== 'pause_turn') return { kind: 'worked' };
  }
  return { kind: 'stopped', reason: 'noProgress', message: `${MOST_REQUESTS} requests in one turn` };
}

/** The conversation with what is pending said in it; it stays pending until there is a reply. */
function withPending(memory: Memory): Conversation {
  if (memory.conversation === null) throw new Error('a turn must open its conversation first');
  return memory.pending.length === 0 ? memory.conversation : say(memory.conversation, userMessage(memory.pending));
}

function stopOf(answer: Answer): CoderOutcome | null {
  switch (answer.kind) {
    case 'reply':
      return null;
    case 'refused':
      return { kind: 'stopped', reason: 'cap', message: answer.message };
    case 'failed':
      return { kind: 'stopped', reason: 'provider', message: answer.message };
    case 'interrupted':
      return { kind: 'stopped', reason: 'interrupted', message: 'stopped' };
  }
}

/** Whether a new conversation helps: this one is too long, or the server takes its signatures for another one's. */
function mustRestart(answer: Extract<Answer, { kind: 'failed' }>): boolean {
  return answer.fault === 'contextExceeded' || (answer.fault === 'badRequest' && /signature/i.test(answer.message));
}

/** A new conversation about the same work; the code, the spec and the verdict hold all that it needs. */
function restart(memory: Memory, turn: CoderTurn, model: string, reason: string): void {
  const text = `a new conversation begins, because the old one could not go on: ${reason}`;
  turn.recorder.append({ type: 'noticeRaised', level: 'warning', text });
  memory.conversation = null;
  memory.pending = [];
  open(memory, turn, model);
  tell(memory, 'Work on this began earlier and its code is in the repository. Read it before you go on.');
}

function cutShort(byCap: boolean): CoderOutcome {
  const message = byCap
    ? 'the cap leaves too few output tokens for a reply; raise --max-usd or --max-tokens'
    : 'the model reached its output limit again and again';
  return { kind: 'stopped', reason: byCap ? 'cap' : 'provider', message };
}
