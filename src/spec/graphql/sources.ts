/** The files of a GraphQL contract as one text, and the way back from an offset in it to a file and line. */
import { lineIndex } from '../text/places.ts';
import type { Location } from '../model.ts';

export interface SdlFile {
  file: string;
  text: string;
}

/** One text over all files, each ending in a line break, with its way back. */
export interface JoinedSdl {
  text: string;
  place(offset: number): Location;
}

/** Joins files in the given order. */
export function joinSdl(files: readonly SdlFile[]): JoinedSdl {
  const parts: { file: string; start: number; place: ReturnType<typeof lineIndex> }[] = [];
  let text = '';
  for (const { file, text: own } of files) {
    parts.push({ file, start: text.length, place: lineIndex(own) });
    text += files.length === 1 || own.endsWith('\n') ? own : `${own}\n`;
  }
  return {
    text,
    place(offset) {
      const part = parts.findLast(({ start }) => start <= offset) ?? parts[0];
      if (part === undefined) return { file: '', line: 1, column: 1 };
      return { file: part.file, ...part.place(offset - part.start) };
    },
  };
}
