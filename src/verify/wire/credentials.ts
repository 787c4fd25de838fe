/** Where the credentials of a run come from: the environment, never a file. */
import type { Spec } from '../../spec/model.ts';
import type { Credentials } from '../model.ts';

/** The environment variable that holds the credentials of a scheme where nothing else is said. */
export function variableOf(scheme: string): string {
  return `PLUMB_AUTH_${scheme
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()}`;
}

/** The credentials of a spec's schemes in an environment; `variables` names others than the usual ones, by scheme. */
export function credentialsFrom(
  spec: Spec,
  environment: Readonly<Record<string, string | undefined>>,
  variables: Readonly<Record<string, string>> = {},
): Credentials {
  return Object.fromEntries(
    spec.securitySchemes.map(({ name }) => {
      const variable = variables[name] ?? variableOf(name);
      const value = environment[variable];
      return [name, { variable, ...(value === undefined ? {} : { value }) }];
    }),
  );
}
