/** A contract and the files that it refers to, as one document with places in all of them. */
import { posix, relative, sep } from 'node:path';
import { at, isObject, type JsonObject } from '../../events/index.ts';
import type { Finding } from '../model.ts';
import { rootKindOf } from '../openapi/grammar.ts';
import { own } from '../reader.ts';
import type { Limits, Parsed } from '../text/syntax.ts';
import { type Files, joinTexts } from './files.ts';
import { gather } from './gather.ts';
import { join, placesOf } from './join.ts';
import type { SourceFile } from './sources.ts';

export interface Bundle {
  parsed: Parsed;
  /** All texts as one, where there are several. */
  text: string;
  /** Absolute paths, the contract first. */
  files: string[];
  findings: Finding[];
}

export interface BundleSource {
  text: string;
  /** Absolute paths of the contract and of the folder that its files are in. */
  file: string;
  folder: string;
  files: Files;
  limits: Limits;
}

/** Joins what a contract refers to into its document. Without references to files all stays as it is. */
export function bundle(parsed: Parsed, source: BundleSource): Bundle {
  const { text, file, folder, files, limits } = source;
  const document = parsed.value;
  if (!isObject(document)) return { parsed, text, files: [file], findings: [] };
  const path = relative(folder, file).split(sep).join('/');
  const gathered = gather({
    contract: { path, text, parsed },
    rootKind: rootKindOf(document),
    files,
    limits,
    usesIds: knowsIds(document),
  });
  if (gathered.sites.length + gathered.refusals.length + gathered.broken.length === 0)
    return { parsed, text, files: [file], findings: [] };
  const absolute = (name: string): string => (name === path ? file : posix.join(folder.split(sep).join('/'), name));
  const { maxDepth, maxValues } = limits;
  const joined = join(gathered, { document, offsets: parsed.offsets, maxDepth, maxValues, absolute });
  // The text of all files together is not where its offsets lead.
  const [contract] = gathered.files;
  if (contract !== undefined) joined.sources.set(document, { file, offset: 0, place: placesOf(contract) });
  const finding = (
    at: { file: SourceFile; offset: number },
    rest: Pick<Finding, 'rule' | 'severity' | 'pointer' | 'message'> & { hint?: string | undefined },
  ): Finding => {
    const { hint, ...told } = rest;
    const location = { file: absolute(at.file.path), ...placesOf(at.file)(at.offset) };
    return { ...told, location, ...(hint === undefined ? {} : { hint }) };
  };
  const offsetOf = (node: JsonObject, keyword: string): number => parsed.offsets.get(node)?.[keyword] ?? 0;
  const refused = [
    ...gathered.refusals,
    ...joined.refusals.map(({ site, message, hint }) => ({
      ...site,
      keyword: '$ref',
      rule: 'external-reference',
      message: `reference ${JSON.stringify(site.node['$ref'])} ${message}`,
      hint,
    })),
  ];
  const findings = [
    ...gathered.problems.map(({ file: where, problem: { offset, ...problem } }) =>
      finding({ file: where, offset }, { ...problem, pointer: '#' }),
    ),
    ...refused.map(({ node, keyword, rule, message, hint, ...spot }) => {
      const pointer = joined.pointerOf(spot);
      return finding(
        { file: spot.file, offset: offsetOf(node, keyword) },
        { rule, severity: 'error', pointer: pointer === undefined ? '#' : at(pointer, keyword), message, hint },
      );
    }),
  ];
  return {
    parsed: {
      ...parsed,
      sources: joined.sources,
      refused: new Set([...gathered.broken, ...refused.map(({ node }) => node)]),
    },
    text: gathered.files.length > 1 ? joinTexts(gathered.files) : text,
    files: gathered.files.map((one) => absolute(one.path)),
    findings,
  };
}

/** Neither Swagger 2.0 nor OpenAPI 3.0 knows `$id`. */
function knowsIds(document: JsonObject): boolean {
  return own(document, 'swagger') === undefined && !String(own(document, 'openapi')).startsWith('3.0');
}
