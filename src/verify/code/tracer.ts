/** Traces a subject over a run: which of its code ran while which property was tried. Reads code, never writes any. */
import { readFileSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PropertyRef } from '../../events/index.ts';
import type { CodeScope } from '../model.ts';
import { agentEnvironment } from './agent.ts';
import { startCollector } from './collector.ts';
import { flatten, type Segment, sum } from './counts.ts';
import { withoutMark } from './lines.ts';
import { type CodeMap, mapOf, type Take, type TracedFile } from './map.ts';
import { originalsOf, withoutName } from './originals.ts';
import { isCode } from './syntax.ts';

/** How long a subject that is ready may take until its agent speaks up. */
const AGENT_MS = 1500;

export interface Tracer {
  /** Starts a subject whose code is traced. */
  follow<Source extends { env?: Record<string, string> }, Started extends { kind: string }>(
    source: Source,
    start: (source: Source) => Promise<Started>,
  ): Promise<Started>;
  /** What has run since the last call belongs to the start. */
  renewed(): Promise<void>;
  /** Says what has run since the last call: the cases of these properties. */
  after(refs: PropertyRef[]): Promise<void>;
  /** Ends the tracing, so that the subject is as fast as ever. */
  halt(): Promise<void>;
  /** The map of all that was traced, and what stands in its way. */
  finish(): Traced;
  close(): void;
}

export interface Traced {
  map: CodeMap | undefined;
  files: TracedFile[];
  takes: Take[];
  warnings: string[];
}

/** Makes a tracer of the code in a scope. */
export async function createTracer(scope: CodeScope): Promise<Tracer> {
  const root = realRoot(scope.root);
  const prefix = `${pathToFileURL(root).href.replace(/\/$/, '')}/`;
  const collector = await startCollector();
  const compiled = new Map<string, string>();
  const known = new Map<string, Segment[]>();
  const takes: Take[] = [];
  const started = new Map<string, Segment[]>();
  let seen = false;
  let since = performance.now();

  const take = async (): Promise<Map<string, Segment[]>> => {
    const scripts = new Map<string, Segment[]>();
    for (const script of await collector.take()) {
      const path = pathIn(root, script.url);
      if (path === undefined) continue;
      if (script.text !== undefined) compiled.set(path, withoutName(script.text));
      add(scripts, path, flatten(script.functions));
    }
    for (const [path, segments] of scripts) add(known, path, segments);
    return scripts;
  };

  const renewed = async (): Promise<void> => {
    for (const [path, segments] of await take()) add(started, path, segments);
    since = performance.now();
  };

  return {
    renewed,
    async follow(source, start) {
      const { port, token } = collector;
      const env = { ...source.env, ...agentEnvironment({ port, token, prefix }, source.env?.['NODE_OPTIONS']) };
      const began = await start({ ...source, env });
      if (began.kind !== 'subject') return began;
      await collector.waitForAgent(AGENT_MS);
      seen ||= collector.agents > 0;
      await renewed();
      return began;
    },
    async after(refs) {
      const scripts = await take();
      const now = performance.now();
      for (const ref of refs) takes.push({ ref, ms: now - since, scripts });
      since = now;
    },
    halt: () => collector.halt(),
    finish() {
      const warnings: string[] = [];
      const files: TracedFile[] = [];
      for (const script of known.keys()) {
        const text = compiled.get(script);
        if (text === undefined || !isCode(script)) continue;
        const originals = originalsOf(script, text, { root, read: (path) => readText(`${root}${sep}${path}`) });
        if ('problem' in originals) warnings.push(`the lines of ${script} cannot be told: ${originals.problem}`);
        else
          for (const original of originals.filter(({ file }) => scope.includes(file)))
            files.push({ ...original, script, start: started.get(script) ?? [] });
      }
      if (!seen)
        warnings.unshift('code coverage needs a service that runs on Node 20 or newer; no process of this one does');
      else if (files.length === 0)
        warnings.unshift(`code coverage saw no code of the spec under ${root}: the service loads none`);
      return { map: files.length === 0 ? undefined : mapOf(files, takes), files, takes, warnings };
    },
    close: () => collector.close(),
  };
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}

function readText(file: string): string | undefined {
  try {
    return withoutMark(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function pathIn(root: string, url: string): string | undefined {
  try {
    const path = fileURLToPath(new URL(url));
    return path.startsWith(`${root}${sep}`)
      ? path
          .slice(root.length + 1)
          .split(sep)
          .join('/')
      : undefined;
  } catch {
    return undefined;
  }
}

function add(all: Map<string, Segment[]>, path: string, segments: Segment[]): void {
  all.set(path, sum(all.get(path) ?? [], segments));
}
