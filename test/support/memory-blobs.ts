import { createHash } from 'node:crypto';
import type { BlobStore } from '../../src/agent/blob-store.ts';

/** Blobs in memory. */
export function memoryBlobs(): BlobStore & { blobs: Map<string, Uint8Array> } {
  const blobs = new Map<string, Uint8Array>();
  return {
    blobs,
    putBlob(bytes) {
      const buffer = Buffer.from(bytes);
      const hash = createHash('sha256').update(buffer).digest('hex');
      blobs.set(hash, buffer);
      return hash;
    },
    getBlob(hash) {
      const bytes = blobs.get(hash);
      return bytes === undefined ? undefined : { bytes, exact: true };
    },
  };
}
