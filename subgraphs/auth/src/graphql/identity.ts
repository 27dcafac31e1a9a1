/** The fields of the viewer, of users and of service clients that are more than a column. */
import { rolesIn } from '../domain/role.ts';
import { maySee, ownOrganization } from '../queries/identities.ts';
import { personalData } from '../queries/personal-data.ts';
import type { LegalHoldResolvers, OrganizationResolvers, PasskeyResolvers, PersonalDataResolvers, ServiceClientResolvers, UserResolvers, ViewerResolvers } from './types.generated.ts';

export const Viewer: ViewerResolvers = {
  id: ({ subject }) => subject,
  organization: (_, __, ctx) => ownOrganization(ctx),
  roles: ({ roles }) => rolesIn(roles),
  scopes: ({ scopes }) => [...scopes].toSorted(),
  expiresAt: ({ expiresAt }) => new Date(expiresAt * 1_000).toISOString(),
  user: ({ kind, subject }, _, { loaders }) => (kind === 'USER' ? loaders.user.load(subject) : null),
  secondFactors: ({ kind, subject }, _, { factors }) => (kind === 'USER' ? factors.of(subject) : null),
  serviceClient: ({ kind, subject }, _, { loaders }) => (kind === 'SERVICE' ? loaders.serviceClient.load(subject) : null),
};

export const User: UserResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.user.load(id),
  email: (user, _, ctx) => (maySee(ctx, user) ? user.email : null),
  investors: (user, _, ctx) => (maySee(ctx, user) ? user.investorIds.map((id) => ({ id })) : []),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  lastSignedInAt: (user, _, ctx) => (maySee(ctx, user) ? user.lastSignedInAt?.toISOString() ?? null : null),
};

export const PersonalData: PersonalDataResolvers = {
  __resolveReference: ({ id }, ctx) => personalData(ctx, id),
};

export const LegalHold: LegalHoldResolvers = {
  userId: ({ personId }) => personId,
  placedAt: ({ placedAt }) => placedAt.toISOString(),
  releasedAt: ({ releasedAt }) => releasedAt?.toISOString() ?? null,
};

export const ServiceClient: ServiceClientResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.serviceClient.load(id),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  secretRotatedAt: ({ secretRotatedAt }) => secretRotatedAt.toISOString(),
  previousSecretValidUntil: ({ previousSecretValidUntil }, _, { now }) => (previousSecretValidUntil !== null && previousSecretValidUntil > now() ? previousSecretValidUntil.toISOString() : null),
};

export const Organization: OrganizationResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.organization.load(id),
};

export const Passkey: PasskeyResolvers = {
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  lastUsedAt: ({ lastUsedAt }) => lastUsedAt?.toISOString() ?? null,
};
