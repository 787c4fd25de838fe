/** A text of a contract, or of a file that it refers to, as JSON values with places. */
import { extname } from 'node:path';
import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Limits, Parsed, Shared } from './syntax.ts';

/** JSON is tried first where the text begins like it: it is read faster, and nearly all of it is YAML too. */
export function parseText(file: string, text: string, limits: Limits, shared?: Shared): Parsed {
  if (extname(file).toLowerCase() === '.json') return parseJson(text, limits, shared);
  const json = LIKE_JSON.test(text) ? parseJson(text, limits, shared) : undefined;
  return json?.value === undefined ? parseYaml(text, limits, shared) : json;
}

const LIKE_JSON = /^\uFEFF?\s*\{/;
