/** People, programs and organisations. Reads for the API name their organisation; reads for signing in go by what was typed. */
import type { Sql } from '@pms/events/sql';
import type { UnitOfWork } from '@pms/events/unit-of-work';
import type { PrismaClient } from '@pms/prisma/auth';
import type { Page } from '@pms/subgraph/connection';
import type { Organization } from '../domain/organization.ts';
import type { ServiceClient } from '../domain/service-client.ts';
import type { User } from '../domain/user.ts';
import type { PeopleKeys } from './people-keys.ts';
import { peopleReads } from './people-reads.ts';
import { personOf, toOrganization, toServiceClient, toUser, type UserRow } from './rows.ts';
import { type AuthWrites, writes } from './writes.ts';

export type AuthStore = ReturnType<typeof authStore>;

export interface AuthStoreParts {
  readonly prisma: PrismaClient;
  readonly sql: Sql;
  readonly work: UnitOfWork;
  readonly people: PeopleKeys;
}

export function authStore({ prisma, sql, work, people }: AuthStoreParts) {
  const opened = async (rows: readonly UserRow[]): Promise<User[]> => {
    const open = await people.vault.opener(sql, rows.map(personOf));
    return rows.map((row) => toUser(row, open));
  };
  const withHash = async (row: (UserRow & { readonly passwordHash: string }) | null): Promise<{ readonly user: User; readonly passwordHash: string } | null> => {
    const [user] = row === null ? [] : await opened([row]);
    return user === undefined || row === null ? null : { user, passwordHash: row.passwordHash };
  };
  return {
    async users(organizationId: string, ids: readonly string[]): Promise<User[]> {
      return opened(await prisma.user.findMany({ where: { organizationId, id: { in: [...ids] } } }));
    },
    async serviceClients(organizationId: string, ids: readonly string[]): Promise<ServiceClient[]> {
      return (await prisma.serviceClient.findMany({ where: { organizationId, id: { in: [...ids] } } })).map(toServiceClient);
    },
    async organizations(ids: readonly string[]): Promise<Organization[]> {
      return (await prisma.organization.findMany({ where: { id: { in: [...ids] } } })).map(toOrganization);
    },
    /** Ids sort by the time they were made, so the id is the whole sort key. */
    async userPage(organizationId: string, page: Page): Promise<User[]> {
      return opened(await prisma.user.findMany({ where: { organizationId, ...within(page) }, ...inOrder(page) }));
    },
    async serviceClientPage(organizationId: string, page: Page): Promise<ServiceClient[]> {
      return (await prisma.serviceClient.findMany({ where: { organizationId, ...within(page) }, ...inOrder(page) })).map(toServiceClient);
    },

    /** By the keyed hash of the address. */
    userByEmail: async (email: string): Promise<{ readonly user: User; readonly passwordHash: string } | null> =>
      withHash(await prisma.user.findUnique({ where: { emailIndex: await people.emailIndex(email) } })),
    userById: async (id: string): Promise<{ readonly user: User; readonly passwordHash: string } | null> =>
      withHash(await prisma.user.findUnique({ where: { id, erasedAt: null } })),
    async serviceClientByClientId(clientId: string): Promise<{ readonly serviceClient: ServiceClient; readonly secretHash: string; readonly previousSecretHash: string | null } | null> {
      const row = await prisma.serviceClient.findUnique({ where: { clientId } });
      return row === null ? null : { serviceClient: toServiceClient(row), secretHash: row.secretHash, previousSecretHash: row.previousSecretHash };
    },

    /** Of these ids those that name an investor of the organisation. */
    async knownInvestors(organizationId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
      if (ids.length === 0) return new Set();
      return new Set((await prisma.knownInvestor.findMany({ where: { organizationId, id: { in: [...ids] } }, select: { id: true } })).map(({ id }) => id));
    },

    people: peopleReads(sql, people),
    /** One transaction: changes and their events are kept together or not at all. */
    transaction: <T>(steps: (tx: AuthWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit, people))),
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
