/**
 * `100 Continue` that nobody asked for. A client must read interim answers that it does not expect (RFC 9110 §15.2);
 * undici reads all of them but this one, for which it drops the connection.
 */
import type { Socket } from 'node:net';

const BEGINNING = Buffer.from('HTTP/1.1 100 ');
const END = '\r\n\r\n';

/** Lets a socket's reader not see them while `awaiting` says that the beginning of an answer is due. */
export function skipContinue(socket: Socket, awaiting: () => boolean): void {
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    for (;;) {
      const chunk: unknown = read(size);
      if (!Buffer.isBuffer(chunk) || !awaiting()) return chunk;
      const rest = withoutContinue(chunk);
      if (rest === undefined || rest.length > 0) return rest ?? chunk;
    }
  };
}

/** What is left of bytes that begin with such answers; undefined where they begin with none. */
function withoutContinue(chunk: Buffer): Buffer | undefined {
  let from = 0;
  while (chunk.subarray(from, from + BEGINNING.length).equals(BEGINNING)) {
    const end = chunk.indexOf(END, from);
    if (end < 0) break;
    from = end + END.length;
  }
  return from === 0 ? undefined : chunk.subarray(from);
}
