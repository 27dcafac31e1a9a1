/** Changes at the root. */
import { payload } from '@pms/subgraph/refusals';
import { assignInvestors } from '../commands/assign-investors.ts';
import { assignRoles } from '../commands/assign-roles.ts';
import { changePassword } from '../commands/change-password.ts';
import { createServiceClient } from '../commands/create-service-client.ts';
import { createUser } from '../commands/create-user.ts';
import { erasePerson } from '../commands/erase-person.ts';
import { placeLegalHold, releaseLegalHold } from '../commands/legal-holds.ts';
import { beginPasskey, finishPasskey, removePasskey } from '../commands/passkeys.ts';
import { revokeSessions } from '../commands/revoke-sessions.ts';
import { revokeServiceClientSecret, rotateServiceClientSecret } from '../commands/rotate-service-client-secret.ts';
import { beginTotp, confirmTotp, removeTotp, renewRecoveryCodes, resetSecondFactors } from '../commands/second-factors.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  createUser: (_, { input }, ctx) => payload(['user', 'initialPassword'], () => createUser(ctx, input)),
  assignRoles: (_, { input }, ctx) => payload(['user'], async () => ({ user: await assignRoles(ctx, input) })),
  assignInvestors: (_, { input }, ctx) => payload(['user'], async () => ({ user: await assignInvestors(ctx, input) })),
  createServiceClient: (_, { input }, ctx) => payload(['serviceClient', 'secret'], () => createServiceClient(ctx, input)),
  rotateServiceClientSecret: (_, { input }, ctx) => payload(['serviceClient', 'secret'], () => rotateServiceClientSecret(ctx, input)),
  revokeServiceClientSecret: (_, { input }, ctx) => payload(['serviceClient'], async () => ({ serviceClient: await revokeServiceClientSecret(ctx, input) })),
  beginTotp: (_, { input }, ctx) => payload(['secret', 'uri'], () => beginTotp(ctx, input)),
  confirmTotp: (_, { input }, ctx) => payload(['user', 'recoveryCodes'], () => confirmTotp(ctx, input)),
  removeTotp: (_, { input }, ctx) => payload(['user'], async () => ({ user: await removeTotp(ctx, input) })),
  renewRecoveryCodes: (_, { input }, ctx) => payload(['user', 'recoveryCodes'], () => renewRecoveryCodes(ctx, input)),
  beginPasskey: (_, { input }, ctx) => payload(['options'], async () => ({ options: await beginPasskey(ctx, input) })),
  finishPasskey: (_, { input }, ctx) => payload(['passkey', 'recoveryCodes'], () => finishPasskey(ctx, input)),
  removePasskey: (_, { input }, ctx) => payload(['user'], async () => ({ user: await removePasskey(ctx, input) })),
  resetSecondFactors: (_, { input }, ctx) => payload(['user'], async () => ({ user: await resetSecondFactors(ctx, input) })),
  revokeSessions: (_, { input }, ctx) => payload(['user', 'revoked'], () => revokeSessions(ctx, input)),
  erasePerson: (_, { input }, ctx) => payload(['userId', 'erasedAt'], () => erasePerson(ctx, input)),
  placeLegalHold: (_, { input }, ctx) => payload(['legalHold'], async () => ({ legalHold: await placeLegalHold(ctx, input) })),
  releaseLegalHold: (_, { input }, ctx) => payload(['legalHold'], async () => ({ legalHold: await releaseLegalHold(ctx, input) })),
  changePassword: (_, { input }, ctx) => payload(['user'], async () => ({ user: await changePassword(ctx, input) })),
};
