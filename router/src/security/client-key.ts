/** Whose use is counted: a client is who its token names, else where it comes from. */
import { isIPv6 } from 'node:net';
import type { Principal } from '@pms/identity/principal';

/** Groups of an address that one household or server has to itself; the rest of it is chosen freely. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** Subjects of different issuers are different clients, and no subject is taken for an address. */
export const clientKey = (principal: Principal | null, address: string): string =>
  (principal === null ? `address ${networkOf(address)}` : `subject ${principal.subject}${principal.issuer === undefined ? '' : ` of ${principal.issuer}`}`);

/** An IPv6 address stands for its /64, one that holds an IPv4 address for that. */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = bare.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = groups(tail ?? '');
  const all = tail === undefined ? before : [...before, ...Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0'), ...after];
  return `${all.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
