/**
 * A browser's session, for pages of this very server: the authorization code flow with PKCE as the client `pms-web`, ending in a cookie that
 * holds the access token and lives as long. Nothing is kept here: what a sign-in under way has to remember travels sealed in a cookie.
 */
import { randomBytes } from 'node:crypto';
import { cookieValue, hostCookieName, sessionCookieName } from '@pms/identity/session-cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import type { Provider } from 'oidc-provider';
import { challengeOf } from '../domain/pkce.ts';
import { cookie } from './cookie.ts';
import { isLoopback, SESSION_CALLBACK_PATH, sessionCallback, WEB_CLIENT_ID } from './clients.ts';
import { asIssuer, isOwn, show } from './exchange.ts';
import { messagePage } from './pages.ts';
import { PATHS } from './paths.ts';
import { PROVIDER_SESSION_COOKIE } from './provider.ts';
import { ownPath } from './own-path.ts';
import type { Sealing } from './sealing.ts';

export interface BrowserSessionParts {
  readonly issuer: string;
  provider(): Promise<Provider>;
  sealing(): Promise<Sealing>;
  now(): Date;
}

/** As long as the sign-in page is good for. */
const ATTEMPT_SECONDS_MAX = 1_800;
/** After that the password is asked for, however busy the browser was. */
const SINCE_PASSWORD_SECONDS_MAX = 43_200;
const RANDOM_BYTES = 32;
const SEALED_ABOUT = 'browser sign-in';

interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  /** Without a password page: who would need one goes back as they came. */
  readonly silent: boolean;
  /** Epoch ms. */
  readonly begunAt: number;
}

export function browserSessionRoutes(app: FastifyInstance, parts: BrowserSessionParts): void {
  app.get('/auth/sign-in', (request, reply) => begin(parts, request, reply));
  app.get(SESSION_CALLBACK_PATH, (request, reply) => complete(parts, request, reply));
  app.post('/auth/sign-out', (request, reply) => end(parts, request, reply));
}

/** `return`: the path on this server to go back to. `prompt=none`: only if that needs no password. */
async function begin(parts: BrowserSessionParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { issuer } = parts;
  const asked = request.query as Readonly<Record<string, unknown>>;
  const returnTo = ownPath(asked['return'] ?? '/', issuer);
  if (returnTo === null) return show(reply, 400, messagePage({ title: 'That did not work', text: 'After signing in you can go back to a page of this platform, and to no other.' }));
  const elsewhere = byItsOwnName(request, issuer);
  if (elsewhere !== null) return redirect(reply, elsewhere);
  const attempt: Attempt = { state: random(), nonce: random(), verifier: random(), returnTo, silent: asked['prompt'] === 'none', begunAt: parts.now().getTime() };
  const sealed = (await parts.sealing()).seal(JSON.stringify(attempt), SEALED_ABOUT);
  const question = new URLSearchParams({
    client_id: WEB_CLIENT_ID, response_type: 'code', redirect_uri: sessionCallback(issuer), scope: 'openid', state: attempt.state, nonce: attempt.nonce,
    max_age: String(SINCE_PASSWORD_SECONDS_MAX), code_challenge: challengeOf(attempt.verifier), code_challenge_method: 'S256', ...(attempt.silent ? { prompt: 'none' } : {}),
  });
  reply.header('set-cookie', cookie(attemptCookie(issuer), sealed, ATTEMPT_SECONDS_MAX, issuer));
  return redirect(reply, `${PATHS.authorization}?${question.toString()}`);
}

async function complete(parts: BrowserSessionParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { issuer } = parts;
  const answer = request.query as Readonly<Record<string, unknown>>;
  const attempt = await attemptOf(parts, request);
  if (attempt === null || answer['state'] !== attempt.state) return show(reply, 400, again('This sign-in has expired', '/'));
  const cleared = cookie(attemptCookie(issuer), '', 0, issuer);
  const token = typeof answer['code'] === 'string' ? await exchange(parts, request, attempt, answer['code']) : null;
  if (token === null && !attempt.silent) return show(reply.header('set-cookie', cleared), 400, again('You are not signed in', attempt.returnTo));
  // who cannot be signed in silently is not signed in any longer
  const session = token === null ? cookie(sessionCookieName(issuer), '', 0, issuer) : cookie(sessionCookieName(issuer), token.value, token.seconds, issuer);
  reply.header('set-cookie', [cleared, session]);
  return redirect(reply, attempt.returnTo);
}

async function end(parts: BrowserSessionParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { issuer } = parts;
  if (!isOwn(request, issuer)) return void (await reply.status(403).send());
  const provider = await parts.provider();
  const session = await provider.Session.get(provider.createContext(asIssuer(request, issuer), reply.raw));
  if (session.accountId !== undefined) await session.destroy();
  const gone = [sessionCookieName(issuer), PROVIDER_SESSION_COOKIE, `${PROVIDER_SESSION_COOKIE}.sig`].map((name) => cookie(name, '', 0, issuer));
  await reply.header('set-cookie', gone).header('cache-control', 'no-store').status(204).send();
}

/** Null when the browser has begun no sign-in, or long ago, or its cookie is not of our making. */
async function attemptOf({ issuer, sealing, now }: BrowserSessionParts, { headers }: FastifyRequest): Promise<Attempt | null> {
  const sealed = cookieValue(headers.cookie, attemptCookie(issuer));
  if (sealed === null) return null;
  const { open } = await sealing();
  try {
    const attempt = JSON.parse(open(sealed, SEALED_ABOUT)) as Attempt;
    return now().getTime() - attempt.begunAt < ATTEMPT_SECONDS_MAX * 1_000 ? attempt : null;
  } catch {
    return null; // sealed with another key, or changed
  }
}

interface Token {
  readonly value: string;
  readonly seconds: number;
}

/** At our own token endpoint, without a network; null when it refuses, or answers another sign-in than this. */
async function exchange({ issuer }: BrowserSessionParts, request: FastifyRequest, { verifier, nonce }: Attempt, code: string): Promise<Token | null> {
  const form = new URLSearchParams({ grant_type: 'authorization_code', client_id: WEB_CLIENT_ID, code, redirect_uri: sessionCallback(issuer), code_verifier: verifier });
  const response = await request.server.inject({
    method: 'POST', url: PATHS.token, remoteAddress: request.ip, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: form.toString(),
  });
  if (response.statusCode !== 200) return null;
  const { access_token: value, expires_in: seconds, id_token: idToken } = response.json<{ access_token: string; expires_in: number; id_token: string }>();
  return decodeJwt(idToken)['nonce'] === nonce ? { value, seconds } : null;
}

/**
 * The same address under the issuer's name, when a browser on the person's own machine knows us by the machine's: cookies belong to one name,
 * and the code comes back to the issuer's.
 */
function byItsOwnName({ headers: { host }, url }: FastifyRequest, issuer: string): string | null {
  const own = new URL(issuer);
  return isLoopback(own) && host?.startsWith('localhost:') === true ? new URL(url, own).href : null;
}

const again = (title: string, returnTo: string): ReturnType<typeof messagePage> => messagePage({
  title, text: 'The sign-in was not completed, or took too long.', trustedHtml: `<p><a href="/auth/sign-in?return=${encodeURIComponent(returnTo)}">Sign in again</a></p>`,
});

async function redirect(reply: FastifyReply, to: string): Promise<void> {
  await reply.header('cache-control', 'no-store').redirect(to, 303);
}

const random = (): string => randomBytes(RANDOM_BYTES).toString('base64url');
const attemptCookie = (issuer: string): string => hostCookieName('pms_sign_in', issuer);
