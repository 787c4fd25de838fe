import type { SubjectSource } from './model.ts';

/** What a person calls a subject before it runs: its URL, command, module or files. */
export function titleOf(subject: SubjectSource): string {
  switch (subject.kind) {
    case 'url':
      return subject.url;
    case 'command':
      return subject.start;
    case 'module':
      return subject.file;
    case 'program':
      return subject.command;
    case 'data':
      return subject.globs.join(' ');
  }
}
