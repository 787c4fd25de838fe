/** The bytes that a text of a binary schema stands for: one for each character where all of them are bytes, else UTF-8. */
export function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return bytes.toString('latin1') === text ? bytes : Buffer.from(text.toWellFormed());
}
