/** Where large byte-exact payloads are kept, by the SHA-256 of their content. */
export interface BlobStore {
  /** Keeps the bytes durably; returns their SHA-256, 64 hex digits. */
  putBlob(bytes: Uint8Array | string): string;
  /** `exact` is false where a secret was taken out of them; undefined where there are none of that hash. */
  getBlob(hash: string): { bytes: Uint8Array; exact: boolean } | undefined;
}

/** The text of a blob that is exactly what was kept; null where it is gone or was redacted. */
export function exactText(store: BlobStore, hash: string): string | null {
  const blob = store.getBlob(hash);
  return blob?.exact === true ? Buffer.from(blob.bytes).toString('utf8') : null;
}
