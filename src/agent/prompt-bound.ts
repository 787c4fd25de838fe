/** How many tokens a prompt can have at most, known before it is sent. */

/**
 * Tokens that a server may add to what it is sent (the preamble that explains tools to the model, message framing).
 * The published figures are below 900.
 */
const SERVER_ADDED_TOKENS = 1500;

/**
 * A count of tokens that the prompt in this request body cannot exceed. Tokenizers of this kind work on bytes: a token
 * stands for at least one byte of the prompt, and the JSON of the body holds every such byte at least once (escaping
 * only lengthens). Dividing by an average of bytes per token would be too low for digits, code or rare scripts, and then
 * a cap could be overshot; so one byte counts as one token.
 */
export function promptTokenBound(body: string): number {
  return Buffer.byteLength(body) + SERVER_ADDED_TOKENS;
}

/**
 * The same, where the server has counted: its count is documented as an estimate that may be off by a little, so a
 * margin of 5 % and 200 tokens is put on it; the bound by bytes holds in any case.
 */
export function countedTokenBound(body: string, counted: number): number {
  return Math.min(promptTokenBound(body), Math.ceil(counted * 1.05) + 200);
}
