/**
 * What rides in the processes of a service whose mutants are tried: a module, given to Node through NODE_OPTIONS, that
 * makes the service anew in the same process with another mutant on. It closes what listens, takes back what the service
 * has set on the process, and loads its modules once more, so that no state of theirs is left; packages stay.
 */
import { ACTIVE, REACHED } from './switch.ts';

/** Environment variable with what the agent must know, as JSON. */
const VARIABLE = 'PLUMB_SWITCHBOARD';

export interface SwitchAgentOptions {
  port: number;
  /** Shows the switchboard that it is one of ours. */
  token: string;
  /** URL of the folder whose modules are made anew, with a slash at its end. */
  root: string;
}

const AGENT = `
import module from 'node:module';
import { connect, Server } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
const options = JSON.parse(process.env.${VARIABLE} ?? 'null');
const started = process.argv[1] === undefined ? '' : pathToFileURL(process.argv[1]).href;
if (options !== null && started.startsWith(options.root) && typeof module.registerHooks === 'function') {
  const require = module.createRequire(options.root);
  const ours = (url) => url.startsWith(options.root) && !url.includes('/node_modules/');
  let generation = 0;
  module.registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      if (generation === 0 || !ours(resolved.url)) return resolved;
      return { ...resolved, url: resolved.url + (resolved.url.includes('?') ? '&' : '?') + 'generation=' + generation };
    },
  });
  const socket = connect(options.port, '127.0.0.1');
  socket.unref();
  socket.on('error', () => {});
  const say = (message) => socket.write(JSON.stringify(message) + '\\n');
  const servers = new Set();
  const connections = new Set();
  let heard;
  const listen = Server.prototype.listen;
  Server.prototype.listen = function (...args) {
    if (!servers.has(this)) {
      servers.add(this);
      this.on('connection', (connection) => {
        connections.add(connection);
        connection.once('close', () => connections.delete(connection));
      });
      this.on('listening', () => {
        if (this.address()?.port === Number(process.env.PORT)) heard?.();
      });
    }
    return Reflect.apply(listen, this, args);
  };
  const intervals = new Set();
  const setInterval = globalThis.setInterval;
  globalThis.setInterval = Object.assign((...args) => {
    const timer = setInterval(...args);
    intervals.add(timer);
    return timer;
  }, setInterval);
  const events = ['SIGTERM', 'SIGINT', 'SIGHUP', 'uncaughtException', 'unhandledRejection', 'beforeExit', 'exit', 'message'];
  const before = {
    environment: { ...process.env },
    folder: process.cwd(),
    globals: new Set(Object.getOwnPropertyNames(globalThis)),
    listeners: new Map(events.map((name) => [name, process.listeners(name)])),
  };
  const clear = () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections?.();
    }
    for (const connection of connections) connection.destroy();
    for (const timer of intervals) clearInterval(timer);
    servers.clear();
    intervals.clear();
    for (const [name, kept] of before.listeners)
      for (const listener of process.listeners(name)) if (!kept.includes(listener)) process.removeListener(name, listener);
    for (const name of Object.keys(process.env)) if (!(name in before.environment)) delete process.env[name];
    Object.assign(process.env, before.environment);
    if (process.cwd() !== before.folder) process.chdir(before.folder);
    for (const name of Object.getOwnPropertyNames(globalThis)) if (!before.globals.has(name)) delete globalThis[name];
    for (const name of Object.keys(require.cache)) if (ours(pathToFileURL(name).href)) delete require.cache[name];
  };
  const show = async (mutant) => {
    socket.ref();
    const isCommon = process.mainModule !== undefined;
    clear();
    globalThis.${ACTIVE} = mutant;
    generation++;
    let timer;
    const listening = new Promise((resolve, reject) => {
      heard = resolve;
      timer = setTimeout(() => reject(new Error('it does not listen')), options.limitMs);
    });
    listening.catch(() => {});
    try {
      if (isCommon) module._load(require.resolve(fileURLToPath(started)), null, true);
      else await import(pathToFileURL(require.resolve(fileURLToPath(started))).href + '?generation=' + generation);
      await listening;
      return {};
    } catch (error) {
      return { failed: String(error?.message ?? error).slice(0, 500) };
    } finally {
      clearTimeout(timer);
      heard = undefined;
      socket.unref();
    }
  };
  heard = () => say({ token: options.token });
  let rest = '';
  socket.setEncoding('utf8').on('data', async (chunk) => {
    const lines = (rest + chunk).split('\\n');
    rest = lines.pop();
    for (const line of lines) {
      const { id, mutant } = JSON.parse(line);
      say({ id, reached: globalThis.${REACHED} ?? 0, ...(mutant === undefined ? {} : await show(mutant)) });
    }
  });
}
`;

/** The environment that makes the Node process which serves load the agent; other processes do not care. */
export function switchAgentEnvironment(
  options: SwitchAgentOptions & { limitMs: number },
  nodeOptions = '',
): Record<string, string> {
  const agent = `data:text/javascript;base64,${Buffer.from(AGENT).toString('base64')}`;
  return {
    NODE_OPTIONS: `${nodeOptions} --import=${agent}`.trim(),
    [VARIABLE]: JSON.stringify(options),
  };
}
