/** Where the credentials of a run come from: the environment, never a file. */
import type { SecurityScheme, Spec } from '../../spec/model.ts';
import { GRAPHQL_SCHEMES } from '../graphql/authorization.ts';
import type { Credentials } from '../model.ts';

/** The environment variable that holds the credentials of a scheme where nothing else is said. */
export function variableOf(scheme: string): string {
  return `PLUMB_AUTH_${scheme
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()}`;
}

/** A GraphQL contract cannot say how calls are authorised, so the usual ways are taken. */
function schemesOf({ contract, securitySchemes }: Spec): readonly SecurityScheme[] {
  return contract === 'graphql' ? GRAPHQL_SCHEMES : securitySchemes;
}

/** The credentials of a spec's schemes in an environment; `variables` names others than the usual ones, by scheme. */
export function credentialsFrom(
  spec: Spec,
  environment: Readonly<Record<string, string | undefined>>,
  variables: Readonly<Record<string, string>> = {},
): Credentials {
  return Object.fromEntries(
    schemesOf(spec).map(({ name }) => {
      const variable = variables[name] ?? variableOf(name);
      const value = environment[variable];
      const second = `${variable}_OTHER`;
      const other =
        environment[second] === undefined ? {} : { other: { variable: second, value: environment[second] } };
      return [name, { variable, ...(value === undefined ? {} : { value }), ...other }];
    }),
  );
}
