/**
 * Replaces the secret of a service client, or ends one. The secret before holds on beside the new one for a bounded time, so that what runs with it
 * can be told the new one first. The new one is returned this once; only its hash is kept.
 */
import { invalid, Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { serviceClientSecretRevoked, serviceClientSecretRotated } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import type { ServiceClient } from '../domain/service-client.ts';
import { newSecret } from './new-secret.ts';

const OVERLAP_SECONDS = 86_400;
const OVERLAP_SECONDS_MAX = 604_800;
const MS_PER_SECOND = 1_000;

export interface RotateServiceClientSecret {
  readonly serviceClientId: string;
  readonly overlapSeconds?: number | null | undefined;
  readonly reason?: string | null | undefined;
}

export async function rotateServiceClientSecret(ctx: AuthContext, { serviceClientId, overlapSeconds, reason }: RotateServiceClientSecret): Promise<{ serviceClient: ServiceClient; secret: string }> {
  const seconds = overlapSeconds ?? OVERLAP_SECONDS;
  if (seconds < 0 || seconds > OVERLAP_SECONDS_MAX) throw invalid(`an overlap has 0 to ${OVERLAP_SECONDS_MAX} seconds`, 'overlapSeconds');
  const secret = newSecret();
  const secretHash = await ctx.hashing.hash(secret);
  const at = ctx.now();
  const previousUntil = seconds === 0 ? null : new Date(at.getTime() + seconds * MS_PER_SECOND);
  const origin = { ...ctx.origin, reason: reason ?? undefined };
  const serviceClient = await ctx.store.transaction(async (tx) => {
    const changed = await tx.replaceSecret(ctx.principal.organizationId, serviceClientId, { secretHash, at, previousUntil });
    if (changed === null) throw unknownClient();
    await tx.outbox.add([event(serviceClientSecretRotated, serviceClientId, { serviceClientId, previousValidUntil: previousUntil?.toISOString() ?? null }, { ...ctx, origin })]);
    return changed;
  });
  return { serviceClient, secret };
}

export interface RevokeServiceClientSecret {
  readonly serviceClientId: string;
  readonly which: 'PREVIOUS' | 'ALL';
  readonly reason?: string | null | undefined;
}

/** `ALL` leaves the client with a secret that nobody has, until it is rotated; access tokens that it was issued hold no longer in either case. */
export async function revokeServiceClientSecret(ctx: AuthContext, { serviceClientId, which, reason }: RevokeServiceClientSecret): Promise<ServiceClient> {
  const { organizationId } = ctx.principal;
  const unknown = which === 'ALL' ? await ctx.hashing.hash(newSecret()) : null;
  const at = ctx.now();
  const origin = { ...ctx.origin, reason: reason ?? undefined };
  return ctx.store.transaction(async (tx) => {
    const changed = unknown === null
      ? await tx.dropPreviousSecret(organizationId, serviceClientId)
      : await tx.replaceSecret(organizationId, serviceClientId, { secretHash: unknown, at, previousUntil: null });
    if (changed === null) throw unknownClient();
    await tx.revokeTokens(serviceClientId, at);
    await tx.outbox.add([event(serviceClientSecretRevoked, serviceClientId, { serviceClientId, which }, { ...ctx, origin })]);
    return changed;
  });
}

const unknownClient = (): Refusal => new Refusal('NOT_FOUND', 'there is no such service client', ['serviceClientId']);
