/** Runs the engine on the reference services of `services/`, correct or with a planted bug, and runs reproducers. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { VerifyReport } from '../../src/events/index.ts';
import { loadSpec } from '../../src/spec/load.ts';
import type { Spec } from '../../src/spec/model.ts';
import { verify } from '../../src/verify/index.ts';
import type { HttpSource, VerifyOptions } from '../../src/verify/model.ts';
import { credentialsFrom } from '../../src/verify/wire/credentials.ts';
import { startSubject } from '../../src/verify/subject/index.ts';

export type ServiceName =
  | 'todo'
  | 'bank'
  | 'library'
  | 'depot'
  | 'board'
  | 'vacation-balance'
  | 'vault'
  | 'desk'
  | 'shop'
  | 'garage'
  | 'rental';

const folder = fileURLToPath(new URL('services', import.meta.url));
const example = fileURLToPath(new URL('../../specs/vacation-balance/openapi.yaml', import.meta.url));

/** Path of the contract of a reference service. */
export function contractOf(name: ServiceName): string {
  return name === 'vacation-balance' ? example : `${folder}/${name}.yaml`;
}

function programOf(name: ServiceName): string {
  return `${name}.${name === 'vacation-balance' ? 'mjs' : 'ts'}`;
}

/** Every bug that the services can be started with, as their code names them. */
export function plantedBugs(): [ServiceName, bug: string][] {
  const names: ServiceName[] = ['todo', 'bank', 'library', 'vacation-balance'];
  return names.flatMap((name) => {
    const code = readFileSync(`${folder}/${programOf(name)}`, 'utf8');
    const bugs = [...code.matchAll(/\bbug [!=]== '([\w-]+)'/g)].map((match) => match[1] ?? '');
    return [...new Set(bugs)].map((bug): [ServiceName, string] => [name, bug]);
  });
}

/** What the vault wants of its clients. The token is a JSON Web Token whose signature nobody can check. */
export const VAULT_SECRETS = {
  VAULT_TOKEN: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZW50aW5lbCJ9.c2VudGluZWwtc2lnbmF0dXJlLTQyNDI',
  VAULT_HEADER_KEY: 'sentinel-header-key-8f2e',
  VAULT_QUERY_KEY: 'sentinel+query/key=77aa',
  VAULT_SESSION: 'sentinelsession5150',
  VAULT_CLERK: 'clerk:sentinel-password-93',
};

/** The vault's secrets as the environment variables that the engine reads. */
export const VAULT_ENVIRONMENT = {
  PLUMB_AUTH_TOKEN: VAULT_SECRETS.VAULT_TOKEN,
  PLUMB_AUTH_HEADER_KEY: VAULT_SECRETS.VAULT_HEADER_KEY,
  PLUMB_AUTH_QUERY_KEY: VAULT_SECRETS.VAULT_QUERY_KEY,
  PLUMB_AUTH_SESSION: VAULT_SECRETS.VAULT_SESSION,
  PLUMB_AUTH_CLERK: VAULT_SECRETS.VAULT_CLERK,
};

/** The garage's clients. */
export const GARAGE_ENVIRONMENT = { PLUMB_AUTH_TOKEN: 'garage-token-one', PLUMB_AUTH_TOKEN_OTHER: 'garage-token-two' };

/** The contract of a reference service. */
export async function serviceSpec(name: ServiceName): Promise<Spec> {
  const loaded = await loadSpec(contractOf(name));
  if (loaded.kind !== 'spec') throw new Error(loaded.findings.map((finding) => finding.message).join('\n'));
  return loaded.spec;
}

/** How to start it; without a bug it is correct. */
export function serviceSource(name: ServiceName, bug = ''): HttpSource {
  return {
    kind: 'command',
    start: `node ${programOf(name)}`,
    cwd: folder,
    env: { BUG: bug, ...(name === 'vault' ? VAULT_SECRETS : {}) },
  };
}

/** Verifies a reference service. */
export async function verifyService(
  name: ServiceName,
  options: Partial<VerifyOptions> & { bug?: string } = {},
): Promise<VerifyReport> {
  const { bug, ...rest } = options;
  const spec = await serviceSpec(name);
  const environment = name === 'vault' ? VAULT_ENVIRONMENT : name === 'garage' ? GARAGE_ENVIRONMENT : {};
  const credentials = credentialsFrom(spec, environment);
  return verify({ spec, subject: serviceSource(name, bug), skipObjectives: true, credentials, ...rest });
}

/** Exit status of a reproducer on a fresh instance: 1 where the failure shows, 0 where it does not. */
export async function reproduce(script: string, name: ServiceName, bug = ''): Promise<number | null> {
  const started = await startSubject(serviceSource(name, bug));
  if (started.kind !== 'subject') throw new Error(started.message);
  try {
    const environment = name === 'garage' ? GARAGE_ENVIRONMENT : VAULT_ENVIRONMENT;
    const env = { ...process.env, ...environment, BASE: started.subject.baseUrl };
    return spawnSync('sh', ['-c', script], { env, encoding: 'utf8', timeout: 30_000 }).status;
  } finally {
    await started.subject.stop();
  }
}
