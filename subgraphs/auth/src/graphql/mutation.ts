/** Changes at the root. */
import { payload } from '@pms/subgraph/refusals';
import { assignInvestors } from '../commands/assign-investors.ts';
import { assignRoles } from '../commands/assign-roles.ts';
import { changePassword } from '../commands/change-password.ts';
import { createServiceClient } from '../commands/create-service-client.ts';
import { createUser } from '../commands/create-user.ts';
import { revokeSessions } from '../commands/revoke-sessions.ts';
import { rotateServiceClientSecret } from '../commands/rotate-service-client-secret.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  createUser: (_, { input }, ctx) => payload(['user', 'initialPassword'], () => createUser(ctx, input)),
  assignRoles: (_, { input }, ctx) => payload(['user'], async () => ({ user: await assignRoles(ctx, input) })),
  assignInvestors: (_, { input }, ctx) => payload(['user'], async () => ({ user: await assignInvestors(ctx, input) })),
  createServiceClient: (_, { input }, ctx) => payload(['serviceClient', 'secret'], () => createServiceClient(ctx, input)),
  rotateServiceClientSecret: (_, { input }, ctx) => payload(['serviceClient', 'secret'], () => rotateServiceClientSecret(ctx, input)),
  revokeSessions: (_, { input }, ctx) => payload(['user', 'revoked'], () => revokeSessions(ctx, input)),
  changePassword: (_, { input }, ctx) => payload(['user'], async () => ({ user: await changePassword(ctx, input) })),
};
