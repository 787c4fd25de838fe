/** Which code is a subject's own. */
import { dirname, relative, resolve } from 'node:path';
import type { ResolvedSpec } from '../spec/resolve.ts';
import type { CodeScope, SubjectSource } from '../verify/model.ts';
import { globMatcher, literalPrefix } from '../workspace/glob.ts';

/**
 * The code that plumb.yaml names; where the subject is not the manifest's, the folder that the command starts in, or
 * that of the script that it names elsewhere.
 */
export function codeScopeOf(subject: SubjectSource, resolved: ResolvedSpec): CodeScope {
  if (subject.kind === 'module') return { root: dirname(resolve(subject.cwd, subject.file)), includes: () => true };
  const isOwn =
    resolved.subject.kind === 'command' && subject.kind === 'command' && subject.start === resolved.subject.start;
  if (isOwn || subject.kind !== 'command') {
    const matches = resolved.code.map(globMatcher);
    const [first = ''] = resolved.code;
    return {
      root: resolved.root,
      includes: (path) => matches.some((match) => match(path)),
      ...(resolved.code.length === 1 ? { literalsFrom: literalPrefix(first) } : {}),
    };
  }
  const script = /(?:^|\s)(["']?)(\S+\.(?:[cm]?[jt]s|[jt]sx))\1(?=\s|$)/.exec(subject.start)?.[2];
  const file = resolve(subject.cwd, script ?? 'package.json');
  if (!file.startsWith(`${subject.cwd}/`)) return { root: dirname(file), includes: () => true };
  return { root: subject.cwd, includes: () => true, literalsFrom: relative(subject.cwd, dirname(file)) };
}
