/** An organisation's own OpenID provider, as the auth domain is told of it: who it is, and what its words mean here. */
import { z } from 'zod';
import { roles } from './principal.ts';

const words = z.string().min(1).max(200);

export const identityProvider = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'is small letters, digits and dashes').describe('In addresses; the redirect address at the provider is <issuer>/auth/federated/<name>.'),
  title: words.describe('On the sign-in page.'),
  issuer: z.url({ protocol: /^https?$/ }).describe('To the letter as its discovery document says it.'),
  clientId: words,
  clientSecret: z.enum(['none', 'basic', 'post']).default('basic').describe('How the secret is sent: PMS_SECRET_IDP_<NAME>. none: a public client.'),
  scopes: z.array(words).default(['openid', 'email', 'profile']),
  organizationId: words.optional().describe('Whose users these are; where one provider serves several organisations, `organizations` says it by a claim.'),
  organizations: z.strictObject({ claim: words, values: z.record(z.string(), words) }).optional().describe('The claim, and the organisation that each of its values stands for.'),
  roles: z.strictObject({
    claim: words.default('groups'),
    values: z.record(z.string(), z.array(z.enum(roles)).min(1)).default({}),
    otherwise: z.array(z.enum(roles)).default([]).describe('Of who has none of the values; none: they are not let in.'),
  }).default({ claim: 'groups', values: {}, otherwise: [] }),
  linkByEmail: z.boolean().default(false).describe('Whether an account of the organisation with the same, verified address becomes theirs.'),
}).refine(({ organizationId, organizations }) => (organizationId === undefined) !== (organizations === undefined), 'names either organizationId or organizations');

export type IdentityProvider = z.output<typeof identityProvider>;

export const identityProviders = z.array(identityProvider).max(50).refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names one twice');
