/** Security headers of pages. GraphiQL needs inline styles; nothing needs inline scripts, and nothing comes from elsewhere. */
import type { FastifyHelmetOptions } from '@fastify/helmet';

export const contentPolicy = (production: boolean): FastifyHelmetOptions => ({
  global: true,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"], scriptSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'], fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", 'ws:', 'wss:'], workerSrc: ["'self'"], objectSrc: ["'none'"], baseUri: ["'self'"], frameAncestors: ["'none'"],
    },
  },
  // Only behind TLS, which production puts in front; on a developer's machine it would lock out plain HTTP.
  strictTransportSecurity: production,
  crossOriginEmbedderPolicy: false,
});
