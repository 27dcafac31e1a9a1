/** Passes the sign-in endpoints on to the auth domain's process, so that clients know one address. Bodies pass through as they are. */
import http from 'node:http';
import https from 'node:https';
import { DomainError, errorCodes } from '@pms/errors';
import type { Authenticate } from '@pms/identity/tokens';
import { exportFormats } from '@pms/subgraph/exports';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { exportOwners } from './export-owners.ts';
import type { PeerCertificates } from './peers.ts';

const ANSWER_MAX_MS = 30_000;
const SIGN_IN_PATHS = ['/oauth2/*', '/auth/*', '/.well-known/openid-configuration'] as const;
/** Of one connection, not of the message. */
const HOP_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'proxy-authorization']);

/** `address` is any address of the auth process; its path does not matter. */
export function signInAt(address: string, certificates: PeerCertificates = {}): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    await app.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
      for (const url of SIGN_IN_PATHS) scope.route({ method: ['GET', 'POST'], url, handler: (request, reply) => forward({ address, certificates }, request, reply) });
      done();
    });
  };
}

/** Exports, each to the process of the domain that gives it out, once the token is known to hold. Domains whose address is not known are left out. */
export function exportsAt(addresses: ReadonlyMap<string, string>, authenticate: Authenticate, certificates: PeerCertificates = {}): (app: FastifyInstance) => void {
  return (app) => {
    for (const [name, owner] of Object.entries(exportOwners)) {
      const address = addresses.get(owner);
      if (address === undefined) continue;
      for (const format of exportFormats)
        app.get(`/exports/${name}.${format}`, async (request, reply) => {
          try {
            await authenticate(request.headers.authorization);
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
            return reply.status(errorCodes[error.code].status).send({ errors: [{ message: error.message, extensions: error.extensions }] });
          }
          forward({ address, certificates }, request, reply);
          return reply;
        });
    }
  };
}

interface Upstream {
  readonly address: string;
  readonly certificates: PeerCertificates;
}

function forward({ address, certificates }: Upstream, { raw, ip }: FastifyRequest, reply: FastifyReply): void {
  const ours = reply.getHeaders() as http.OutgoingHttpHeaders;
  reply.hijack();
  const headers = { ...passing(raw.headers), 'x-forwarded-for': ip };
  const to = new URL(raw.url ?? '/', address);
  const ask = to.protocol === 'https:' ? https.request : http.request;
  const upstream = ask(to, { method: raw.method ?? 'GET', headers, timeout: ANSWER_MAX_MS, ...certificates }, (answer) => {
    // security headers that the answer does not set by itself are those of every answer of ours
    reply.raw.writeHead(answer.statusCode ?? 502, { ...ours, ...passing(answer.headers) });
    answer.pipe(reply.raw);
  });
  upstream.once('timeout', () => upstream.destroy(new Error('no answer in time')));
  upstream.once('error', () => {
    if (reply.raw.headersSent) reply.raw.destroy();
    else reply.raw.writeHead(503, { ...ours, 'content-type': 'application/json' }).end('{"error":"temporarily_unavailable"}');
  });
  raw.pipe(upstream);
}

const passing = (headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders => Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.has(name)));
