/** What identity tells the others: mostly for the audit trail. Key: the user or the service client. */
import { defineEvent } from '@pms/events/envelope';
import { mutationNotedBy } from '@pms/events/mutation-noted';
import { z } from 'zod';

export const organizationCreated = defineEvent('auth.organization-created.v1', { organizationId: z.string(), name: z.string() });
/** Address and name are sealed under the user's key (`sealed:1:…`). */
export const userCreated = defineEvent('auth.user-created.v1', { userId: z.string(), email: z.string(), displayName: z.string(), roles: z.array(z.string()), investorIds: z.array(z.string()).optional() });
export const rolesAssigned = defineEvent('auth.roles-assigned.v1', { userId: z.string(), before: z.array(z.string()), roles: z.array(z.string()) });
export const investorsAssigned = defineEvent('auth.investors-assigned.v1', { userId: z.string(), before: z.array(z.string()), investorIds: z.array(z.string()) });
export const serviceClientCreated = defineEvent('auth.service-client-created.v1', { serviceClientId: z.string(), name: z.string(), scopes: z.array(z.string()) });
export const serviceClientSecretRotated = defineEvent('auth.service-client-secret-rotated.v1', { serviceClientId: z.string(), previousValidUntil: z.string().nullable().optional() });
export const serviceClientSecretRevoked = defineEvent('auth.service-client-secret-revoked.v1', { serviceClientId: z.string(), which: z.string() });
/** From where, sealed under the user's key. */
const client = z.string().optional();
export const signedIn = defineEvent('auth.signed-in.v1', { userId: z.string(), methods: z.array(z.string()).optional(), client });
export const signInRefused = defineEvent('auth.sign-in-refused.v1', { userId: z.string(), lockedUntil: z.string().nullable(), step: z.string().optional(), client });
/** Of the platform, not of an organisation: there is no such account. `account` is a keyed hash of what was typed; `network` the first part of the address. */
export const unknownSignInRefused = defineEvent('auth.unknown-sign-in-refused.v1', { account: z.string(), network: z.string(), lockedUntil: z.string().nullable() });
export const serviceClientSignedIn = defineEvent('auth.service-client-signed-in.v1', { serviceClientId: z.string(), client });
export const sessionsRevoked = defineEvent('auth.sessions-revoked.v1', { userId: z.string() });
export const serviceClientRefused = defineEvent('auth.service-client-refused.v1', { serviceClientId: z.string(), lockedUntil: z.string().nullable(), client });
/** Nothing that was sealed under the person's key can be read any more; who keeps keys for them destroys them. */
export const personErased = defineEvent('auth.person-erased.v1', { userId: z.string() });
export const legalHoldPlaced = defineEvent('auth.legal-hold-placed.v1', { legalHoldId: z.string(), userId: z.string() });
export const legalHoldReleased = defineEvent('auth.legal-hold-released.v1', { legalHoldId: z.string(), userId: z.string() });
export const passwordChanged = defineEvent('auth.password-changed.v1', { userId: z.string() });
/** `kind`: TOTP or PASSKEY; `name` of a passkey. */
export const secondFactorAdded = defineEvent('auth.second-factor-added.v1', { userId: z.string(), kind: z.string(), name: z.string().nullable() });
export const secondFactorRemoved = defineEvent('auth.second-factor-removed.v1', { userId: z.string(), kind: z.string(), name: z.string().nullable() });
/** By somebody else, for a user who has lost theirs. */
export const secondFactorsReset = defineEvent('auth.second-factors-reset.v1', { userId: z.string() });
export const recoveryCodesRenewed = defineEvent('auth.recovery-codes-renewed.v1', { userId: z.string() });

/** Key: who asked. */
export const mutationNoted = mutationNotedBy('auth');
