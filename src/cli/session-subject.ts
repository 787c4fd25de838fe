/** What the agent's code is run as in a session: a service that starts, a program, or a module. */
import type { Contract } from '../spec/model.ts';
import type { ResolvedSpec } from '../spec/resolve.ts';
import type { SubjectSource } from '../verify/model.ts';
import type { Flags } from './arguments.ts';
import { subjectOf } from './subject-of.ts';

/** A subject that can be run in another folder. */
export type SessionSubject =
  | Omit<Extract<SubjectSource, { kind: 'command' }>, 'cwd' | 'wrap'>
  | Omit<Extract<SubjectSource, { kind: 'program' }>, 'cwd' | 'wrap'>
  | Omit<Extract<SubjectSource, { kind: 'module' }>, 'cwd' | 'wrap'>;

/** The subject of a session, or what is wrong with what was asked for. */
export function sessionSubject(flags: Flags, resolved: ResolvedSpec, contract: Contract): SessionSubject | string {
  const subject = subjectOf(flags, resolved, contract, resolved.root);
  if (typeof subject === 'string') return subject;
  if (subject.kind === 'url' || subject.kind === 'data') {
    const hint = 'a session needs one that starts: subject.start, subject.command or subject.module, or --start CMD';
    return `the subject of ${resolved.name} is ${subject.kind === 'url' ? 'a URL' : 'data'}; ${hint}`;
  }
  const { cwd: _, wrap: __, ...own } = subject;
  return own;
}

/** What a person and an agent read of it. */
export function titleOf(subject: SessionSubject): string {
  switch (subject.kind) {
    case 'command':
      return subject.start;
    case 'program':
      return subject.command;
    case 'module':
      return `import of ${subject.file}, whose exports are the methods`;
  }
}
