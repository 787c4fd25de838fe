/** What a contract is held against: what the flags name, else the subject of plumb.yaml. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Contract } from '../spec/model.ts';
import type { ResolvedSpec } from '../spec/resolve.ts';
import type { SubjectSource } from '../verify/model.ts';
import type { Flags } from './arguments.ts';

/** The flags that name a subject; at most one of them is given. */
export const SUBJECT_OPTIONS = {
  start: { type: 'string' },
  url: { type: 'string' },
  module: { type: 'string' },
  command: { type: 'string' },
  data: { type: 'string', multiple: true },
} as const;

type Kind = keyof typeof SUBJECT_OPTIONS;

const FITS: Record<Contract, Kind[]> = {
  openapi: ['start', 'url'],
  openrpc: ['module', 'command'],
  'json-schema': ['data'],
  graphql: ['start', 'url', 'module'],
};
const TITLES: Record<Contract, string> = {
  openapi: 'an OpenAPI contract',
  openrpc: 'an OpenRPC contract',
  'json-schema': 'a JSON Schema',
  graphql: 'a GraphQL schema',
};
const WORDS: Record<Kind, string> = {
  start: '--start CMD',
  url: '--url URL',
  module: '--module FILE',
  command: '--command CMD',
  data: '--data GLOB',
};

/** `an OpenAPI contract`. */
export function titleOfContract(contract: Contract): string {
  return TITLES[contract];
}

/** The subject, or what is wrong with what was asked for. */
export function subjectOf(
  flags: Flags,
  resolved: ResolvedSpec,
  contract: Contract,
  cwd: string,
): SubjectSource | string {
  const given = (Object.keys(WORDS) as Kind[]).filter((kind) => flags[kind] !== undefined);
  const fits = FITS[contract];
  const wanted = fits.map((kind) => WORDS[kind]).join(' or ');
  const [flag, ...more] = given;
  if (more.length > 0)
    return `${given.map((kind) => `--${kind}`).join(' or ')}, not ${more.length > 1 ? 'all' : 'both'}`;
  if (flag !== undefined && !fits.includes(flag))
    return `${TITLES[contract]} is not held against --${flag}: use ${wanted}`;
  const value = flag === undefined ? undefined : flags[flag];
  if (flag !== undefined && typeof value === 'string') return fromFlag(flag, value, cwd);
  if (Array.isArray(value)) return { kind: 'data', globs: value.filter((one) => typeof one === 'string'), cwd };
  return fromManifest(resolved, contract) ?? `${TITLES[contract]} needs ${wanted}, or a subject in plumb.yaml`;
}

function fromFlag(flag: Kind, value: string, cwd: string): SubjectSource | string {
  switch (flag) {
    case 'url':
      return URL.canParse(value) ? { kind: 'url', url: value } : `--url wants a URL, not ${value}`;
    case 'module':
      return existsSync(resolve(cwd, value))
        ? { kind: 'module', file: value, cwd }
        : `--module ${value}: there is no such file in ${cwd}`;
    case 'command':
      return { kind: 'program', command: value, cwd };
    case 'data':
      return { kind: 'data', globs: [value], cwd };
    case 'start':
      return { kind: 'command', start: value, cwd };
  }
}

/** The subject of plumb.yaml; undefined where it is of a kind that does not fit the contract, as the default one may be. */
function fromManifest({ subject, root, subjectFolder }: ResolvedSpec, contract: Contract): SubjectSource | undefined {
  const fits = FITS[contract];
  const cwd = resolve(root, subjectFolder);
  const env = 'env' in subject && subject.env !== undefined ? { env: subject.env } : {};
  switch (subject.kind) {
    case 'url':
      return fits.includes('url') ? { kind: 'url', url: subject.url } : undefined;
    case 'module':
      return fits.includes('module') ? { kind: 'module', file: subject.module, cwd, ...env } : undefined;
    case 'program':
      return fits.includes('command') ? { kind: 'program', command: subject.command, cwd, ...env } : undefined;
    case 'data':
      return fits.includes('data') ? { kind: 'data', globs: subject.globs, cwd } : undefined;
    case 'command': {
      if (!fits.includes('start')) return undefined;
      const ready = subject.readyPath === undefined ? {} : { readyPath: subject.readyPath };
      return { kind: 'command', start: subject.start, cwd, ...env, ...ready };
    }
  }
}
