/**
 * What authorises the requests to a GraphQL service: SDL has no security schemes, so whatever the environment holds of
 * the usual three is sent as headers. Scripts name the variables, never what they hold.
 */
import type { SecurityScheme } from '../../spec/model.ts';
import type { Credentials } from '../model.ts';

/** The schemes that a service is taken to have: a bearer token, else a user with a password, and an API key. */
export const GRAPHQL_SCHEMES: readonly SecurityScheme[] = [
  { name: 'bearer', pointer: '#', type: 'http', scheme: 'bearer' },
  { name: 'basic', pointer: '#', type: 'http', scheme: 'basic' },
  { name: 'apiKey', pointer: '#', type: 'apiKey', in: 'header', parameterName: 'x-api-key' },
];

/** What to do where a service wants to know who asks. */
export const HOW_TO_AUTHORISE = 'set PLUMB_AUTH_BEARER, PLUMB_AUTH_BASIC (user:password) or PLUMB_AUTH_API_KEY';

/** One header: what is sent, and the same as JavaScript and as a word of the shell that read the environment. */
export interface AuthorizationHeader {
  name: string;
  sent: string;
  script: string;
  shell: string;
}

export type Authorization = { kind: 'headers'; headers: AuthorizationHeader[] } | { kind: 'fault'; message: string };

/** The headers that the credentials of a run make; none where there are none. */
export function authorizationOf(credentials: Credentials = {}): Authorization {
  const held = GRAPHQL_SCHEMES.flatMap(({ name }) => {
    const { variable = '', value = '' } = credentials[name] ?? {};
    return value === '' ? [] : [{ name, variable, value }];
  });
  for (const { name, variable, value } of held) {
    // RFC 9110 §5.5
    if (!/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value))
      return {
        kind: 'fault',
        message: `${variable} holds what a header cannot carry: spaces at its ends or line ends`,
      };
    if (name === 'basic' && !value.includes(':'))
      return { kind: 'fault', message: `${variable} must hold user:password` };
  }
  const token = held.find(({ name }) => name !== 'apiKey');
  const key = held.find(({ name }) => name === 'apiKey');
  return {
    kind: 'headers',
    headers: [
      ...(token === undefined ? [] : [token.name === 'basic' ? basic(token) : bearer(token)]),
      ...(key === undefined ? [] : [apiKey(key)]),
    ],
  };
}

interface Held {
  variable: string;
  value: string;
}

/** RFC 6750 §2.1. */
function bearer({ variable, value }: Held): AuthorizationHeader {
  return {
    name: 'authorization',
    sent: `Bearer ${value}`,
    script: `\`Bearer \${process.env.${variable}}\``,
    shell: `Bearer $${variable}`,
  };
}

/** RFC 7617 §2. */
function basic({ variable, value }: Held): AuthorizationHeader {
  return {
    name: 'authorization',
    sent: `Basic ${Buffer.from(value).toString('base64')}`,
    script: `\`Basic \${Buffer.from(process.env.${variable}).toString('base64')}\``,
    shell: `Basic $(printf %s "$${variable}" | base64)`,
  };
}

function apiKey({ variable, value }: Held): AuthorizationHeader {
  return { name: 'x-api-key', sent: value, script: `process.env.${variable}`, shell: `$${variable}` };
}
