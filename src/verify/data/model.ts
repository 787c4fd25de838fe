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
  /** The whole file is not looked at. */
  | { kind: 'unread'; place: string; message: string };

export interface DataFiles {
  /** Relative names, sorted. */
  files: string[];
  /** Globs that match no file. */
  empty: string[];
  read(file: string): AsyncIterable<DataItem>;
}
