/** From which address a request came, as the HTTP server determined it; the OAuth library only sees the bare request. */
import type { IncomingMessage } from 'node:http';

const addresses = new WeakMap<IncomingMessage, string>();

export const rememberAddress = (request: IncomingMessage, address: string): void => void addresses.set(request, address);

export const addressOf = (request: IncomingMessage | undefined): string =>
  (request === undefined ? undefined : addresses.get(request)) ?? request?.socket.remoteAddress ?? 'unknown';

/** An address without the part that is of one household or desk: three of four numbers of IPv4, three groups of IPv6. */
export function networkOf(address: string): string {
  const mapped = address.replace(/^::ffff:(?=\d+\.)/, '');
  const four = /^(\d+\.\d+\.\d+)\.\d+$/.exec(mapped);
  if (four?.[1] !== undefined) return `${four[1]}.0/24`;
  return mapped.includes(':') ? `${mapped.split(':').slice(0, 3).join(':')}::/48` : 'unknown';
}
