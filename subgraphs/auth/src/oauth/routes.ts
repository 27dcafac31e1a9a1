/** The OAuth endpoints on the HTTP server. The library reads requests itself, so bodies are left alone here. */
import type { Logger } from '@pms/telemetry/logger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { browserSessionRoutes } from './browser-session.ts';
import { asIssuer } from './exchange.ts';
import { type Federation, federationRoutes } from './federation.ts';
import { type InteractionParts, interactionRoutes } from './interaction.ts';
import { PATHS } from './paths.ts';
import type { SigningKeys } from './signing-keys.ts';

const JWKS_CACHE_SECONDS = 300;

export interface RouteParts extends Omit<InteractionParts, 'federations'> {
  readonly keys: SigningKeys;
  readonly federations: readonly Federation[];
  readonly logger: Logger;
}

export async function oauthRoutes(app: FastifyInstance, parts: RouteParts): Promise<void> {
  await app.register(async (oauth) => {
    oauth.removeAllContentTypeParsers();
    oauth.addContentTypeParser('*', (_request, _payload, done) => { done(null); });
    oauth.get(PATHS.jwks, async (_request, reply) =>
      reply.type('application/jwk-set+json').header('cache-control', `public, max-age=${JWKS_CACHE_SECONDS}`).send(await parts.keys.jwks()));
    interactionRoutes(oauth, parts);
    federationRoutes(oauth, parts);
    browserSessionRoutes(oauth, parts);
    for (const url of ['/oauth2/*', '/.well-known/openid-configuration'])
      oauth.route({ method: ['GET', 'POST'], url, handler: async (request, reply) => handOver(parts, request, reply) });
  });
}

async function handOver(parts: RouteParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const provider = await parts.provider();
  const raw = asIssuer(request, parts.issuer);
  reply.hijack();
  await provider.callback()(raw, reply.raw);
}
