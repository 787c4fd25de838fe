/** Runs scenarios against a subject and keeps what went over the wire. */
import type { Exchange, JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Subject, SubjectAnswer, SubjectRequest } from '../model.ts';
import { resolve } from '../cases/resolve.ts';
import type { Binding, Input, Manner, Scenario, Step } from '../cases/scenario.ts';
import { authorised, type Keyring } from './keyring.ts';
import type { Presented } from './present.ts';
import { serialise, type WireContext } from './serialise.ts';

/** One request that was sent, with what it was made of and what came back. */
export interface Sent {
  operation: Operation;
  /** `setup`, `history`, `call`, `check`, `given NAME`, `then NAME`. */
  role: string;
  input: Input;
  bindings: Binding[];
  valid: boolean;
  /** Index of its step in the scenario, -1 for a probe. */
  index: number;
  rawBody?: string;
  /** True where its neighbours that say so too were sent at the same time. */
  together?: true;
  manner?: Manner;
  /** What authorised it, as it may be shown. */
  presented?: Presented;
  /** As it may be shown: credentials are replaced by the names of their variables. */
  request: SubjectRequest;
  answer: SubjectAnswer;
}

export type Ran =
  | { kind: 'ran'; sent: (Sent | undefined)[] }
  /** A setup step was refused, or the call could not be made; nothing can be said. */
  | { kind: 'unusable'; sent: (Sent | undefined)[]; reason: string }
  | { kind: 'fault'; sent: (Sent | undefined)[]; reason: string; at: number };

/** Sends requests one after the other. */
export interface Runner {
  send(step: Omit<Step, 'role'> & { role: string }, before: (Sent | undefined)[]): Promise<SendResult>;
  /** Runs steps in order; a history step that cannot be made is left out. */
  run(scenario: Scenario): Promise<Ran>;
}

export type SendResult = { kind: 'sent'; sent: Sent } | { kind: 'unusable'; reason: string };

export interface RunnerOptions {
  send: Subject['send'];
  wire: WireContext;
  /** Per request; a slower answer is a fault. */
  timeoutMs: number;
  /** Absent where no call is authorised. */
  keyring?: Keyring;
  signal?: AbortSignal;
}

/** Makes a runner on whatever sends requests. */
export function createRunner(options: RunnerOptions): Runner {
  const runner: Runner = {
    async send(step, before) {
      const resolved = resolve(step.input, step.bindings, (index) => before[index]);
      if (resolved.kind === 'missing') {
        const from = before[resolved.binding.from.step];
        const answer = from === undefined ? 'was not sent' : describeAnswer(from.answer);
        return { kind: 'unusable', reason: `${from?.operation.id ?? 'an earlier step'} gave no id: ${answer}` };
      }
      const { operation, rawBody, manner } = step;
      const wire = serialise(options.wire, operation, resolved.input, rawBody, manner);
      if (wire.kind === 'unsendable') return { kind: 'unusable', reason: wire.reason };
      wire.request.timeoutMs = options.timeoutMs;
      const presented = options.keyring?.present(operation, manner);
      const answer = await options.send(authorised(wire.request, presented?.sent), options.signal);
      const sent: Sent = {
        operation,
        role: step.role,
        input: resolved.input,
        bindings: resolved.bindings,
        valid: step.valid,
        index: before.length,
        request: authorised(wire.request, presented?.shown),
        answer,
        ...(rawBody === undefined ? {} : { rawBody }),
        ...(step.together === undefined ? {} : { together: step.together }),
        ...(manner === undefined ? {} : { manner }),
        ...(presented === undefined ? {} : { presented: presented.shown }),
      };
      return { kind: 'sent', sent };
    },

    async run(scenario) {
      const sent: (Sent | undefined)[] = [];
      for (let index = 0; index < scenario.length; index++) {
        const step = scenario[index];
        if (step === undefined) break;
        const [result, ...others] = await sendTogether(runner, scenario, index, sent);
        if (result === undefined) break;
        if (others.length > 0) {
          for (const one of [result, ...others])
            sent.push(one.kind === 'sent' ? { ...one.sent, index: sent.length } : undefined);
          index += others.length;
          const fault = sent.slice(-others.length - 1).find((one) => one?.answer.kind === 'fault')?.answer;
          if (fault?.kind === 'fault') return { kind: 'fault', sent, reason: fault.message, at: index };
          continue;
        }
        if (result.kind === 'unusable') {
          if (step.role !== 'history') return { kind: 'unusable', sent, reason: result.reason };
          sent.push(undefined);
          continue;
        }
        sent.push(result.sent);
        const { answer } = result.sent;
        if (answer.kind === 'fault') return { kind: 'fault', sent, reason: answer.message, at: index };
        if (step.role === 'setup' && (answer.status < 200 || answer.status > 299))
          return { kind: 'unusable', sent, reason: `${step.operation.id} answered ${describeAnswer(answer)}` };
      }
      return { kind: 'ran', sent };
    },
  };
  return runner;
}

/** A step and those after it that go with it; what they answered, in the order of the steps. */
function sendTogether(
  runner: Pick<Runner, 'send'>,
  scenario: Scenario,
  index: number,
  before: (Sent | undefined)[],
): Promise<SendResult[]> {
  const rest = scenario.slice(index);
  const end = rest.findIndex((step) => step.together !== true);
  const group = rest.slice(0, Math.max(1, end < 0 ? rest.length : end));
  return Promise.all(group.map((step) => runner.send(step, before)));
}

/** One line about an answer, cut to a readable length. */
export function describeAnswer(answer: SubjectAnswer): string {
  if (answer.kind === 'fault') return answer.message;
  const text = answer.text.length > 300 ? `${answer.text.slice(0, 300)}…` : answer.text;
  return text === '' ? `${answer.status}` : `${answer.status} ${text}`;
}

/** The exchange as it is recorded and shown. */
export function exchangeOf(sent: Sent): Exchange {
  const { request, answer } = sent;
  const exchange: Exchange = { method: request.method, path: request.path, headers: request.headers, role: sent.role };
  const body: JsonValue | undefined = sent.rawBody ?? sent.input.body;
  if (request.body !== undefined && body !== undefined) exchange.body = body;
  if (answer.kind === 'fault') exchange.fault = answer.message;
  else {
    exchange.response = { status: answer.status, headers: answer.headers };
    const shown = answer.json ?? (answer.text === '' ? undefined : answer.text.slice(0, 4000));
    if (shown !== undefined) exchange.response.body = shown;
  }
  return exchange;
}
