/** What requests and answers of the OAuth routes have in common: the issuer's address, our own origin, pages. */
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from './pages.ts';
import { rememberAddress } from './request-address.ts';

/** The library builds addresses from the request's host; ours are the issuer's, whatever the request claims. */
export function asIssuer({ raw, ip }: FastifyRequest, issuer: string): IncomingMessage {
  const { host, protocol } = new URL(issuer);
  raw.headers.host = host;
  raw.headers['x-forwarded-host'] = host;
  raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
  rememberAddress(raw, ip);
  return raw;
}

/** False for what another site's page sent. Browsers name the origin of what they post, or at least its relation to us; other clients need not. */
export function isOwn({ headers: { origin, host, 'sec-fetch-site': site } }: FastifyRequest, issuer: string): boolean {
  if (origin === undefined) return site === undefined || site === 'same-origin';
  return origin === new URL(issuer).origin || URL.parse(origin)?.host === host;
}

export async function show(reply: FastifyReply, status: number, { html, headers }: Page): Promise<void> {
  await reply.status(status).headers(headers).send(html);
}
