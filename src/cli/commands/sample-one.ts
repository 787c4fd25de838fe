import { isObject, type JsonValue, valueAt } from '../../events/json.ts';
import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import { bundle } from '../../spec/bundle/bundle.ts';
import { bundleFolder, diskFiles, readText } from '../../spec/disk.ts';
import { specFromText } from '../../spec/load.ts';
import { parseText } from '../../spec/text/parse.ts';
import { lineIndex } from '../../spec/text/places.ts';
import type { Dialect, Finding } from '../../spec/model.ts';
import { resolveSpec } from '../../spec/resolve.ts';
import { DEFAULT_LIMITS } from '../../spec/text/syntax.ts';
import { roundedIn } from '../../verify/rounded.ts';
import { sample, type SampleOptions, type SampleRefusal } from '../../verify/sample.ts';
import { dialectFor } from '../../verify/schema/dialect.ts';
import { openSchemas } from '../../verify/schema/open.ts';
import { drained } from '../drained.ts';
import { EXIT, type Io } from '../io.ts';

/** Values of one schema, named by its file and the place in it. */
export async function sampleOne(
  target: string,
  options: SampleOptions,
  documents: Record<string, JsonValue>,
  io: Io,
): Promise<number> {
  const found = findSchema(target, io.cwd);
  if (found.kind === 'none') {
    io.stderr(`plumb sample: ${sanitize(found.message)}\n`);
    return found.exit;
  }
  if (found.rounded !== undefined) {
    const { keyword, pointer, reason } = found.rounded;
    io.stderr(`plumb sample: ${sanitize(`${found.file}${pointer} ${keyword}: ${reason}`)}\n`);
    return EXIT.undecided;
  }
  const schemas = openSchemas(found.document, { dialect: found.dialect, documents });
  const result = sample(schemas, found.pointer, 'any', options);
  if (result.kind === 'refused') {
    const { keyword, pointer, reason } = result.refused;
    io.stderr(`plumb sample: ${sanitize(`${found.file}${pointer} ${keyword}: ${reason}`)}\n`);
    return EXIT.undecided;
  }
  for (const value of result.values) {
    if (io.signal.aborted) return EXIT.interrupted;
    io.stdout(`${toSafeJson(value)}\n`);
    if (process.stdout.writableNeedDrain) await drained(io.signal);
  }
  return EXIT.pass;
}

type FoundSchema =
  | {
      kind: 'schema';
      file: string;
      document: JsonValue;
      pointer: string;
      dialect: Dialect;
      /** What under the pointer was rounded when it was read. */
      rounded: SampleRefusal | undefined;
    }
  | { kind: 'none'; message: string; exit: number };

/** The document and place that a target such as `api.yaml#/components/schemas/X` or `schema.json` means. */
function findSchema(target: string, cwd: string): FoundSchema {
  const hash = target.indexOf('#');
  const name = hash < 0 ? target : target.slice(0, hash);
  const pointer = hash < 0 ? '#' : target.slice(hash);
  const resolution = resolveSpec(name === '' ? undefined : name, cwd);
  if (resolution.kind === 'unresolved') {
    const lines = resolution.findings.map(({ message, hint }) => `${message}; ${hint ?? ''}`);
    return none(lines.join('\n'), EXIT.usage);
  }
  const { file } = resolution.resolved;
  const opened = readText(file, DEFAULT_LIMITS.maxBytes);
  if (opened.kind !== 'text')
    return none(`${file}: ${opened.kind === 'none' ? 'there is no such file' : opened.message}`, EXIT.undecided);
  const { text } = opened;
  const folder = bundleFolder(file);
  const source = { file, folder, files: diskFiles(folder, DEFAULT_LIMITS.maxBytes), limits: DEFAULT_LIMITS };
  const read = parseText(file, text, DEFAULT_LIMITS);
  if (read.value === undefined) {
    const [problem] = read.problems;
    if (problem === undefined) return none(`${file}: not a document`, EXIT.undecided);
    return none(described({ ...problem, location: { file, ...lineIndex(text)(problem.offset) } }), EXIT.undecided);
  }
  const joined = bundle(read, { ...source, text });
  const [refusal] = joined.findings.filter(({ severity }) => severity === 'error');
  if (refusal !== undefined) return none(described(refusal), EXIT.undecided);
  const document = joined.parsed.value ?? null;
  const wanted = valueAt(document, pointer);
  if (wanted === undefined) return none(`there is nothing at ${pointer} in ${file}`, EXIT.usage);
  const inner = roundedIn(wanted, joined.parsed.inexact);
  const rounded = inner === undefined ? undefined : { ...inner, pointer: inner.pointer.replace('#', pointer) };
  if (isObject(document) && (document['openapi'] !== undefined || document['swagger'] !== undefined)) {
    if (pointer === '#') return none(`name a schema of the spec: ${target}#/components/schemas/NAME`, EXIT.usage);
    const spec = specFromText(text, { ...source, name: resolution.resolved.name });
    if (spec.kind === 'invalid') return none(spec.findings.map(({ message }) => message).join('\n'), EXIT.undecided);
    return { kind: 'schema', file, document: spec.spec.document, pointer, dialect: spec.spec.dialect, rounded };
  }
  return { kind: 'schema', file, document, pointer, dialect: dialectFor(document), rounded };
}

/** `file:line:column`, what is wrong, and what to do. */
function described({ location, message, hint }: Pick<Finding, 'location' | 'message' | 'hint'>): string {
  return `${location.file}:${location.line}:${location.column} ${message}${hint === undefined ? '' : `; ${hint}`}`;
}

function none(message: string, exit: number): FoundSchema {
  return { kind: 'none', message, exit };
}
