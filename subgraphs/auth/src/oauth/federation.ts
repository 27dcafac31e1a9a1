/**
 * Sign-in by an organisation's own OpenID provider: authorization code with PKCE, state and nonce. Who it is comes from the ID token, whose signature
 * is checked against the provider's published keys although it came over TLS from the provider itself. What a sign-in under way has to remember
 * travels sealed in a cookie.
 */
import { Refusal } from '@pms/errors';
import type { IdentityProvider } from '@pms/identity/federation';
import { keySet } from '@pms/identity/key-set';
import { cookieValue, hostCookieName } from '@pms/identity/session-cookie';
import type { Logger } from '@pms/telemetry/logger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as openid from 'openid-client';
import { type FederatedPerson, federatedPerson } from '../domain/federated.ts';
import { isLoopback } from './clients.ts';
import { cookie } from './cookie.ts';
import { asIssuer, show } from './exchange.ts';
import { begun, expired, finish, type InteractionParts } from './interaction.ts';
import { messagePage } from './pages.ts';
import { PATHS } from './paths.ts';

/** As long as the sign-in page is good for. */
const ATTEMPT_SECONDS = 1_800;
/** From the provider's answer back to the sign-in that it belongs to. */
const PROOF_MS = 60_000;
/** Discovery is asked for again after that. */
const DISCOVERED_MS = 3_600_000;
const ANSWER_SECONDS_MAX = 10;
const MS_PER_SECOND = 1_000;
const ATTEMPT = 'federated sign-in';
const PROOF = 'federated proof';
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** One provider. */
export interface Federation {
  readonly name: string;
  readonly title: string;
  /** Where to send the browser. Rejects when the provider cannot be reached. */
  begin(attempt: Attempt): Promise<URL>;
  /** Who came back, from the address that the browser was sent back to. Rejects for an answer that does not hold, throws NOT_PERMITTED for who may not come in. */
  complete(answer: URL, attempt: Attempt): Promise<FederatedPerson>;
  admit(person: FederatedPerson): Promise<string>;
}

export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface FederationParts {
  readonly issuer: string;
  secret(name: string): Promise<string>;
  now(): Date;
  /** Resolves to the user's id. */
  admit(person: FederatedPerson, provider: IdentityProvider): Promise<string>;
}

const callbackOf = (issuer: string, name: string): string => `${issuer}/auth/federated/${name}`;

export function federationWith(provider: IdentityProvider, { issuer, secret, now, admit }: FederationParts): Federation {
  const { name, title, clientId, scopes } = provider;
  const known = discovered(provider, secret, now);
  return {
    name, title,
    async begin({ state, nonce, verifier }) {
      const { config } = await known();
      return openid.buildAuthorizationUrl(config, {
        redirect_uri: callbackOf(issuer, name), scope: scopes.join(' '), state, nonce, code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
      });
    },
    async complete(answer, { state, nonce, verifier }) {
      const { config, keys } = await known();
      const tokens = await openid.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
      const { payload } = await jwtVerify(tokens.id_token ?? '', keys, { issuer: provider.issuer, audience: clientId, algorithms: ALGORITHMS, currentDate: now(), requiredClaims: ['exp', 'iat', 'sub'] });
      return federatedPerson(provider.issuer, payload, provider);
    },
    admit: (person) => admit(person, provider),
  };
}

interface Known {
  readonly config: openid.Configuration;
  readonly keys: JWTVerifyGetKey;
}

/** The provider's own words, fetched when first needed and each hour. */
function discovered({ name, issuer, clientId, clientSecret }: IdentityProvider, secret: FederationParts['secret'], now: () => Date): () => Promise<Known> {
  let known: { readonly at: number; readonly made: Promise<Known> } | undefined;
  const make = async (): Promise<Known> => {
    const url = new URL(issuer);
    const given = clientSecret === 'none' ? undefined : await secret(`idp-${name}`);
    const authentication = { none: openid.None(), basic: openid.ClientSecretBasic(given), post: openid.ClientSecretPost(given) }[clientSecret];
    // without TLS on a person's own machine alone
    const config = await openid.discovery(url, clientId, undefined, authentication, { timeout: ANSWER_SECONDS_MAX, ...(url.protocol === 'http:' && isLoopback(url) ? { execute: [openid.allowInsecureRequests] } : {}) });
    const { jwks_uri: jwks } = config.serverMetadata();
    if (jwks === undefined) throw new Error(`the provider ${name} publishes no keys`);
    return { config, keys: keySet({ issuer, url: jwks, now: () => now().getTime() }) };
  };
  return () => {
    const at = now().getTime();
    if (known === undefined || at - known.at > DISCOVERED_MS) {
      const made = make();
      known = { at, made };
      made.catch(() => { known = undefined; });
    }
    return known.made;
  };
}

export interface FederationRouteParts extends InteractionParts {
  readonly federations: readonly Federation[];
  readonly logger: Logger;
}

type Parts = Omit<FederationRouteParts, 'passkeys'>;

export function federationRoutes(app: FastifyInstance, parts: Parts): void {
  if (parts.federations.length === 0) return;
  app.get(`${PATHS.interaction}/:uid/with/:name`, (request, reply) => lead(parts, request, reply));
  app.get('/auth/federated/:name', (request, reply) => comeBack(parts, request, reply));
  app.get(`${PATHS.interaction}/:uid/federated`, (request, reply) => complete(parts, request, reply));
}

const chosen = ({ federations }: Parts, { params }: FastifyRequest): Federation | null => federations.find(({ name }) => name === (params as { readonly name: string }).name) ?? null;

async function lead(parts: Parts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { issuer, logger } = parts;
  const interaction = await begun(parts, request, reply);
  const federation = chosen(parts, request);
  if (interaction?.prompt.name !== 'login' || federation === null) return show(reply, 400, expired);
  const attempt = { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() };
  const to = await federation.begin(attempt).catch((error: unknown) => {
    logger.warn({ err: error, provider: federation.name }, 'a provider cannot be reached');
    return null;
  });
  if (to === null) return show(reply, 503, messagePage({ title: 'That did not work', text: `${federation.title} cannot be reached. Try again in a moment.` }));
  const sealed = (await parts.sealing()).seal(JSON.stringify({ ...attempt, uid: interaction.uid, name: federation.name, until: parts.now().getTime() + ATTEMPT_SECONDS * MS_PER_SECOND }), ATTEMPT);
  reply.header('set-cookie', cookie(attemptCookie(issuer), sealed, ATTEMPT_SECONDS, issuer)).header('cache-control', 'no-store');
  await reply.redirect(to.href, 303);
}

async function comeBack(parts: Parts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { issuer, logger } = parts;
  const federation = chosen(parts, request);
  const attempt = await attemptOf(parts, request);
  if (federation === null || attempt === null || attempt.name !== federation.name) return show(reply, 400, expired);
  reply.header('set-cookie', cookie(attemptCookie(issuer), '', 0, issuer));
  try {
    const answer = new URL(asIssuer(request, issuer).url ?? '', issuer);
    const userId = await federation.admit(await federation.complete(answer, attempt));
    const proof = (await parts.sealing()).seal(JSON.stringify({ userId, uid: attempt.uid, until: parts.now().getTime() + PROOF_MS }), PROOF);
    await reply.header('cache-control', 'no-store').redirect(`${PATHS.interaction}/${attempt.uid}/federated?${new URLSearchParams({ proof }).toString()}`, 303);
  } catch (error) {
    const refusal = error instanceof Refusal ? error.message : 'its answer does not hold';
    logger.warn({ provider: federation.name, reason: error instanceof Refusal ? refusal : String(error) }, 'somebody whom a provider sent was not let in');
    await show(reply, 403, messagePage({ title: 'You are not signed in', text: `${federation.title} sent you, and you could not be let in: ${refusal}.` }));
  }
}

/** Back under the address that the sign-in's own cookie belongs to. */
async function complete(parts: Parts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const interaction = await begun(parts, request, reply);
  const userId = interaction?.prompt.name === 'login' ? await provenUser(parts, interaction.uid, (request.query as Readonly<Record<string, unknown>>)['proof']) : null;
  if (userId === null) return show(reply, 400, expired);
  await parts.signIn.federated(userId);
  return finish(parts, request, reply, { login: { accountId: userId, remember: true, amr: ['fed'] } });
}

async function provenUser(parts: Parts, uid: string, sealed: unknown): Promise<string | null> {
  const proof = await opened<{ readonly userId: string; readonly uid: string; readonly until: number }>(parts, typeof sealed === 'string' ? sealed : null, PROOF);
  return proof?.uid === uid ? proof.userId : null;
}

const attemptOf = (parts: Parts, { headers }: FastifyRequest): Promise<(Attempt & { readonly uid: string; readonly name: string; readonly until: number }) | null> =>
  opened(parts, cookieValue(headers.cookie, attemptCookie(parts.issuer)), ATTEMPT);

/** Null for what is none of ours, or too old. */
async function opened<T extends { readonly until: number }>({ sealing, now }: Parts, sealed: string | null, about: string): Promise<T | null> {
  if (sealed === null) return null;
  const { open } = await sealing();
  try {
    const found = JSON.parse(open(sealed, about)) as T;
    return found.until > now().getTime() ? found : null;
  } catch {
    return null;
  }
}

const attemptCookie = (issuer: string): string => hostCookieName('pms_federation', issuer);
