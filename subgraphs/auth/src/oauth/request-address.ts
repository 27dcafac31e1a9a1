/** From which address a request came, as the HTTP server determined it; the OAuth library only sees the bare request. */
import type { IncomingMessage } from 'node:http';

const addresses = new WeakMap<IncomingMessage, string>();

export const rememberAddress = (request: IncomingMessage, address: string): void => void addresses.set(request, address);

export const addressOf = (request: IncomingMessage | undefined): string =>
  (request === undefined ? undefined : addresses.get(request)) ?? request?.socket.remoteAddress ?? 'unknown';
