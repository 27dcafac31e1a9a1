/** Founds an organisation with its first ADMIN: how a production platform gets its first account. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { organizationCreated, userCreated } from '@pms/schema/events/auth';
import type { Accounts } from '../context.ts';
import { founded, type Organization } from '../domain/organization.ts';
import { acceptable } from '../domain/password.ts';
import { newUser, type User } from '../domain/user.ts';

export interface BootstrapOrganization {
  readonly name: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
}

export async function bootstrapOrganization(accounts: Accounts, { name, adminEmail, adminPassword }: BootstrapOrganization): Promise<{ organization: Organization; admin: User }> {
  const { store, hashing, newId, now } = accounts;
  const organization = founded({ id: newId('org'), name, createdAt: now() });
  const admin = newUser({ id: newId('usr'), organizationId: organization.id, email: adminEmail, displayName: adminEmail, roles: ['ADMIN'], investorIds: [], createdAt: now() });
  const passwordHash = await hashing.hash(acceptable(adminPassword, 'adminPassword'));
  const maker = { origin: { organizationId: organization.id, actor: 'system:auth', correlationId: newId('req'), causationId: null }, newId, now };
  await store.transaction(async (tx) => {
    await tx.insertOrganization(organization);
    const sealed = await tx.insertUser(admin, passwordHash);
    if (sealed === null) throw new Refusal('CONFLICT', 'somebody signs in with this e-mail address', ['adminEmail']);
    await tx.outbox.add([
      event(organizationCreated, organization.id, { organizationId: organization.id, name: organization.name }, maker),
      event(userCreated, admin.id, { userId: admin.id, ...sealed, roles: [...admin.roles] }, maker),
    ]);
  });
  return { organization, admin };
}
