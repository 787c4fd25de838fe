/** Credentials as they go over the wire (RFC 6750 §2.1, RFC 7617 §2), genuine or spoiled, and as they are shown. */
import type { SecurityScheme } from '../../spec/model.ts';
import type { Spoiled } from '../cases/scenario.ts';
import { hash32, randomFor } from '../draw.ts';
import type { Credentials } from '../model.ts';

/** What is added to a request. */
export interface Presented {
  /** Names of the schemes. */
  schemes: string[];
  headers: Record<string, string>;
  /** `name=value`, encoded. */
  query: string[];
  cookies: string[];
  /** Shell variables that the shown form names, each with the expression that makes it of the environment's. */
  variables: Record<string, string>;
}

/** What one scheme says, with how it is shown. */
interface Said {
  sent: string;
  shown: string;
  variables: Record<string, string>;
}

/** Presents the credentials of all schemes together. */
export function presentation(
  schemes: SecurityScheme[],
  credentials: Credentials,
  spoiled: Spoiled | undefined,
  seed: number,
): { sent: Presented; shown: Presented } {
  const empty = (): Presented => ({ schemes: names, headers: {}, query: [], cookies: [], variables: {} });
  const names = schemes.map((scheme) => scheme.name);
  const [sent, shown] = [empty(), empty()];
  for (const scheme of schemes) {
    const held = credentials[scheme.name];
    if (held?.value === undefined) continue;
    const spoil = spoiled?.scheme === undefined || spoiled.scheme === scheme.name ? spoiled?.how : undefined;
    if (spoil === 'absent') continue;
    const said =
      scheme.type === 'apiKey'
        ? keySaid(scheme, held.variable, held.value, spoil, seed)
        : authorizationSaid(scheme, held.variable, held.value, spoil, seed);
    Object.assign(shown.variables, said.variables);
    put(sent, scheme, said.sent);
    put(shown, scheme, said.shown);
  }
  return { sent, shown };
}

function put(presented: Presented, scheme: SecurityScheme, text: string): void {
  const name = scheme.parameterName ?? '';
  if (scheme.type !== 'apiKey') presented.headers['authorization'] = text;
  else if (scheme.in === 'query') presented.query.push(`${encodeURIComponent(name)}=${text}`);
  else if (scheme.in === 'cookie') presented.cookies.push(`${name}=${text}`);
  else presented.headers[name.toLowerCase()] = text;
}

function keySaid(
  scheme: SecurityScheme,
  variable: string,
  value: string,
  spoil: Spoiled['how'] | undefined,
  seed: number,
): Said {
  if (spoil === 'empty') return plain('');
  if (spoil !== undefined) return plain(likeness(value, seed));
  if (scheme.in !== 'query') return { sent: value, shown: `$${variable}`, variables: { [variable]: '' } };
  const encoded = `${variable}_ENCODED`;
  const variables = {
    [variable]: '',
    [encoded]: `node -p 'encodeURIComponent(process.argv[1])' "$${variable}"`,
  };
  return { sent: encodeURIComponent(value), shown: `$${encoded}`, variables };
}

function authorizationSaid(
  scheme: SecurityScheme,
  variable: string,
  value: string,
  spoil: Spoiled['how'] | undefined,
  seed: number,
): Said {
  const basic = scheme.scheme === 'basic';
  const word = basic ? 'Basic' : 'Bearer';
  const wrong = basic ? base64(likeness(value, seed)) : likeness(value, seed);
  switch (spoil) {
    case undefined:
      break;
    case 'empty':
      return plain(word);
    case 'other scheme':
      return plain(
        basic ? `Bearer ${likeness('a'.repeat(32), seed)}` : `Basic ${base64(likeness('user:secret', seed))}`,
      );
    case 'unsigned':
      if (isSigned(value)) return unsigned(variable, value);
      return plain(`${word} ${wrong}`);
    case 'resigned':
      if (isSigned(value)) return resigned(variable, value, seed);
      return plain(`${word} ${wrong}`);
    default:
      return plain(`${word} ${wrong}`);
  }
  if (!basic) return { sent: `Bearer ${value}`, shown: `Bearer $${variable}`, variables: { [variable]: '' } };
  const encoded = `${variable}_BASE64`;
  const variables = { [variable]: '', [encoded]: `printf %s "$${variable}" | base64 | tr -d '\\n'` };
  return { sent: `Basic ${base64(value)}`, shown: `Basic $${encoded}`, variables };
}

/** True for a JSON Web Token that is signed (RFC 7515 §7.1). */
export function isSigned(value: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value);
}

const NO_ALGORITHM = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');

/** The claims of a token under the algorithm `none` (RFC 8725 §2.1). */
function unsigned(variable: string, value: string): Said {
  const name = `${variable}_UNSIGNED`;
  const expression = `printf %s '${NO_ALGORITHM}.'; printf %s "$${variable}" | cut -d. -f2 | tr -d '\\n'; printf .`;
  const sent = `Bearer ${NO_ALGORITHM}.${value.split('.')[1] ?? ''}.`;
  return { sent, shown: `Bearer $${name}`, variables: { [variable]: '', [name]: expression } };
}

/** A token under a signature that nobody made. */
function resigned(variable: string, value: string, seed: number): Said {
  const [head = '', claims = '', signature = ''] = value.split('.');
  const forged = likeness(signature, seed);
  const name = `${variable}_RESIGNED`;
  const expression = `printf %s "$${variable}" | sed 's/[^.]*$/${forged}/'`;
  return {
    sent: `Bearer ${head}.${claims}.${forged}`,
    shown: `Bearer $${name}`,
    variables: { [variable]: '', [name]: expression },
  };
}

function plain(text: string): Said {
  return { sent: text, shown: text, variables: {} };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const CLASSES = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** Another text of the same shape that tells nothing of the first but its shape. */
function likeness(text: string, seed: number): string {
  const random = randomFor(seed, 'likeness', hash32(text));
  let made = '';
  for (const character of text) {
    const letters = CLASSES.find((one) => one.includes(character));
    made += letters === undefined ? character : (letters[random.nextInt(0, letters.length - 1)] ?? character);
  }
  return made === text ? `${made}0` : made;
}
