/**
 * The credentials of a run. They are put into a request on its way out and nowhere else: what is kept and shown of a
 * request names the environment variable that holds them.
 */
import type { JsonValue } from '../../events/index.ts';
import type { Operation, Parameter, SecurityScheme, Spec } from '../../spec/model.ts';
import type { Manner, Spoiled } from '../cases/scenario.ts';
import type { Credentials, SubjectRequest } from '../model.ts';
import { variableOf } from './credentials.ts';
import { isSigned, type Presented, presentation } from './present.ts';
import { redactorOf } from './redact-credentials.ts';

/** The schemes that authorise a call together; none for a call that may be anonymous. */
export type Way = SecurityScheme[];

export interface Keyring {
  /** The ways to authorise a call of an operation that there are credentials for, in written order. */
  waysOf(operation: Operation): Way[];
  /** Why no call of an operation can be authorised; undefined where one can. */
  obstacle(operation: Operation): string | undefined;
  /** True where the contract demands credentials for every call. */
  isSecured(operation: Operation): boolean;
  /** True where these schemes alone satisfy the contract. */
  suffices(operation: Operation, schemes: string[]): boolean;
  /** True where a parameter is the place of a credential of its operation, so that nothing is generated for it. */
  carries(operation: Operation, parameter: Parameter): boolean;
  /** False for a forgery that the credentials of a scheme do not allow: only a signed token has a signature. */
  isForgeable(scheme: string, how: Spoiled['how']): boolean;
  /** True where a second client can call an operation as well, with credentials of its own. */
  hasStranger(operation: Operation): boolean;
  /** What authorises a call, as it is sent and as it is shown. */
  present(operation: Operation, manner: Manner | undefined): { sent: Presented; shown: Presented } | undefined;
  /** A value without any credential of this run; the same one where there was none in it. */
  redacted<T extends JsonValue | object>(value: T): T;
}

/** Binds the credentials of a run to the security schemes of a spec. */
export function createKeyring(spec: Spec, credentials: Credentials, seed: number): Keyring {
  const schemes = new Map(spec.securitySchemes.map((scheme) => [scheme.name, scheme]));
  const redacted = redactorOf(credentials);
  const missing = (name: string): string | undefined => {
    const scheme = schemes.get(name);
    if (scheme === undefined) return `the security scheme ${name} is not declared`;
    if (scheme.type === 'mutualTLS') return `mutualTLS (scheme ${name}) is not covered`;
    if (scheme.type === 'http' && !['basic', 'bearer'].includes(scheme.scheme ?? ''))
      return `HTTP authentication ${scheme.scheme ?? '?'} (scheme ${name}) is not covered`;
    const held = credentials[name];
    const variable = held?.variable ?? variableOf(name);
    if (held?.value === undefined || held.value === '') return `set ${variable} to the credentials of scheme ${name}`;
    if (!isUsable(held.value))
      return `${variable} holds what HTTP cannot carry: spaces at its ends, line ends or letters outside ASCII`;
    if (scheme.scheme === 'basic' && !held.value.includes(':')) return `${variable} must hold user:password`;
    return undefined;
  };
  const strangers: Credentials = Object.fromEntries(
    Object.entries(credentials).map(([name, { other, variable }]) => [name, other ?? { variable }]),
  );
  const known = new Map<string, Way[]>();
  const waysOf = (operation: Operation): Way[] => {
    let ways = known.get(operation.id);
    if (ways === undefined) {
      ways = operation.security.flatMap((way) => {
        const names = Object.keys(way);
        return names.some((name) => missing(name) !== undefined)
          ? []
          : [names.flatMap((name) => schemes.get(name) ?? [])];
      });
      // Who may be anonymous shows more when known.
      ways = [...ways.filter((way) => way.length > 0), ...ways.filter((way) => way.length === 0)];
      known.set(operation.id, ways);
    }
    return ways;
  };
  const suffices = (operation: Operation, names: string[]): boolean =>
    operation.security.length === 0 ||
    operation.security.some((way) => Object.keys(way).every((name) => names.includes(name)));
  return {
    waysOf,
    suffices,
    redacted,
    isSecured: (operation) => !suffices(operation, []),
    obstacle(operation) {
      if (operation.security.length === 0 || waysOf(operation).length > 0) return undefined;
      const reasons = operation.security.map((way) =>
        Object.keys(way)
          .flatMap((name) => missing(name) ?? [])
          .join(' and '),
      );
      return `it needs credentials: ${reasons.join(', or ')}`;
    },
    carries(operation, parameter) {
      return operation.security.some((way) =>
        Object.keys(way).some((name) => {
          const scheme = schemes.get(name);
          if (scheme?.type !== 'apiKey' || scheme.in !== parameter.in) return false;
          const own = scheme.parameterName ?? '';
          return parameter.in === 'header'
            ? own.toLowerCase() === parameter.name.toLowerCase()
            : own === parameter.name;
        }),
      );
    },
    isForgeable: (scheme, how) =>
      (how !== 'unsigned' && how !== 'resigned') || isSigned(credentials[scheme]?.value ?? ''),
    present(operation, manner) {
      const way = waysOf(operation)[manner?.way ?? 0];
      if (way === undefined) return undefined;
      return presentation(way, manner?.stranger === true ? strangers : credentials, manner?.spoiled, seed);
    },
    hasStranger(operation) {
      const [way = []] = waysOf(operation);
      return way.length > 0 && way.every(({ name }) => isUsable(strangers[name]?.value));
    },
  };
}

/** True for what HTTP can carry (RFC 9110 §5.5). */
function isUsable(value: string | undefined): boolean {
  return value !== undefined && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}

/** A request with what authorises it. */
export function authorised(request: SubjectRequest, presented: Presented | undefined): SubjectRequest {
  if (presented === undefined) return request;
  const headers = { ...request.headers, ...presented.headers };
  const cookies = [request.headers['cookie'], ...presented.cookies].filter((one) => one !== undefined);
  if (presented.cookies.length > 0) headers['cookie'] = cookies.join('; ');
  const mark = request.path.includes('?') ? '&' : '?';
  const path = presented.query.length === 0 ? request.path : `${request.path}${mark}${presented.query.join('&')}`;
  return { ...request, headers, path };
}
