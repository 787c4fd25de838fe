import { type AddressInfo, connect, createServer } from 'node:net';

/** A TCP port on loopback that was free a moment ago; someone may take it before its user does. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The loopback address at which the port accepts, or null. A server on `localhost` may have only one of the two. */
export async function acceptingHost(port: number): Promise<'127.0.0.1' | '[::1]' | null> {
  if (await accepts('127.0.0.1', port)) return '127.0.0.1';
  return (await accepts('::1', port)) ? '[::1]' : null;
}

/** Why nothing can be asked at the host and port of a URL; null where something accepts there. */
export function unreachable(url: URL): Promise<string | null> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return refusal(url.hostname.replace(/^\[|\]$/g, ''), port, 5000);
}

async function accepts(host: string, port: number): Promise<boolean> {
  return (await refusal(host, port, 1000)) === null;
}

function refusal(host: string, port: number, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (reason: string | null): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => settle(null));
    socket.once('timeout', () => settle(`no connection in ${timeoutMs} ms`));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.message || (error.code ?? 'no connection')));
  });
}
