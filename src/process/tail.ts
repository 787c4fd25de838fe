/** The last bytes of a stream in bounded memory, however much goes through it. */
export interface Tail {
  push(chunk: Buffer): void;
  /** At most the limit. */
  bytes(): Buffer;
  /** At most the limit, decoded as UTF-8; begins at a whole line where something was dropped. */
  text(): string;
}

/** Keeps at most `limitBytes`. */
export function createTail(limitBytes: number): Tail {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let dropped = false;
  const compact = (): void => {
    const all = Buffer.concat(chunks, bytes);
    dropped ||= all.length > limitBytes;
    // Copied, so that a large pooled chunk is not held for its last bytes.
    chunks = [Buffer.from(all.subarray(Math.max(0, all.length - limitBytes)))];
    bytes = chunks[0]?.length ?? 0;
  };
  return {
    push(chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > 4 * limitBytes || chunks.length > 1000) compact();
    },
    bytes() {
      compact();
      return chunks[0] ?? Buffer.alloc(0);
    },
    text() {
      compact();
      const text = chunks[0]?.toString('utf8') ?? '';
      return dropped ? text.slice(text.indexOf('\n') + 1) : text;
    },
  };
}
