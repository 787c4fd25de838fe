import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import { parseJson } from '../../spec/text/parse-json.ts';
import { parseYaml } from '../../spec/text/parse-yaml.ts';
import { resolveSpec } from '../../spec/resolve.ts';
import { specFromText } from '../../spec/load.ts';
import { DEFAULT_LIMITS } from '../../spec/text/syntax.ts';
import { dialectFor } from '../../verify/arbitrary.ts';
import { answerBatchLine, sample, type SampleOptions } from '../../verify/sample.ts';
import { createSchemas } from '../../verify/schema/index.ts';
import type { Dialect } from '../../spec/model.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { EXIT, type Io } from '../io.ts';

const OPTIONS = {
  count: { type: 'string' },
  seed: { type: 'string' },
  negative: { type: 'boolean' },
  batch: { type: 'boolean' },
} as const;

/** `plumb sample`: values that satisfy a schema, or with `--negative` break it, one JSON line each. */
export async function sampleCommand(args: string[], io: Io): Promise<number> {
  const usage = (message: string): number => {
    io.stderr(`plumb sample: ${sanitize(message)}\n`);
    return EXIT.usage;
  };
  const parsed = readArguments(args, OPTIONS);
  if (parsed.kind === 'usage') return usage(parsed.message);
  const { flags, positionals } = parsed.value;
  const count = wholeNumber(flags, 'count', 1, 1_000_000);
  if (count.kind === 'usage') return usage(count.message);
  const seed = wholeNumber(flags, 'seed', -2_147_483_648, 2_147_483_647);
  if (seed.kind === 'usage') return usage(seed.message);
  const options = { count: count.value ?? 10, seed: seed.value ?? 1, negative: flags['negative'] === true };
  if (flags['batch'] === true) {
    return positionals.length > 0
      ? usage('--batch reads schemas on standard input, not arguments')
      : batch(options, io);
  }
  const [target, ...rest] = positionals;
  if (target === undefined || rest.length > 0) return usage('wants one SPEC#POINTER or one SCHEMA file (see --help)');
  return one(target, options, io);
}

/** One answer a line, in order; a line that cannot be served is answered with `refused`, never left out. */
async function batch(options: SampleOptions, io: Io): Promise<number> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (io.signal.aborted) return EXIT.interrupted;
    if (line.trim() !== '') io.stdout(`${toSafeJson(answerBatchLine(line, options))}\n`);
  }
  return EXIT.pass;
}

function one(target: string, options: SampleOptions, io: Io): number {
  const found = findSchema(target, io.cwd);
  if (found.kind === 'none') {
    io.stderr(`plumb sample: ${sanitize(found.message)}\n`);
    return found.exit;
  }
  const schemas = createSchemas(found.document, { dialect: found.dialect });
  const result = sample(schemas, found.pointer, 'any', options);
  if (result.kind === 'refused') {
    const { keyword, pointer, reason } = result.refused;
    io.stderr(`plumb sample: ${sanitize(`${found.file}${pointer} ${keyword}: ${reason}`)}\n`);
    return EXIT.undecided;
  }
  if (result.values.length === 0) {
    io.stderr('plumb sample: no value breaks this schema, it allows everything\n');
    return EXIT.undecided;
  }
  const rows: readonly unknown[] = result.values;
  io.stdout(rows.map((row) => `${toSafeJson(row)}\n`).join(''));
  return EXIT.pass;
}

type FoundSchema =
  | { kind: 'schema'; file: string; document: JsonValue; pointer: string; dialect: Dialect }
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
  if (statSync(file).size > DEFAULT_LIMITS.maxBytes) {
    return none(`${file} is larger than ${DEFAULT_LIMITS.maxBytes} bytes`, EXIT.undecided);
  }
  const text = readFileSync(file, 'utf8');
  const read = file.endsWith('.json') ? parseJson(text, DEFAULT_LIMITS) : parseYaml(text, DEFAULT_LIMITS);
  if (read.value === undefined) {
    const [problem] = read.problems;
    return none(`${resolve(dirname(file), file)}: ${problem?.message ?? 'not a document'}`, EXIT.undecided);
  }
  const document = read.value;
  if (valueAt(document, pointer) === undefined) return none(`there is nothing at ${pointer} in ${file}`, EXIT.usage);
  if (isObject(document) && (document['openapi'] !== undefined || document['swagger'] !== undefined)) {
    if (pointer === '#') return none(`name a schema of the spec: ${target}#/components/schemas/NAME`, EXIT.usage);
    const spec = specFromText(text, { file, name: resolution.resolved.name });
    if (spec.kind === 'invalid') return none(spec.findings.map(({ message }) => message).join('\n'), EXIT.undecided);
    return { kind: 'schema', file, document, pointer, dialect: spec.spec.dialect };
  }
  return { kind: 'schema', file, document, pointer, dialect: dialectFor(document) };
}

function none(message: string, exit: number): FoundSchema {
  return { kind: 'none', message, exit };
}
