/** JSON Lines, split as bytes, so that neither a long file nor a broken character costs more than its line. */
import type { DataItem } from '../data/model.ts';
import { lineRecord, notUtf8, withoutMark } from './data-record.ts';

/** Bytes of one line. */
const MAX_LINE = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The records of a stream of bytes; `name` is what their places begin with. */
export async function* recordsOf(chunks: AsyncIterable<unknown>, name: string): AsyncGenerator<DataItem> {
  let pending: Buffer[] = [];
  let length = 0;
  let line = 0;
  let skipping = false;
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) continue;
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      pending.push(chunk.subarray(start, end));
      length += end - start;
      start = end + 1;
      line++;
      const item = skipping ? undefined : lineItem(pending, length, name, line);
      skipping = false;
      pending = [];
      length = 0;
      if (item !== undefined) yield item;
    }
    const rest = chunk.subarray(start);
    length += rest.length;
    if (length > MAX_LINE) {
      if (!skipping) yield tooLong(name, line + 1);
      skipping = true;
      pending = [];
    } else if (!skipping) pending.push(rest);
  }
  const last = skipping ? undefined : lineItem(pending, length, name, line + 1);
  if (last !== undefined) yield last;
}

function tooLong(name: string, line: number): DataItem {
  return { kind: 'broken', place: `${name}:${line}:1`, message: `the line is longer than ${MAX_LINE} bytes` };
}

function lineItem(parts: Buffer[], length: number, name: string, line: number): DataItem | undefined {
  if (length > MAX_LINE) return tooLong(name, line);
  const [only] = parts;
  const bytes = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
  const text = withoutMark(bytes);
  if (text === undefined) return notUtf8(name, line, 'line');
  return text.trim() === '' ? undefined : lineRecord(text, name, line);
}
