/** Replaces the secret of a service client: the old one stops working at once. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { serviceClientSecretRotated } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import type { ServiceClient } from '../domain/service-client.ts';
import { newSecret } from './new-secret.ts';

export interface RotateServiceClientSecret {
  readonly serviceClientId: string;
  readonly reason?: string | null | undefined;
}

export async function rotateServiceClientSecret(ctx: AuthContext, { serviceClientId, reason }: RotateServiceClientSecret): Promise<{ serviceClient: ServiceClient; secret: string }> {
  const secret = newSecret();
  const secretHash = await ctx.hashing.hash(secret);
  const origin = { ...ctx.origin, reason: reason ?? undefined };
  const serviceClient = await ctx.store.transaction(async (tx) => {
    const changed = await tx.replaceSecret(ctx.principal.organizationId, serviceClientId, secretHash, ctx.now());
    if (changed === null) throw new Refusal('NOT_FOUND', 'there is no such service client', ['serviceClientId']);
    await tx.outbox.add([event(serviceClientSecretRotated, serviceClientId, { serviceClientId }, { ...ctx, origin })]);
    return changed;
  });
  return { serviceClient, secret };
}
