import { sanitize } from '../../events/sanitize.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { EXIT, type Io } from '../io.ts';

const OPTIONS = {
  count: { type: 'string' },
  seed: { type: 'string' },
  negative: { type: 'boolean' },
  batch: { type: 'boolean' },
  documents: { type: 'string', multiple: true },
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
  const folders = flags['documents'];
  const documents = Array.isArray(folders)
    ? (await import('./sample-documents.ts')).readDocuments(folders.map(String), io.cwd)
    : { kind: 'found' as const, found: {} };
  if (documents.kind === 'usage') return usage(documents.message);
  if (flags['batch'] === true) {
    if (positionals.length > 0) return usage('--batch reads schemas on standard input, not arguments');
    return (await import('./sample-batch.ts')).sampleBatch(options, documents.found, io);
  }
  const [target, ...rest] = positionals;
  if (target === undefined || rest.length > 0) return usage('wants one SPEC#POINTER or one SCHEMA file (see --help)');
  return (await import('./sample-one.ts')).sampleOne(target, options, documents.found, io);
}
