/** Reads the code of a scope, within limits: a part of it serves as well. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeScope } from '../model.ts';
import type { CodeText } from './harvest.ts';
import { withoutMark } from './lines.ts';
import { isCode } from './syntax.ts';

const MAX_FILES = 300;
const MAX_FILE_BYTES = 512 * 1024;
/** UTF-16 units of all texts together: parsing them comes before the first case. */
const MAX_TEXT = 2 * 1024 * 1024;
const MAX_ENTRIES = 20_000;
const LEFT_OUT = /^(?:\..*|node_modules|dist|build|coverage|tests?|__tests__)$/;

/** The texts in the order of their paths. Tests and what was built or installed are left out. */
export function readCode({ root, includes, literalsFrom = '' }: CodeScope): CodeText[] {
  const texts: CodeText[] = [];
  let entries = 0;
  let length = 0;
  const walk = (folder: string): void => {
    for (const entry of entriesOf(join(root, folder))) {
      if (++entries > MAX_ENTRIES || texts.length >= MAX_FILES) return;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !LEFT_OUT.test(entry.name)) walk(path);
      else if (entry.isFile() && isCode(path) && !/\.(?:test|spec)\./.test(path) && includes(path)) {
        const text = textOf(join(root, path));
        if (text === undefined || length + text.length > MAX_TEXT) continue;
        length += text.length;
        texts.push({ file: path, text });
      }
    }
  };
  walk(literalsFrom === '.' ? '' : literalsFrom);
  return texts;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return statSync(file).size > MAX_FILE_BYTES ? undefined : withoutMark(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
