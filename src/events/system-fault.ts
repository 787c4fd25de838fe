/** Codes of the operating system in words; whoever says them names the file first. */
const WORDS: Record<string, string> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'a folder is there, not a file',
  EACCES: 'this user may not do that; check the owner and the mode',
  EPERM: 'this user may not do that; check the owner and the mode',
  EROFS: 'this file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
};

/** Why a file could not be used, for a person: `it is not there`. */
export function systemFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (Object.hasOwn(WORDS, code) ? WORDS[code] : undefined) ?? error.message;
}
