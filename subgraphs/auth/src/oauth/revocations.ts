/**
 * Tells the platform's own processes whose access tokens were revoked: over Redis where there is one, and to those who ask. Nobody else has the secret
 * for that, and to them there is nothing here.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Revocation } from '@pms/identity/revocations';
import type { RedisLink } from '@pms/redis/link';
import { type Herald, heraldRevocations } from '@pms/redis/revoked';
import type { Logger } from '@pms/telemetry/logger';
import type { FastifyInstance } from 'fastify';
import { SERVICE_TOKEN_SECONDS, USER_TOKEN_SECONDS } from './access-token.ts';

export interface RevocationParts {
  secret(): Promise<string>;
  since(at: Date): Promise<readonly Revocation[]>;
}

interface HeraldParts extends Pick<RevocationParts, 'since'> {
  readonly redis: RedisLink | null;
  readonly logger: Logger;
  now(): Date;
}

/** Of the longest-lived, with some seconds for clocks that differ. */
const TOKEN_MS_MAX = Math.max(USER_TOKEN_SECONDS, SERVICE_TOKEN_SECONDS) * 1_000 + 60_000;

export function revocationRoute(app: FastifyInstance, { secret, since }: RevocationParts): void {
  app.get('/oauth2/revocations', async (request, reply) => {
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const wanted = await secret().catch(() => null); // production may have been given none: then nobody asks
    if (given === undefined || wanted === null || !same(given, wanted)) return reply.code(404).send();
    const from = Number((request.query as Readonly<Record<string, unknown>>)['since']);
    if (!Number.isSafeInteger(from)) return reply.code(400).send();
    return reply.header('cache-control', 'no-store').send({ revocations: await since(new Date(from)) });
  });
}

/** `null` where there is no Redis. */
export function revocationHerald({ redis, since, now, logger }: HeraldParts): Herald | null {
  if (redis === null) return null;
  const failed = (error: unknown): void => logger.warn({ err: error }, 'revocations could not be read, and are told later');
  return heraldRevocations({ redis, since, now, failed, tokenMsMax: TOKEN_MS_MAX });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));
