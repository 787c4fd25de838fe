/** The bytes that a text of a binary schema stands for, one for each character; undefined where a character is none. */
export function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'latin1');
  return bytes.toString('latin1') === text ? bytes : undefined;
}
