/** Why the log cannot be read or written. */
export type LogFaultKind =
  /** No space left, or a quota reached. */
  | 'diskFull'
  /** The file or its folder may not be written. */
  | 'readOnly'
  /** Another process held the write lock for longer than the time-out. */
  | 'busy'
  /** Another live process writes this session. */
  | 'leased'
  /** The database was written by a newer program. */
  | 'newer'
  /** The bytes on disk are not what was written. */
  | 'damaged'
  /** There is no such session, event or blob. */
  | 'missing'
  | 'other';

/** An environment fault of the log; its message says what happened, where, and what to do next. */
export class LogFault extends Error {
  override readonly name = 'LogFault';
  readonly kind: LogFaultKind;

  constructor(kind: LogFaultKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

/** Translates what SQLite or the file system threw; a fault that already is one passes unchanged. */
export function toLogFault(error: unknown, file: string): LogFault {
  if (error instanceof LogFault) return error;
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_IOERR_WRITE')
    return new LogFault(
      'diskFull',
      `The disk is full: ${file} could not be written (${text}). Free some space and resume the session.`,
      error,
    );
  if (
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code === 'EACCES' ||
    code === 'EROFS' ||
    code === 'EPERM'
  )
    return new LogFault(
      'readOnly',
      `${file} cannot be opened for writing (${text}). Check the rights of the file and of its folder.`,
      error,
    );
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new LogFault(
      'busy',
      `${file} is locked by another process (${text}). Try again when it has finished.`,
      error,
    );
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
    return new LogFault(
      'damaged',
      `${file} is damaged (${text}). Start plumb again: it sets the file aside and begins a new one.`,
      error,
    );
  return new LogFault('other', `${file}: ${text}`, error);
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
