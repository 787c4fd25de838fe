/**
 * Distinct planted bugs found, and the time and rate, beside Schemathesis on the same services in the same run. A bug is
 * found where a tool reports something on the buggy service that it does not report on its correct twin.
 * `node test/bench/peers.ts [BUGS]`: at most so many bugs, spread over the services (default 6); `all` for all.
 * Schemathesis is the command `st`, or what the environment variable SCHEMATHESIS names (it installs from PyPI).
 */
import {
  contractOf,
  plantedBugs,
  type ServiceName,
  serviceSource,
  VAULT_ENVIRONMENT,
  GARAGE_ENVIRONMENT,
} from '../support/reference-services.ts';
import { contest, type Contested } from './contest.ts';
import { spread } from './peer.ts';

const wanted = process.argv[2] === 'all' ? Infinity : Number(process.argv[2] ?? 6);
const planted = plantedBugs();

function contested(name: ServiceName): Contested {
  const environment = { vault: VAULT_ENVIRONMENT, garage: GARAGE_ENVIRONMENT }[name as string];
  const token =
    name === 'garage' ? { headers: { Authorization: `Bearer ${GARAGE_ENVIRONMENT.PLUMB_AUTH_TOKEN}` } } : {};
  const source = (bug: string): ReturnType<typeof serviceSource> => serviceSource(name, bug);
  return { name, contract: contractOf(name), source, ...(environment === undefined ? {} : { environment }), ...token };
}

await contest(
  'reference services',
  spread(planted, Math.min(wanted, planted.length)).map(([name, bug]) => [contested(name), bug]),
);
