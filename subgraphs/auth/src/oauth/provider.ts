/**
 * The OAuth 2.1 server: which flows there are and what they give. Authorization code with PKCE for people, client credentials
 * for programs, refresh tokens that are used once and whose reuse ends the whole family. The provider is made anew when the
 * signing key has changed; everything that lasts is in the database.
 */
import { scopes as allScopes } from '@pms/identity/principal';
import type { Configuration, interactionPolicy as policies, KoaContextWithOIDC, Provider as OAuthProvider, ResourceServer } from 'oidc-provider';
import { type Claims, AUDIENCE, SERVICE_TOKEN_SECONDS, USER_TOKEN_SECONDS } from './access-token.ts';
import { adapterFor, type Artifacts } from './artifacts.ts';
import { type ClientDirectory, EXTRA_METADATA, ownClients, sessionCallback } from './clients.ts';
import { errors, interactionPolicy, Provider } from './library.ts';
import { messagePage } from './pages.ts';
import { PATHS } from './paths.ts';
import { addressOf } from './request-address.ts';
import type { SignIn } from './sign-in.ts';
import { SIGNING_ALGORITHM, type SigningKey, type SigningKeys } from './signing-keys.ts';

export interface ProviderParts {
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly claims: Claims;
  readonly signIn: SignIn;
  artifacts(): Promise<Artifacts>;
  cookieKey(): Promise<string>;
}

/** Not `pms_session`: that one holds an access token. This one lets the browser get the next without a password. */
export const PROVIDER_SESSION_COOKIE = 'pms_sso';
/** The one resource that tokens are for, where the client names none (RFC 8707 wants an absolute URI). */
const RESOURCE = 'urn:pms:api';
const CODE_SECONDS = 60;
const INTERACTION_SECONDS = 1_800;
const SESSION_SECONDS = 43_200;
/** Of a family: rotation does not prolong it. */
const REFRESH_FAMILY_SECONDS = 1_209_600;
const ID_TOKEN_SECONDS = 900;
const AUTHENTICATED_ROUTES: ReadonlySet<string> = new Set(['token', 'revocation']);

/** The provider with the key that is active now. */
export function providerSource(parts: ProviderParts): () => Promise<OAuthProvider> {
  let made: { readonly kid: string; readonly provider: Promise<OAuthProvider> } | undefined;
  return async () => {
    const key = await parts.keys.active();
    if (made?.kid !== key.kid) made = { kid: key.kid, provider: make(parts, key) };
    return made.provider;
  };
}

async function make(parts: ProviderParts, key: SigningKey): Promise<OAuthProvider> {
  const provider = new Provider(parts.issuer, configuration(parts, key, await parts.artifacts(), await parts.cookieKey()));
  provider.proxy = true; // the routes set the forwarded headers themselves, from the issuer's address
  provider.Client.prototype.compareClientSecret = async function compareClientSecret(secret) {
    const { clientId, clientSecret } = this;
    if (clientSecret === undefined) return false;
    const previous = this['previous_secret'];
    const outcome = await parts.signIn.service(clientId, typeof previous === 'string' ? [clientSecret, previous] : [clientSecret], secret, addressOf(Provider.ctx?.req));
    if ('as' in outcome) return true;
    if (outcome.refused === 'LOCKED') throw tooMany(outcome.until);
    return false;
  };
  return provider;
}

/** A program that does not exist: the same work at the token endpoint, the same answer and the same locks as for one that does. */
const costingTheSame = (clients: ClientDirectory, signIn: SignIn): ClientDirectory => ({
  async metadata(clientId) {
    const found = await clients.metadata(clientId);
    if (found !== undefined || !AUTHENTICATED_ROUTES.has(Provider.ctx?.oidc.route ?? '')) return found;
    const outcome = await signIn.service(clientId, [], '', addressOf(Provider.ctx?.req));
    if ('refused' in outcome && outcome.refused === 'LOCKED') throw tooMany(outcome.until);
    return undefined;
  },
});

function tooMany(until: Date): Error {
  const error = new errors.OIDCProviderError(429, 'temporarily_unavailable');
  error.error_description = `too many failed attempts; try again after ${until.toISOString()}`;
  error.expose = true;
  return error;
}

function configuration(parts: ProviderParts, key: SigningKey, artifacts: Artifacts, cookieKey: string): Configuration {
  return {
    adapter: adapterFor({ ...artifacts, clients: costingTheSame(artifacts.clients, parts.signIn) }),
    clients: ownClients(parts.issuer),
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHM },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    extraClientMetadata: { properties: [...EXTRA_METADATA] },
    jwks: { keys: [key.privateJwk] },
    cookies: { keys: [cookieKey], names: { session: PROVIDER_SESSION_COOKIE, interaction: 'pms_interaction', resume: 'pms_interaction_resume' } },
    routes: {
      authorization: PATHS.authorization, token: PATHS.token, jwks: PATHS.jwks, revocation: '/oauth2/revoke', end_session: '/oauth2/logout',
    },
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false }, userinfo: { enabled: false }, dPoP: { enabled: false }, pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: askToSignOut, postLogoutSuccessSource: saySignedOut },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf?.[0] ?? RESOURCE,
        getResourceServerInfo: (ctx, resource, client) => resourceServer(ctx, resource, parts.issuer, client['allowed_scopes'] as string | undefined),
      },
    },
    interactions: { url: (_ctx, { uid }) => `${PATHS.interaction}/${uid}`, policy: signInOnly() },
    findAccount: async (_ctx, sub) => ((await parts.claims.forUser(sub)) === null ? undefined : { accountId: sub, claims: () => Promise.resolve({ sub }) }),
    loadExistingGrant: (ctx) => grantOfRoles(ctx, parts.claims),
    // a browser's session keeps its access token alone: a refresh token that nobody holds need not exist
    issueRefreshToken: (_ctx, client, code) => client.grantTypeAllowed('refresh_token') && !('redirectUri' in code && code.redirectUri === sessionCallback(parts.issuer)),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    formats: { customizers: { jwt: async (_ctx, token, { payload }) => void Object.assign(payload, await claimsFor(token, parts.claims)) } },
    ttl: {
      AuthorizationCode: CODE_SECONDS, Interaction: INTERACTION_SECONDS, Session: SESSION_SECONDS, Grant: REFRESH_FAMILY_SECONDS, IdToken: ID_TOKEN_SECONDS,
      AccessToken: USER_TOKEN_SECONDS, ClientCredentials: SERVICE_TOKEN_SECONDS,
      RefreshToken: (ctx) => ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? REFRESH_FAMILY_SECONDS,
    },
    renderError: (ctx, out) => showError(ctx, out),
  };
}

/** First-party clients only: whoever signs in consents by it. The prompt stays, unasked, for clients that send `prompt=consent` by habit. */
function signInOnly(): policies.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.get('consent')?.checks.clear();
  return policy;
}

function resourceServer(ctx: KoaContextWithOIDC, resource: string, issuer: string, allowedScopes: string | undefined): ResourceServer {
  if (![RESOURCE, issuer, `${issuer}/graphql`].includes(resource)) throw new errors.InvalidTarget('there is no such resource here');
  const scope = allowedScopes ?? allScopes.join(' ');
  askForAll(ctx, scope);
  return { audience: AUDIENCE, scope, accessTokenFormat: 'jwt', jwt: { sign: { alg: SIGNING_ALGORITHM } } };
}

/** Who names no scope of the API asks for all they may have (RFC 6749 §3.3 leaves the default to us); a program that names one it may not have is refused. */
function askForAll({ oidc }: KoaContextWithOIDC, scope: string): void {
  const { params, route } = oidc;
  if (params === undefined || (route !== 'authorization' && params['grant_type'] !== 'client_credentials')) return;
  const asked = (typeof params['scope'] === 'string' ? params['scope'] : '').split(' ').filter((one) => one !== '');
  const ofApi = asked.filter((one) => (allScopes as readonly string[]).includes(one));
  if (ofApi.length === 0) params['scope'] = [...asked, scope].join(' ');
  const allowed = new Set(scope.split(' '));
  const missing = ofApi.find((one) => !allowed.has(one));
  if (missing !== undefined && route === 'token') throw new errors.InvalidScope('the client may not have this scope', missing);
}

async function grantOfRoles(ctx: KoaContextWithOIDC, claims: Claims) {
  const { client, session, provider } = ctx.oidc;
  const accountId = session?.accountId;
  if (client === undefined || accountId === undefined) return undefined;
  const grantId = session?.grantIdFor(client.clientId);
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = existing?.accountId === accountId ? existing : new provider.Grant({ accountId, clientId: client.clientId });
  const user = await claims.forUser(accountId);
  grant.addOIDCScope('openid offline_access');
  // what the roles give now; what they give when a token is signed is looked up then
  for (const resource of Object.keys(ctx.oidc.resourceServers ?? {})) grant.addResourceScope(resource, user?.scope ?? '');
  await grant.save();
  return grant;
}

async function claimsFor(token: { readonly kind: string; readonly scope?: string | undefined; readonly clientId?: string | undefined; readonly accountId?: string | undefined }, claims: Claims): Promise<object> {
  const asked = new Set(token.scope?.split(' '));
  const said = token.kind === 'ClientCredentials' ? await claims.forService(token.clientId ?? '', asked) : await claims.forUser(token.accountId ?? '', asked);
  if (said === null) throw new errors.InvalidGrant('there is no such account');
  return said;
}

const showPage = (ctx: KoaContextWithOIDC, page: { readonly html: string; readonly headers: Readonly<Record<string, string>> }): void => {
  ctx.set(page.headers as Record<string, string>);
  ctx.type = 'html';
  ctx.body = page.html;
};

function showError(ctx: KoaContextWithOIDC, out: { readonly error: string; readonly error_description?: string | undefined }): void {
  showPage(ctx, messagePage({ title: 'That did not work', text: out.error_description ?? out.error }));
}

async function askToSignOut(ctx: KoaContextWithOIDC, form: string): Promise<void> {
  const buttons = '<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button><button type="submit" form="op.logoutForm" class="quiet">Stay signed in</button>';
  showPage(ctx, messagePage({ title: 'Sign out?', text: 'Your session on this platform will end.', trustedHtml: `${form}${buttons}`, formAction: '*' }));
}

async function saySignedOut(ctx: KoaContextWithOIDC): Promise<void> {
  showPage(ctx, messagePage({ title: 'Signed out', text: 'Your session has ended. You can close this page.' }));
}

