/** Adds a program that may sign in by client credentials. Its secret is returned this once; only its hash is kept. */
import { event } from '@pms/events/envelope';
import { scopes as known } from '@pms/identity/principal';
import { serviceClientCreated } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import { newServiceClient, type ServiceClient } from '../domain/service-client.ts';
import { newSecret } from './new-secret.ts';

export interface CreateServiceClient {
  readonly name: string;
  readonly scopes: readonly string[];
}

export async function createServiceClient(ctx: AuthContext, { name, scopes }: CreateServiceClient): Promise<{ serviceClient: ServiceClient; secret: string }> {
  const [id, at] = [ctx.newId('svc'), ctx.now()];
  const serviceClient = newServiceClient(
    { id, organizationId: ctx.principal.organizationId, clientId: id, name, scopes, createdAt: at, secretRotatedAt: at, previousSecretValidUntil: null },
    { known, held: ctx.principal.scopes });
  const secret = newSecret();
  const secretHash = await ctx.hashing.hash(secret);
  await ctx.store.transaction(async (tx) => {
    await tx.insertServiceClient(serviceClient, secretHash);
    await tx.outbox.add([event(serviceClientCreated, id, { serviceClientId: id, name: serviceClient.name, scopes: [...serviceClient.scopes] }, ctx)]);
  });
  return { serviceClient, secret };
}
