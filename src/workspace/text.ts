/** Beyond this a file is treated like one that is not text: stored and applied whole, not compared line by line. */
const maxTextBytes = 2 * 1024 * 1024;

/** The text of UTF-8 content; null where it is not text (invalid UTF-8, a NUL byte) or longer than 2 MiB. */
export function textOf(content: Uint8Array): string | null {
  if (content.length > maxTextBytes || content.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** Lines with their line ends; joined they are the text. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
