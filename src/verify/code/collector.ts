/** Listens on the loopback for the agents in a service's processes and takes their coverage. */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { ScriptCoverage } from './counts.ts';

const TAKE_MS = 3000;
/** A longer line is not from an agent of ours. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

export interface Collector {
  port: number;
  token: string;
  /** Processes and threads that have spoken up and still run. */
  readonly agents: number;
  /** Resolves when an agent is there, or after the time given. */
  waitForAgent(timeMs: number): Promise<void>;
  /** What ran since the last take, one entry for each script of each process. Counts start anew. */
  take(): Promise<ScriptCoverage[]>;
  /** Ends the counting in the processes that run now; they are as fast as ever afterwards. */
  halt(): Promise<void>;
  close(): void;
}

interface Agent {
  ask(what: 'take' | 'stop'): Promise<ScriptCoverage[]>;
}

/** Starts to listen. */
export async function startCollector(): Promise<Collector> {
  const token = randomBytes(16).toString('hex');
  const agents = new Set<Agent>();
  const sockets = new Set<Socket>();
  let arrived: (() => void)[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.unref();
    const waiting = new Map<number, (scripts: ScriptCoverage[]) => void>();
    let last = 0;
    let trusted = false;
    const agent: Agent = {
      ask: (what) =>
        new Promise((resolve) => {
          const id = ++last;
          const timer = setTimeout(() => settle([]), TAKE_MS);
          const settle = (scripts: ScriptCoverage[]): void => {
            clearTimeout(timer);
            waiting.delete(id);
            resolve(scripts);
          };
          waiting.set(id, settle);
          socket.write(`${JSON.stringify({ id, ask: what })}\n`);
        }),
    };
    let chunks: string[] = [];
    let bytes = 0;
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      bytes += chunk.length;
      if (bytes > MAX_LINE_BYTES) return void socket.destroy();
      chunks.push(chunk);
      if (!chunk.includes('\n')) return;
      const lines = chunks.join('').split('\n');
      chunks = [lines.pop() ?? ''];
      bytes = chunks[0]?.length ?? 0;
      for (const line of lines) {
        const said = read(line);
        if (!trusted) {
          if (said?.token !== token) return void socket.destroy();
          trusted = true;
          agents.add(agent);
          for (const tell of arrived.splice(0)) tell();
        } else if (said?.id !== undefined) waiting.get(said.id)?.(said.scripts ?? []);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      agents.delete(agent);
      for (const settle of waiting.values()) settle([]);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    token,
    get agents() {
      return agents.size;
    },
    async waitForAgent(timeMs) {
      if (agents.size > 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeMs);
        arrived.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
      arrived = [];
    },
    take: async () => (await Promise.all([...agents].map((agent) => agent.ask('take')))).flat(),
    async halt() {
      await Promise.all([...agents].map((agent) => agent.ask('stop')));
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function read(line: string): { token?: string; id?: number; scripts?: ScriptCoverage[] } | undefined {
  try {
    return JSON.parse(line) as { token?: string; id?: number; scripts?: ScriptCoverage[] };
  } catch {
    return undefined;
  }
}
