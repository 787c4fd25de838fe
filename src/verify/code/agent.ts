/**
 * What rides in the processes of a service while its code is traced: a module, given to Node through NODE_OPTIONS,
 * that starts V8's precise coverage before the first line of the service and hands it over when it is asked. Shells and
 * package runners start their children with the same environment, so that the right process is among those that speak
 * up. No debugger is attached: no port is opened in the service, and none waits for one at its end.
 */

/** Environment variable with what the agent must know, as JSON. */
const VARIABLE = 'PLUMB_TRACE';

export interface AgentOptions {
  port: number;
  /** Shows the collector that it is one of ours. */
  token: string;
  /** Only scripts whose URL starts with it are handed over. */
  prefix: string;
}

const AGENT = `
import { Session } from 'node:inspector';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
const options = JSON.parse(process.env.${VARIABLE} ?? 'null');
if (options !== null) {
  // Calls are not counted in what Maglev compiles, nor those that are inlined.
  for (const flag of ['--no-maglev', '--no-turbo-inlining']) setFlagsFromString(flag);
  const session = new Session();
  session.connect();
  const post = (method, params) => { let out; session.post(method, params, (error, result) => { out = result; }); return out; };
  post('Profiler.enable');
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const ours = ({ url }) => url.startsWith(options.prefix) && !url.includes('/node_modules/');
  const told = new Set();
  const withTexts = (scripts) => {
    const fresh = new Set(scripts.map(({ url }) => url).filter((url) => !told.has(url)));
    if (fresh.size === 0) return scripts;
    const ids = new Map();
    const note = ({ params }) => { if (fresh.has(params.url)) ids.set(params.url, params.scriptId); };
    session.on('Debugger.scriptParsed', note);
    post('Debugger.enable');
    const texts = new Map([...ids].map(([url, scriptId]) => [url, post('Debugger.getScriptSource', { scriptId })?.scriptSource]));
    post('Debugger.disable');
    session.off('Debugger.scriptParsed', note);
    return scripts.map((script) => {
      if (!fresh.delete(script.url)) return script;
      told.add(script.url);
      return { ...script, text: texts.get(script.url) };
    });
  };
  const take = () => withTexts((post('Profiler.takePreciseCoverage')?.result ?? []).filter(ours));
  const socket = connect(options.port, '127.0.0.1');
  socket.unref();
  socket.on('error', () => {});
  const say = (message) => socket.write(JSON.stringify(message) + '\\n');
  say({ token: options.token, pid: process.pid });
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\\n');
    rest = lines.pop();
    for (const line of lines) {
      const { id, ask } = JSON.parse(line);
      if (ask === 'stop') post('Profiler.stopPreciseCoverage');
      say({ id, scripts: ask === 'take' ? take() : [] });
    }
  });
}
`;

/** The environment that makes every Node process under it load the agent; other programs do not care. */
export function agentEnvironment(options: AgentOptions, nodeOptions = ''): Record<string, string> {
  const module = `data:text/javascript;base64,${Buffer.from(AGENT).toString('base64')}`;
  return {
    NODE_OPTIONS: `${nodeOptions} --import=${module}`.trim(),
    [VARIABLE]: JSON.stringify(options),
  };
}
