/** People, programs and organisations. Reads for the API name their organisation; reads for signing in go by what was typed. */
import type { UnitOfWork } from '@pms/events/unit-of-work';
import type { PrismaClient } from '@pms/prisma/auth';
import type { Page } from '@pms/subgraph/connection';
import type { Organization } from '../domain/organization.ts';
import type { ServiceClient } from '../domain/service-client.ts';
import type { User } from '../domain/user.ts';
import { toOrganization, toServiceClient, toUser } from './rows.ts';
import { type AuthWrites, writes } from './writes.ts';

export type AuthStore = ReturnType<typeof authStore>;

export function authStore(prisma: PrismaClient, work: UnitOfWork) {
  return {
    async users(organizationId: string, ids: readonly string[]): Promise<User[]> {
      return (await prisma.user.findMany({ where: { organizationId, id: { in: [...ids] } } })).map(toUser);
    },
    async serviceClients(organizationId: string, ids: readonly string[]): Promise<ServiceClient[]> {
      return (await prisma.serviceClient.findMany({ where: { organizationId, id: { in: [...ids] } } })).map(toServiceClient);
    },
    async organizations(ids: readonly string[]): Promise<Organization[]> {
      return (await prisma.organization.findMany({ where: { id: { in: [...ids] } } })).map(toOrganization);
    },
    /** Ids sort by the time they were made, so the id is the whole sort key. */
    async userPage(organizationId: string, page: Page): Promise<User[]> {
      return (await prisma.user.findMany({ where: { organizationId, ...within(page) }, ...inOrder(page) })).map(toUser);
    },
    async serviceClientPage(organizationId: string, page: Page): Promise<ServiceClient[]> {
      return (await prisma.serviceClient.findMany({ where: { organizationId, ...within(page) }, ...inOrder(page) })).map(toServiceClient);
    },

    async userByEmail(email: string): Promise<{ readonly user: User; readonly passwordHash: string } | null> {
      const row = await prisma.user.findUnique({ where: { email } });
      return row === null ? null : { user: toUser(row), passwordHash: row.passwordHash };
    },
    async userById(id: string): Promise<{ readonly user: User; readonly passwordHash: string } | null> {
      const row = await prisma.user.findUnique({ where: { id } });
      return row === null ? null : { user: toUser(row), passwordHash: row.passwordHash };
    },
    async serviceClientByClientId(clientId: string): Promise<{ readonly serviceClient: ServiceClient; readonly secretHash: string; readonly previousSecretHash: string | null } | null> {
      const row = await prisma.serviceClient.findUnique({ where: { clientId } });
      return row === null ? null : { serviceClient: toServiceClient(row), secretHash: row.secretHash, previousSecretHash: row.previousSecretHash };
    },

    /** One transaction: changes and their events are kept together or not at all. */
    transaction: <T>(steps: (tx: AuthWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit))),
    ready: async (): Promise<void> => void (await prisma.$queryRaw`select 1`),
    close: (): Promise<void> => prisma.$disconnect(),
  };
}

const within = ({ from, backward }: Page): { readonly id?: { readonly gt?: string; readonly lt?: string } } => {
  const cursor = from?.[0];
  if (cursor === undefined) return {};
  return { id: backward ? { lt: cursor } : { gt: cursor } };
};

const inOrder = ({ backward, limit }: Page) => ({ orderBy: { id: backward ? 'desc' : 'asc' } as const, take: limit });
