/** The files of a contract as they are read: each once, within limits over all of them together. */
import type { JsonValue } from '../../events/index.ts';
import { parseText } from '../text/parse.ts';
import type { Limits, Parsed, Problem, Shared } from '../text/syntax.ts';
import type { Files } from './files.ts';

/** More files than this are not one contract that anybody could review. */
const MAX_FILES = 5000;

export interface SourceFile {
  path: string;
  text: string;
  value: JsonValue;
  depth: number;
  sharesNodes: boolean;
  isContract: boolean;
}

/** A place in a file. */
export interface Spot {
  file: SourceFile;
  pointer: string;
}

export interface ContractText {
  path: string;
  text: string;
  parsed: Parsed;
}

export interface Sources {
  /** The contract itself. */
  readonly root: SourceFile;
  /** In the order in which they were read, the contract first. */
  readonly all: SourceFile[];
  /** What was found in files other than the contract. */
  readonly problems: { file: SourceFile; problem: Problem }[];
  /** Values in all files together. */
  values(): number;
  /** The file at a path, or why it is not read; that is undefined where the file's own problems say it. */
  load(path: string): SourceFile | { refused: string | undefined };
}

/** Starts with the contract; `added` is told of each file, the contract among them. */
export function createSources(
  contract: ContractText,
  { files, limits, added }: { files: Files; limits: Limits; added: (file: SourceFile) => void },
): Sources {
  const shared: Shared = contract.parsed;
  const loaded = new Map<string, SourceFile | { refused: string | undefined }>();
  const all: SourceFile[] = [];
  const problems: Sources['problems'] = [];
  let values = contract.parsed.values;
  let bytes = Buffer.byteLength(contract.text);

  const add = (path: string, text: string, parsed: Parsed, isContract: boolean): SourceFile => {
    const { value = null, depth, sharesNodes } = parsed;
    const file = { path, text, value, depth, sharesNodes, isContract };
    loaded.set(path, file);
    all.push(file);
    added(file);
    return file;
  };

  const load: Sources['load'] = (path) => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const refuse = (refused: string): { refused: string } => {
      loaded.set(path, { refused });
      return { refused };
    };
    if (all.length >= MAX_FILES) return refuse(`is not read: a contract has at most ${MAX_FILES} files`);
    const read = files.read(path);
    if (read.kind === 'none') return refuse('names a file that is not there');
    if (read.kind === 'refused') return refuse(`is not read: ${read.message}`);
    bytes += Buffer.byteLength(read.text);
    if (bytes > limits.maxBytes)
      return refuse(`is not read: all files of a contract together have at most ${limits.maxBytes} bytes`);
    const parsed = parseText(path, read.text, { ...limits, maxValues: limits.maxValues - values }, shared);
    values += parsed.values;
    const file = add(path, read.text, parsed, false);
    for (const problem of parsed.problems) problems.push({ file, problem });
    // What is wrong with it was said with its own place.
    if (parsed.value === undefined) loaded.set(path, { refused: undefined });
    return parsed.value === undefined ? { refused: undefined } : file;
  };

  return { root: add(contract.path, contract.text, contract.parsed, true), all, problems, values: () => values, load };
}
