/**
 * Claude as an agent, from the environment. The client is loaded with the first request and nowhere else; nothing here
 * prints, reads files or waits.
 */
import type { Caps, Event } from '../../events/index.ts';
import type { BlobStore } from '../blob-store.ts';
import { pricesOf } from '../prices.ts';
import type { Coder } from '../coder.ts';
import { anthropicModel } from './anthropic-model.ts';
import { readCredentials } from './credentials.ts';
import type { Environment } from './credentials.ts';
import { DEFAULT_MODEL } from './model-traits.ts';
import { modelCoder } from './model-coder.ts';
import type { Effort } from './model-traits.ts';

export interface ClaudeOptions {
  /** Any id that the server knows; null for {@link DEFAULT_MODEL}. */
  model: string | null;
  env: Environment;
  blobs: BlobStore;
  caps: Caps;
  /** Events of the session's earlier runs. */
  events?: readonly Event[];
  effort?: Effort | null;
  /** Silence after which an answer counts as stalled; default 60,000 ms. */
  idleMs?: number;
}

/**
 * The agent, or why there is none: no key, or a cap on money for a model without a price. Both are known before
 * anything is sent.
 */
export function claudeCoder(
  options: ClaudeOptions,
): { kind: 'coder'; coder: Coder } | { kind: 'missingKey' | 'unpriced'; message: string } {
  const { env, blobs, events, effort, idleMs, caps } = options;
  const credentials = readCredentials(env);
  if (credentials.kind === 'missingKey') return credentials;
  const id = options.model ?? DEFAULT_MODEL;
  if (caps.maxUsdMicros !== undefined && pricesOf(id, 0, Date.now()) === null) {
    const message = `${id} has no price here, so --max-usd cannot be kept: leave it out, use --max-tokens, or name another --model`;
    return { kind: 'unpriced', message };
  }
  const model = anthropicModel({ model: id, credentials, ...(idleMs === undefined ? {} : { idleMs }) });
  const coder = modelCoder({
    model,
    blobs,
    ...(events === undefined ? {} : { events }),
    ...(effort === undefined ? {} : { effort }),
  });
  return { kind: 'coder', coder };
}
