/** Where the platform's own routers tell of accesses; nobody else has the secret for it, and to them there is nothing here. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Access } from '../domain/access.ts';

export interface AccessRouteParts {
  secret(): Promise<string>;
  take(accesses: readonly Access[]): Promise<void>;
}

const ACCESSES_MAX = 1_000;
const BODY_BYTES_MAX = 4 * 1_024 * 1_024;
const TEXT_MAX = 1_000;
const text = z.string().max(TEXT_MAX);

const accesses = z.array(z.object({
  kind: z.enum(['MUTATION', 'REFUSED']), at: z.number().int().positive(), correlationId: text.min(1), organizationId: text.min(1).nullable(), actor: text.min(1).nullable(),
  operation: z.object({ kind: text, name: text.nullable(), hash: text }).nullable(), codes: z.array(text), count: z.number().int().positive(),
  client: z.object({ name: text, version: text, address: text.nullable(), userAgent: text.nullable(), via: text }),
})).max(ACCESSES_MAX);

export function accessRoute(app: FastifyInstance, { secret, take }: AccessRouteParts): void {
  app.post('/internal/accesses', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const wanted = await secret().catch(() => null); // production may have been given none: then nobody tells
    if (given === undefined || wanted === null || !same(given, wanted)) return reply.code(404).send();
    const told = accesses.safeParse(request.body);
    if (!told.success) return reply.code(400).send();
    await take(told.data);
    return reply.code(204).send();
  });
}

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
const same = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));
