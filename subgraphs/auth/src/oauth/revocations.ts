/** Tells the platform's own routers whose access tokens were revoked; nobody else has the secret for it, and to them there is nothing here. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Revocation } from '@pms/identity/revocations';
import type { FastifyInstance } from 'fastify';

export interface RevocationParts {
  secret(): Promise<string>;
  since(at: Date): Promise<readonly Revocation[]>;
}

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

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));
