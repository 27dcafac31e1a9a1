/** The accounts of the demo world, whose passwords everybody knows: made once, and admitted only where the demo is on. */
import { event } from '@pms/events/envelope';
import type { Scope } from '@pms/identity/principal';
import { organizationCreated, serviceClientCreated, userCreated } from '@pms/schema/events/auth';
import type { Accounts } from '../context.ts';
import { DEMO_ORGANIZATION_ID } from '../domain/organization.ts';
import type { Role } from '../domain/role.ts';
import { newUser } from '../domain/user.ts';

const PASSWORD = 'demo';
const CLIENT = { clientId: 'demo', secret: 'demo-secret' } as const;

const people: readonly (readonly [name: string, displayName: string, role: Role])[] = [
  ['admin', 'Ada Admin', 'ADMIN'],
  ['manager', 'Mira Manager', 'PORTFOLIO_MANAGER'],
  ['trader', 'Tom Trader', 'TRADER'],
  ['risk', 'Rita Risk', 'RISK'],
  ['compliance', 'Carl Compliance', 'COMPLIANCE'],
  ['investor', 'Ivy Investor', 'INVESTOR'],
];

/** All that the main job does; no identities, and no approving of its own trades. */
const scopes: readonly Scope[] = [
  'portfolio:read', 'portfolio:write', 'trade:read', 'trade:write', 'market:read', 'market:write', 'market:ingest', 'compliance:read', 'compliance:write',
  'books:read', 'books:write', 'settlement:operate', 'analytics:read', 'simulation:run', 'leaderboard:read', 'audit:read',
];

export async function openDemo({ store, hashing, newId, now }: Accounts): Promise<void> {
  if ((await store.organizations([DEMO_ORGANIZATION_ID])).length > 0) return;
  const passwordHash = await hashing.hash(PASSWORD);
  const secretHash = await hashing.hash(CLIENT.secret);
  const at = now();
  const maker = { origin: { organizationId: DEMO_ORGANIZATION_ID, actor: 'system:auth', correlationId: newId('req'), causationId: null }, newId, now };
  await store.transaction(async (tx) => {
    const organization = { id: DEMO_ORGANIZATION_ID, name: 'Demo Asset Management', createdAt: at };
    if (!(await tx.insertOrganization(organization))) return; // another process was first
    await tx.outbox.add([event(organizationCreated, organization.id, { organizationId: organization.id, name: organization.name }, maker)]);
    for (const [name, displayName, role] of people) {
      const user = newUser({ id: newId('usr'), organizationId: organization.id, email: `${name}@demo.example`, displayName, roles: [role], investorIds: [], createdAt: at });
      const sealed = await tx.insertUser(user, passwordHash);
      if (sealed !== null) await tx.outbox.add([event(userCreated, user.id, { userId: user.id, ...sealed, roles: [role] }, maker)]);
    }
    const id = newId('svc');
    await tx.insertServiceClient({ id, organizationId: organization.id, clientId: CLIENT.clientId, name: 'Demo service', scopes, createdAt: at, secretRotatedAt: at, previousSecretValidUntil: null }, secretHash);
    await tx.outbox.add([event(serviceClientCreated, id, { serviceClientId: id, name: 'Demo service', scopes: [...scopes] }, maker)]);
  });
}
