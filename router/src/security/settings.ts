/** Settings of what a client may ask, and how much of it. */
import { algorithms } from '@pms/identity/tokens';
import { z } from 'zod';

const count = (standard: number) => z.int().positive().default(standard);

export const limitSettings = z.strictObject({
  depthMax: count(20).describe('Levels of nested fields.'),
  heightMax: count(200).describe('Different fields at different places: the same field under several aliases is one.'),
  aliasesMax: count(30),
  rootFieldsMax: count(20),
  directivesMax: count(50),
  fieldsMax: count(2_000).describe('Fields after all fragments are written out.'),
  tokensMax: count(8_000).describe('Lexical tokens of the document.'),
  nestingMax: count(200).describe('Brackets of any kind within each other, in the document or in its variables.'),
  bodyBytesMax: count(8 * 1_024 * 1_024),
  inputItemsMax: count(10_000).describe('Items of one list among the variables or arguments.'),
  inputCharactersMax: count(1_000_000).describe('Characters of one string among the variables or arguments.'),
  errorsMax: count(20).describe('Errors that are told of one document or its variables.'),
  costMax: count(50_000).describe('Static cost, by @cost and @listSize.'),
  costMode: z.enum(['enforce', 'measure']).default('enforce').describe('measure: the cost is worked out, counted and charged to the rate, and refuses nothing.'),
  listSizeAssumed: count(10).describe('Items that a list is taken to have where the schema does not say.'),
  warnOnly: z.boolean().default(false).describe('A limit that is passed is logged and counted, and refuses nothing. Fields, tokens and bytes are refused all the same.'),
});

const RATE_CAPACITY = 2_000;
const RATE_REFILL_PER_SECOND = 200;

const rate = z.strictObject({
  capacity: z.number().min(1).optional().describe(`Units that a client which has been quiet may use at once; ${RATE_CAPACITY} unless said.`),
  refillPerSecond: z.number().positive().optional().describe(`Units that come back each second; ${RATE_REFILL_PER_SECOND} unless said.`),
  points: z.number().min(1).optional().describe('With windowSeconds, another way to say both: so many units a window, all of them at once for who has been quiet.'),
  windowSeconds: z.number().positive().default(10),
  costPerUnit: z.number().positive().default(100).describe('An operation uses one unit for each so much of its static cost, and at least one.'),
  store: z.enum(['auto', 'memory', 'redis']).default('auto').describe('auto: Redis where there is one, so that replicas count together.'),
  clientsMax: count(100_000).describe('Clients whose use is remembered by one process; the one that has been quiet longest is forgotten first.'),
});

export const rateSettings = rate.transform(({ capacity, refillPerSecond, points, windowSeconds, ...rest }) => ({
  ...rest, capacity: capacity ?? points ?? RATE_CAPACITY, refillPerSecond: refillPerSecond ?? (points === undefined ? RATE_REFILL_PER_SECOND : points / windowSeconds),
}));

export const documentSettings = z.strictObject({
  mode: z.enum(['off', 'log', 'enforce']).default('off').describe('enforce: only operations of the manifest run. log: all run, and what is not in the manifest is logged and counted.'),
  manifest: z.string().min(1).optional().describe('A file of trusted operations: a manifest of Apollo’s format, or a map of hashes to texts as Relay writes it. Read again when it changes.'),
  allowAutomatic: z.boolean().default(true).describe('Automatic persisted queries; never where the manifest is enforced.'),
  store: z.enum(['auto', 'memory']).default('auto').describe('Of automatic persisted queries. auto: Redis too where there is one, so that replicas know each other’s.'),
  shareManifests: z.boolean().default(false).describe('Whether operations of the manifests of all replicas that share a Redis are trusted: while replicas are replaced, old ones serve new clients. Whoever can write to that Redis can add operations.'),
  keepSeconds: z.int().positive().default(86_400).describe('How long Redis keeps one.'),
});

const httpUrl = z.url({ protocol: /^https?$/ });
const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).transform((given) => (typeof given === 'string' ? [given] : given));

const issuer = z.strictObject({
  issuer: httpUrl.describe('As its tokens say it, to the letter.'),
  kind: z.enum(['oidc', 'cognito', 'keycloak', 'auth0', 'pms']).default('oidc').describe('Where its tokens say what; `claims` goes before it. pms: the platform’s own tokens, to which nothing may be missing.'),
  audience: oneOrMore.describe('One of these must be the token’s; for cognito its client ids.'),
  jwksUrl: httpUrl.optional().describe('Where its keys are; found by its OpenID configuration unless said.'),
  algorithms: z.array(z.enum(algorithms)).min(1).optional().describe('RS256, PS256, ES256 and EdDSA unless said; none with a shared secret can be.'),
  claims: z.strictObject({
    subject: oneOrMore.optional(), organization: oneOrMore.optional(), roles: oneOrMore.optional(), scopes: oneOrMore.optional(), tokenUse: oneOrMore.optional(), tokenId: oneOrMore.optional(),
  }).default({}).describe('Ways into the claims, such as realm_access.roles; lists, or text with spaces between.'),
  required: z.record(z.string(), oneOrMore).optional().describe('Claims that must have one of these values, such as token_use: access.'),
});

export const authenticationSettings = z.strictObject({
  issuers: z.array(issuer).max(50).default([]).describe('Whose tokens are believed, beside those of the platform’s own issuer.'),
  clockToleranceSeconds: z.int().min(0).max(300).default(2).describe('How far the clocks of issuers may be from ours.'),
});

export type AuthenticationSettings = z.output<typeof authenticationSettings>;

export const authorizationSettings = z.strictObject({
  enforce: z.boolean().default(true).describe('Whether @authenticated, @requiresScopes and @policy hold. Without authentication nobody meets them.'),
  rejectUnauthorized: z.boolean().default(false).describe('Refuses an operation that asks for anything its sender may not read, instead of answering the rest.'),
  errors: z.enum(['errors', 'extensions', 'none']).default('errors').describe('Where a client is told what was taken out: in errors, in extensions.authorizationErrors, or not at all.'),
});

export type AuthorizationSettings = z.output<typeof authorizationSettings>;

export const disclosureSettings = z.strictObject({
  introspection: z.boolean().optional().describe('Whether clients may read the schema; off in production unless said.'),
  suggestions: z.boolean().optional().describe('Whether errors may name what exists ("Did you mean"); off in production unless said.'),
});
