/** What identity tells the others: mostly for the audit trail. Key: the user or the service client. */
import { defineEvent } from '@pms/events/envelope';
import { z } from 'zod';

export const organizationCreated = defineEvent('auth.organization-created.v1', { organizationId: z.string(), name: z.string() });
export const userCreated = defineEvent('auth.user-created.v1', { userId: z.string(), email: z.string(), displayName: z.string(), roles: z.array(z.string()), investorIds: z.array(z.string()).optional() });
export const rolesAssigned = defineEvent('auth.roles-assigned.v1', { userId: z.string(), before: z.array(z.string()), roles: z.array(z.string()) });
export const investorsAssigned = defineEvent('auth.investors-assigned.v1', { userId: z.string(), before: z.array(z.string()), investorIds: z.array(z.string()) });
export const serviceClientCreated = defineEvent('auth.service-client-created.v1', { serviceClientId: z.string(), name: z.string(), scopes: z.array(z.string()) });
export const serviceClientSecretRotated = defineEvent('auth.service-client-secret-rotated.v1', { serviceClientId: z.string(), previousValidUntil: z.string().nullable().optional() });
export const serviceClientSecretRevoked = defineEvent('auth.service-client-secret-revoked.v1', { serviceClientId: z.string(), which: z.string() });
export const signedIn = defineEvent('auth.signed-in.v1', { userId: z.string(), methods: z.array(z.string()).optional() });
export const signInRefused = defineEvent('auth.sign-in-refused.v1', { userId: z.string(), lockedUntil: z.string().nullable(), step: z.string().optional() });
export const sessionsRevoked = defineEvent('auth.sessions-revoked.v1', { userId: z.string() });
export const serviceClientRefused = defineEvent('auth.service-client-refused.v1', { serviceClientId: z.string(), lockedUntil: z.string().nullable() });
export const passwordChanged = defineEvent('auth.password-changed.v1', { userId: z.string() });
/** `kind`: TOTP or PASSKEY; `name` of a passkey. */
export const secondFactorAdded = defineEvent('auth.second-factor-added.v1', { userId: z.string(), kind: z.string(), name: z.string().nullable() });
export const secondFactorRemoved = defineEvent('auth.second-factor-removed.v1', { userId: z.string(), kind: z.string(), name: z.string().nullable() });
/** By somebody else, for a user who has lost theirs. */
export const secondFactorsReset = defineEvent('auth.second-factors-reset.v1', { userId: z.string() });
export const recoveryCodesRenewed = defineEvent('auth.recovery-codes-renewed.v1', { userId: z.string() });
