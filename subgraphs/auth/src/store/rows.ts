/** Rows of this domain's tables as domain values. */
import type { Organization } from '../domain/organization.ts';
import { rolesIn } from '../domain/role.ts';
import type { ServiceClient } from '../domain/service-client.ts';
import type { User } from '../domain/user.ts';

export interface UserRow {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly investorIds: readonly string[];
  readonly createdAt: Date;
  readonly lastSignedInAt: Date | null;
}

export const USER_COLUMNS = `id, organization_id as "organizationId", email, display_name as "displayName", roles, investor_ids as "investorIds", created_at as "createdAt", last_signed_in_at as "lastSignedInAt"`;

export const toUser = ({ id, organizationId, email, displayName, roles, investorIds, createdAt, lastSignedInAt }: UserRow): User =>
  ({ id, organizationId, email, displayName, roles: rolesIn(roles), investorIds, createdAt, lastSignedInAt });

export const toServiceClient = ({ id, organizationId, clientId, name, scopes, createdAt, secretRotatedAt, previousSecretValidUntil }: ServiceClient): ServiceClient =>
  ({ id, organizationId, clientId, name, scopes, createdAt, secretRotatedAt, previousSecretValidUntil });

export const toOrganization = ({ id, name, createdAt }: Organization): Organization => ({ id, name, createdAt });
