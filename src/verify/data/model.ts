/** The port to files of records. */
import type { JsonValue } from '../../events/index.ts';

export type DataItem =
  | {
      kind: 'record';
      value: JsonValue;
      /** `data/a.jsonl:17:5`, the place of a pointer into the record. */
      place: (pointer: string) => string;
    }
  /** It should be a record and cannot be parsed. */
  | { kind: 'broken'; place: string; message: string }
  /** A file or a record that is not looked at. */
  | { kind: 'unread'; place: string; message: string };

export interface DataFiles {
  /** Relative names, sorted. */
  files: string[];
  /** Globs that match no file. */
  empty: string[];
  read(file: string): AsyncIterable<DataItem>;
  /** Share of all bytes that was read so far, up to 1. */
  readShare(): number;
}
