/** Security headers. Of pages: GraphiQL needs inline styles; nothing needs inline scripts, and nothing comes from elsewhere. Of answers: nothing in them is to be run, framed or guessed at. */
import type { FastifyHelmetOptions } from '@fastify/helmet';

const YEAR_SECONDS = 31_536_000;

/** `secured`: clients come over TLS, here or in front of here. On a developer's machine it would lock out plain HTTP. */
export const contentPolicy = (secured: boolean): FastifyHelmetOptions => ({
  global: true,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"], scriptSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'], fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", 'ws:', 'wss:'], workerSrc: ["'self'"], objectSrc: ["'none'"], baseUri: ["'self'"], frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: secured ? { maxAge: YEAR_SECONDS, includeSubDomains: true } : false,
  crossOriginEmbedderPolicy: false,
});

export const answerHeaders = (secured: boolean): Readonly<Record<string, string>> => ({
  'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'", 'referrer-policy': 'no-referrer',
  ...(secured ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}; includeSubDomains` } : {}),
});
