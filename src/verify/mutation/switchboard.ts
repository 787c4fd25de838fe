/** Listens on the loopback for the agent in the process that serves, and tells it which mutant to show. */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import { switchAgentEnvironment } from './switch-agent.ts';

/** A service that does not listen by then will not. */
const LIMIT_MS = 3000;

export interface Switchboard {
  /** What the service is started with, so that it can be reached. */
  environment(nodeOptions: string | undefined): Record<string, string>;
  /** Makes the service anew with a mutant on; false where it cannot be, or nobody is there to do it. */
  show(mutant: number): Promise<boolean>;
  /** The mutant that was come by last, 0 for none; undefined where nobody can say. */
  reached(): Promise<number | undefined>;
  close(): void;
}

/** Starts to listen; `folder` is where the modules lie that are made anew. */
export async function openSwitchboard(folder: string): Promise<Switchboard> {
  const token = randomBytes(16).toString('hex');
  const sockets = new Set<Socket>();
  let serving: Socket | undefined;
  let last = 0;
  let answered: ((answer: JsonObject | undefined) => void) | undefined;
  const hear = (socket: Socket, line: string): void => {
    const said = parsed(line);
    if (said['token'] === token) serving = socket;
    else if (socket !== serving) socket.destroy();
    else if (said['id'] === last) answered?.(said);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.unref();
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hear(socket, line);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      if (socket !== serving) return;
      serving = undefined;
      answered?.(undefined);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const { port } = server.address() as AddressInfo;
  const ask = async (asked: JsonObject): Promise<JsonObject | undefined> => {
    const socket = serving;
    if (socket === undefined) return undefined;
    const answer = await new Promise<JsonObject | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), 2 * LIMIT_MS);
      answered = (one) => {
        clearTimeout(timer);
        resolve(one);
      };
      socket.write(`${JSON.stringify({ id: ++last, ...asked })}\n`);
    });
    answered = undefined;
    return answer;
  };
  const root = `${pathToFileURL(folder).href.replace(/\/$/, '')}/`;
  return {
    environment: (nodeOptions) => switchAgentEnvironment({ port, token, root, limitMs: LIMIT_MS }, nodeOptions),
    async show(mutant) {
      const answer = await ask({ mutant });
      return answer !== undefined && answer['failed'] === undefined;
    },
    async reached() {
      const answer = await ask({});
      return typeof answer?.['reached'] === 'number' ? answer['reached'] : undefined;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function parsed(line: string): JsonObject {
  try {
    const value = JSON.parse(line) as JsonValue;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
