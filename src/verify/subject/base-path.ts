/**
 * Whether a service that was given by its URL serves the paths of its contract below the path of the contract's server,
 * as it should, or at the root, as many do where they are run by themselves.
 */
import type { Operation, Spec } from '../../spec/model.ts';
import { createSender } from './send.ts';

/** What a look at a few operations says; `warning` where it is worth a word. */
export interface Served {
  /** The path that goes before those of the contract. */
  basePath: string;
  warning?: string;
}

/** Operations that are asked for. */
const MOST = 3;
const TIMEOUT_MS = 3000;

/** Asks for operations that need nothing, where the contract's server has a path that the URL does not have. */
export async function servedAt(spec: Spec, url: string, signal?: AbortSignal): Promise<Served> {
  const { basePath } = spec;
  const own = URL.parse(url)?.pathname;
  const asked = basePath === '' || own === undefined || withoutSlash(own).endsWith(basePath) ? [] : plainReads(spec);
  if (asked.length === 0) return { basePath };
  const sender = createSender(url);
  const statusOf = async (path: string): Promise<number | undefined> => {
    const answer = await sender.send({ method: 'GET', path, headers: {}, timeoutMs: TIMEOUT_MS }, signal);
    return answer.kind === 'answer' ? answer.status : undefined;
  };
  try {
    let found: { path: string; status: number } | undefined;
    for (const operation of asked) {
      const { path } = operation;
      if ((await statusOf(basePath + path)) !== 404) return { basePath };
      const status = await statusOf(path);
      if (status !== undefined && isServed(operation, status)) found ??= { path, status };
    }
    const [first] = asked;
    const told = `${withoutSlash(url)}${basePath}${found?.path ?? first?.path}`;
    if (found === undefined)
      return {
        basePath,
        warning: `GET ${told} is answered with 404, and so is it without ${basePath}, the path of the contract's server: is the URL right?`,
      };
    return {
      basePath: '',
      warning: `GET ${told} is answered with 404, and without ${basePath}, the path of the contract's server, with ${found.status}: all is asked for without it; correct servers in the contract, or the URL`,
    };
  } finally {
    await sender.close();
  }
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}

/** Operations that a bare GET calls. */
function plainReads({ operations }: Spec): Operation[] {
  return operations
    .filter((one) => one.method === 'get' && one.basePath === undefined && !one.path.includes('{'))
    .filter(({ parameters }) => !parameters.some(({ required }) => required))
    .slice(0, MOST);
}

/** True where that is an answer of the operation: one that it documents, or a refusal for want of credentials. */
function isServed({ responses }: Operation, status: number): boolean {
  if (status === 401 || status === 403) return true;
  return (
    status !== 404 &&
    responses.some((one) => one.status === `${status}` || one.status === `${Math.floor(status / 100)}XX`)
  );
}
