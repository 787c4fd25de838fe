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

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const settle = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
