/** Bytes by the SHA-256 of their content, compressed with zstd; the same bytes are kept once. */
import { hash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { LogFault } from './log-fault.ts';

/** What is read back; `exact` is false where a secret was taken out, so the bytes no longer have their hash. */
export interface Blob {
  bytes: Buffer;
  exact: boolean;
}

export interface Blobs {
  /** Keeps bytes and returns the SHA-256 of the original, 64 hex digits. `kept` is what is stored instead of it. */
  put(original: Buffer, kept?: Buffer): string;
  /** Undefined where there is none; throws {@link LogFault} `damaged` where the stored bytes are not what was stored. */
  get(hash: string): Blob | undefined;
}

/** No blob of ours is larger; bounds what a hostile frame can make us allocate. */
const LARGEST_BLOB = 256 * 1024 * 1024;

interface BlobRow {
  stored_hash: string;
  size: number;
  zstd: Buffer;
}

export function createBlobs(db: Database): Blobs {
  const insert = db.prepare(
    'INSERT INTO blob (hash, stored_hash, size, zstd) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const select: Statement<[string], BlobRow> = db.prepare('SELECT stored_hash, size, zstd FROM blob WHERE hash = ?');
  return {
    put(original, kept = original) {
      const key = hash('sha256', original);
      if (select.get(key) === undefined)
        insert.run(key, kept === original ? key : hash('sha256', kept), kept.length, zstdCompressSync(kept));
      return key;
    },
    get(key) {
      const row = select.get(key);
      if (row === undefined) return undefined;
      const bytes = decompress(row, key);
      if (hash('sha256', bytes) !== row.stored_hash) throw damaged(key);
      return { bytes, exact: row.stored_hash === key };
    },
  };
}

function decompress(row: BlobRow, key: string): Buffer {
  try {
    return zstdDecompressSync(row.zstd, { maxOutputLength: Math.min(row.size + 1, LARGEST_BLOB) });
  } catch (error) {
    throw damaged(key, error);
  }
}

function damaged(key: string, cause?: unknown): LogFault {
  return new LogFault(
    'damaged',
    `Blob ${key.slice(0, 12)} is damaged: its bytes do not have the hash they were stored under.`,
    cause,
  );
}
