/**
 * The OAuth endpoints on the HTTP server. The library reads requests itself, so bodies are left alone here; the sign-in form
 * is read and answered by us: it needs the interaction's cookie, a token made for that interaction, and our own origin.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { InteractionResults, Provider } from 'oidc-provider';
import { browserSessionRoutes } from './browser-session.ts';
import { asIssuer, isOwn, show } from './exchange.ts';
import { loginPage, messagePage, type Page } from './pages.ts';
import { PATHS } from './provider.ts';
import type { Sealing } from './sealing.ts';
import type { SignIn } from './sign-in.ts';
import type { SigningKeys } from './signing-keys.ts';

const FORM_BYTES_MAX = 8_192;
const JWKS_CACHE_SECONDS = 300;

export interface RouteParts {
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly signIn: SignIn;
  provider(): Promise<Provider>;
  sealing(): Promise<Sealing>;
  now(): Date;
}

export async function oauthRoutes(app: FastifyInstance, parts: RouteParts): Promise<void> {
  await app.register(async (oauth) => {
    oauth.removeAllContentTypeParsers();
    oauth.addContentTypeParser('*', (_request, _payload, done) => { done(null); });
    oauth.get(PATHS.jwks, async (_request, reply) =>
      reply.type('application/jwk-set+json').header('cache-control', `public, max-age=${JWKS_CACHE_SECONDS}`).send(await parts.keys.jwks()));
    oauth.get(`${PATHS.interaction}/:uid`, (request, reply) => interact(parts, request, reply));
    oauth.post(`${PATHS.interaction}/:uid`, (request, reply) => submit(parts, request, reply));
    browserSessionRoutes(oauth, parts);
    for (const url of ['/oauth2/*', '/.well-known/openid-configuration'])
      oauth.route({ method: ['GET', 'POST'], url, handler: async (request, reply) => handOver(parts, request, reply) });
  });
}

async function handOver(parts: RouteParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const provider = await parts.provider();
  const raw = asIssuer(request, parts.issuer);
  reply.hijack();
  await provider.callback()(raw, reply.raw);
}

async function interact(parts: RouteParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const interaction = await begun(parts, request, reply);
  if (interaction === null) return show(reply, 400, expired);
  // consent was given with the sign-in: clients are the platform's own
  if (interaction.prompt.name !== 'login') return finish(parts, request, reply, { consent: {} });
  const hint = typeof interaction.params['login_hint'] === 'string' ? interaction.params['login_hint'] : '';
  return show(reply, 200, await login(parts, interaction, { email: hint }));
}

async function submit(parts: RouteParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const form = await formOf(request.raw);
  const ownOrigin = isOwn(request, parts.issuer);
  const interaction = await begun(parts, request, reply);
  if (interaction === null || form === null || interaction.prompt.name !== 'login') return show(reply, 400, expired);
  if (!ownOrigin || !same(form.get('csrf') ?? '', await csrfTokenFor(parts, interaction.uid))) return show(reply, 403, expired);
  const email = form.get('email') ?? '';
  const outcome = await parts.signIn.user(email, form.get('password') ?? '', request.ip);
  if ('as' in outcome) return finish(parts, request, reply, { login: { accountId: outcome.as, remember: true, amr: ['pwd'] } });
  if (outcome.refused === 'WRONG')
    return show(reply, 401, await login(parts, interaction, { email, problem: 'That e-mail address and password do not belong together.' }));
  const waitSeconds = Math.ceil((outcome.until.getTime() - parts.now().getTime()) / 1_000);
  reply.header('retry-after', String(waitSeconds));
  return show(reply, 429, await login(parts, interaction, { email, problem: `There were too many failed attempts. Try again in ${Math.ceil(waitSeconds / 60)} min.` }));
}

interface Interaction {
  readonly uid: string;
  readonly prompt: { readonly name: string };
  readonly params: Readonly<Record<string, unknown>>;
}

/** Null when the browser's cookie does not belong to an interaction that is under way, or belongs to another. */
async function begun(parts: RouteParts, request: FastifyRequest, reply: FastifyReply): Promise<Interaction | null> {
  const provider = await parts.provider();
  try {
    const details = await provider.interactionDetails(asIssuer(request, parts.issuer), reply.raw);
    return details.uid === (request.params as { readonly uid: string }).uid ? details : null;
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return null;
    throw error;
  }
}

async function finish(parts: RouteParts, request: FastifyRequest, reply: FastifyReply, result: InteractionResults): Promise<void> {
  const provider = await parts.provider();
  const returnTo = await provider.interactionResult(asIssuer(request, parts.issuer), reply.raw, result, { mergeWithLastSubmission: true });
  const { pathname, search } = new URL(returnTo); // relative: the cookies are of the name by which the browser knows us
  await reply.redirect(`${pathname}${search}`, 303);
}

const expired: Page = messagePage({ title: 'This sign-in has expired', text: 'Go back to the application and start again.' });

const csrfTokenFor = async (parts: RouteParts, uid: string): Promise<string> => (await parts.sealing()).digest(`csrf:${uid}`);

async function login(parts: RouteParts, { uid, params }: Interaction, { email, problem }: { readonly email: string; readonly problem?: string }): Promise<Page> {
  const target = typeof params['redirect_uri'] === 'string' ? new URL(params['redirect_uri']).origin : '';
  return loginPage({
    action: `${PATHS.interaction}/${uid}`, csrfToken: await csrfTokenFor(parts, uid), email, leadsTo: target === 'null' ? '' : target,
    ...(problem === undefined ? {} : { problem }),
  });
}

function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Null for what is no form, or too large for one. */
async function formOf(request: IncomingMessage): Promise<URLSearchParams | null> {
  if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > FORM_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
