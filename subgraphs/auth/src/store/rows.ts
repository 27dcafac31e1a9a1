/** Rows of this domain's tables as domain values. */
import type { Opener } from '@pms/subgraph/person-vault';
import type { Organization } from '../domain/organization.ts';
import { rolesIn } from '../domain/role.ts';
import type { ServiceClient } from '../domain/service-client.ts';
import type { User } from '../domain/user.ts';

/** Address and name as they are kept: sealed. */
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

/** What is left of the name of a person who was erased. */
const ERASED = 'Erased';

export const personOf = ({ organizationId, id }: Pick<UserRow, 'organizationId' | 'id'>) => ({ organizationId, personId: id });

export const toUser = (row: UserRow, open: Opener): User => {
  const { id, organizationId, email, displayName, roles, investorIds, createdAt, lastSignedInAt } = row;
  const person = personOf(row);
  return {
    id, organizationId, email: open(person, 'email', email) ?? '', displayName: open(person, 'displayName', displayName) ?? ERASED, roles: rolesIn(roles), investorIds, createdAt, lastSignedInAt,
  };
};

export const toServiceClient = ({ id, organizationId, clientId, name, scopes, createdAt, secretRotatedAt, previousSecretValidUntil }: ServiceClient): ServiceClient =>
  ({ id, organizationId, clientId, name, scopes, createdAt, secretRotatedAt, previousSecretValidUntil });

export const toOrganization = ({ id, name, createdAt }: Organization): Organization => ({ id, name, createdAt });
