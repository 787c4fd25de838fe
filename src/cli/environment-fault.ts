import { LogFault } from '../record/log-fault.ts';
import { EXIT } from './io.ts';

/** What went wrong around us, for a person, and the exit code. */
export interface EnvironmentFault {
  message: string;
  exit: number;
}

/** Codes of the operating system that are no fault of ours, each with what to do about it. */
const ADVICE: Record<string, string> = {
  ENOSPC: 'free some space and try again',
  EDQUOT: 'your quota is used up: free some space and try again',
  EROFS: 'this file system is read-only; work in a copy that can be written',
  EACCES: 'this user may not do that; check the owner and the mode',
  EPERM: 'this user may not do that; check the owner and the mode',
  EMFILE: 'too many files are open; raise the limit with ulimit -n',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk does not answer as it should; check it before you go on',
};

/** A fault of the disk, the log or the rights of the user as one message; null where the fault is our own. */
export function environmentFault(error: unknown): EnvironmentFault | null {
  if (error instanceof LogFault) {
    return { message: error.message, exit: error.kind === 'leased' ? EXIT.refused : EXIT.undecided };
  }
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const advice = Object.hasOwn(ADVICE, error.code) ? ADVICE[error.code] : undefined;
  return advice === undefined ? null : { message: `${error.message}: ${advice}`, exit: EXIT.undecided };
}
