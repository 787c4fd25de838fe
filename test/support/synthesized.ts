/** Services that the built-in agent makes, written to a folder and loaded or run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CoderTurn } from '../../src/agent/coder.ts';
import { buildDesign } from '../../src/agent/builtin/build-design.ts';
import type { Design } from '../../src/agent/builtin/design.ts';
import { emitService } from '../../src/agent/builtin/emit/service.ts';
import { loadSpec } from '../../src/spec/load.ts';
import type { Spec } from '../../src/spec/model.ts';
import { specFromText } from '../../src/spec/load.ts';
import type { JsonValue } from '../../src/events/index.ts';
import { memoryRecorder, type MemoryRecorder } from './memory-recorder.ts';
import { memoryWorkspace } from './memory-workspace.ts';

const require = createRequire(import.meta.url);

/** A spec of `test/support/specs`, or a shipped one by its folder. */
export async function fixtureSpec(name: string): Promise<Spec> {
  const here = dirname(fileURLToPath(import.meta.url));
  const shipped = join(here, '../../specs', name, 'openapi.yaml');
  const read = await loadSpec(name.includes('-') ? shipped : join(here, 'specs', `${name}.yaml`));
  if (read.kind !== 'spec') throw new Error(`${name}: ${JSON.stringify(read.findings)}`);
  return read.spec;
}

/** A spec from a document. */
export function specOf(document: JsonValue): Spec {
  const read = specFromText(JSON.stringify(document), { file: '/spec.json', name: 'spec' });
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  return read.spec;
}

/** Writes the service of a design; `change` may switch things on first. */
export function writeService(folder: string, spec: Spec, change: (design: Design) => void = () => {}): Design {
  const design = buildDesign(spec);
  change(design);
  writeFiles(folder, emitService(spec, design));
  return design;
}

export function writeFiles(folder: string, files: Record<string, string> | Map<string, string>): void {
  for (const [name, text] of files instanceof Map ? files : Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** One of the service's own modules. */
export function moduleOf<T>(folder: string, name: string): T {
  const loaded: T = require(join(folder, name));
  return loaded;
}

/** A turn on a workspace in memory. */
export function turnOn(
  spec: Spec,
  over: Partial<CoderTurn> = {},
): CoderTurn & { recorder: MemoryRecorder; workspace: ReturnType<typeof memoryWorkspace> } {
  const recorder = memoryRecorder();
  const workspace = memoryWorkspace();
  return {
    round: 1,
    spec,
    prompt: null,
    codeFolder: 'services/it',
    writable: ['services/it/**'],
    start: 'node server.js',
    caps: {},
    lastReport: null,
    verify: () => Promise.reject(new Error('the built-in agent does not verify by itself')),
    approve: () => Promise.resolve(false),
    signal: new AbortController().signal,
    ...over,
    recorder,
    workspace,
  };
}
