/** Users and service clients of the asker's organisation, and the asker. Another organisation's and none at all look alike. */
import { notFound } from '@pms/errors';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { AuthContext } from '../context.ts';
import type { Organization } from '../domain/organization.ts';
import type { ServiceClient } from '../domain/service-client.ts';
import type { User } from '../domain/user.ts';

/** Throws NOT_FOUND. */
export async function userById(ctx: AuthContext, id: string): Promise<User> {
  const user = await ctx.loaders.user.load(id);
  if (user === null) throw notFound('user', id);
  return user;
}

/** Oldest first. */
export async function users(ctx: AuthContext, args: PageArgs): Promise<Connection<User>> {
  const page = pageOf(args);
  return connectionOf(await ctx.store.userPage(ctx.principal.organizationId, page), page, ({ id }) => [id]);
}

/** Oldest first. */
export async function serviceClients(ctx: AuthContext, args: PageArgs): Promise<Connection<ServiceClient>> {
  const page = pageOf(args);
  return connectionOf(await ctx.store.serviceClientPage(ctx.principal.organizationId, page), page, ({ id }) => [id]);
}

/** The asker's own; throws NOT_FOUND where tokens are issued elsewhere and the organisation is not known here. */
export async function ownOrganization(ctx: AuthContext): Promise<Organization> {
  const organization = await ctx.loaders.organization.load(ctx.principal.organizationId);
  if (organization === null) throw notFound('organization', ctx.principal.organizationId);
  return organization;
}

/** Whether the asker may see what is personal about a user. */
export const maySee = ({ principal }: AuthContext, user: User): boolean =>
  user.id === principal.subject || principal.scopes.has('identity:read') || principal.scopes.has('identity:manage');
