/**
 * The sign-in page and what follows it: a password, then (for who has one) a second factor; or a passkey; or an organisation's own provider. Forms
 * are read and answered by us: each needs the interaction's cookie, a token made for that interaction, and our own origin.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { InteractionResults, Provider } from 'oidc-provider';
import { isLoopback } from './clients.ts';
import { deviceIn, rememberDevice } from './device.ts';
import { asIssuer, isOwn, show } from './exchange.ts';
import { factorPage, loginPage, messagePage, type Page, passkeyPage } from './pages.ts';
import type { Passkeys } from './passkeys.ts';
import { PATHS } from './paths.ts';
import type { Sealing } from './sealing.ts';
import type { Outcome, SignIn } from './sign-in.ts';

const FORM_BYTES_MAX = 16_384;
/** From the password to the code. */
const SECOND_STEP_MS = 300_000;
const PENDING = 'second step';
const MS_PER_SECOND = 1_000;
const SECONDS_PER_MINUTE = 60;

export interface InteractionParts {
  readonly issuer: string;
  readonly signIn: SignIn;
  readonly passkeys: Passkeys;
  /** Organisations' own providers, as the page offers them. */
  readonly federations: readonly { readonly name: string; readonly title: string }[];
  provider(): Promise<Provider>;
  sealing(): Promise<Sealing>;
  now(): Date;
}

export function interactionRoutes(app: FastifyInstance, parts: InteractionParts): void {
  const path = `${PATHS.interaction}/:uid`;
  app.get(path, (request, reply) => interact(parts, request, reply));
  app.post(path, (request, reply) => submit(parts, request, reply));
  app.get(`${path}/passkey`, (request, reply) => askForPasskey(parts, request, reply));
  app.post(`${path}/passkey`, (request, reply) => submitPasskey(parts, request, reply));
}

async function interact(parts: InteractionParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const interaction = await begun(parts, request, reply);
  if (interaction === null) return show(reply, 400, expired);
  // consent was given with the sign-in: clients are the platform's own
  if (interaction.prompt.name !== 'login') return finish(parts, request, reply, { consent: {} });
  const hint = typeof interaction.params['login_hint'] === 'string' ? interaction.params['login_hint'] : '';
  return show(reply, 200, await login(parts, interaction, { email: hint }));
}

async function submit(parts: InteractionParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const sent = await sentForm(parts, request, reply);
  if (sent === null) return undefined;
  const pending = sent.form.get('pending');
  return pending === null ? submitPassword(parts, request, reply, sent) : submitCode(parts, request, reply, { ...sent, pending });
}

async function submitPassword(parts: InteractionParts, request: FastifyRequest, reply: FastifyReply, { interaction, form }: Sent): Promise<void> {
  const email = form.get('email') ?? '';
  const device = await deviceIn(parts, request, email);
  const outcome = await parts.signIn.user(email, form.get('password') ?? '', { address: request.ip, device });
  if ('needs' in outcome) return show(reply, 200, await factor(parts, interaction, await pendingFor(parts, interaction, { userId: outcome.needs, email })));
  if ('as' in outcome) {
    await rememberDevice(parts, reply, email);
    return finish(parts, request, reply, signedInBy(outcome.as, ['pwd']));
  }
  return again(parts, reply, outcome, (problem) => login(parts, interaction, { email, problem }), 'That e-mail address and password do not belong together.');
}

async function submitCode(parts: InteractionParts, request: FastifyRequest, reply: FastifyReply, { interaction, form, pending }: Sent & { readonly pending: string }): Promise<void> {
  const step = await pendingIn(parts, interaction, pending);
  if (step === null) return show(reply, 400, expired);
  const outcome = await parts.signIn.factor(step.userId, form.get('code') ?? '', request.ip);
  if ('as' in outcome) {
    await rememberDevice(parts, reply, step.email);
    return finish(parts, request, reply, signedInBy(outcome.as, ['pwd', 'otp', 'mfa']));
  }
  return again(parts, reply, outcome, (problem) => factor(parts, interaction, pending, problem), 'That code does not hold. A code holds for half a minute, and once.');
}

async function askForPasskey(parts: InteractionParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const interaction = await begun(parts, request, reply);
  if (interaction?.prompt.name !== 'login') return show(reply, 400, expired);
  return show(reply, 200, await passkey(parts, interaction));
}

async function submitPasskey(parts: InteractionParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const sent = await sentForm(parts, request, reply);
  if (sent === null) return undefined;
  const outcome = await parts.signIn.passkey(sent.interaction.uid, jsonIn(sent.form.get('answer')), request.ip);
  if ('as' in outcome) return finish(parts, request, reply, signedInBy(outcome.as, ['hwk', 'user', 'mfa']));
  return again(parts, reply, outcome, (problem) => passkey(parts, sent.interaction, problem), 'That passkey does not sign in here.');
}

const signedInBy = (accountId: string, amr: readonly string[]): InteractionResults => ({ login: { accountId, remember: true, amr: [...amr] } });

async function again(parts: InteractionParts, reply: FastifyReply, outcome: Exclude<Outcome, { as: string }>, page: (problem: string) => Promise<Page>, wrong: string): Promise<void> {
  if (outcome.refused === 'WRONG') return show(reply, 401, await page(wrong));
  const waitSeconds = Math.ceil((outcome.until.getTime() - parts.now().getTime()) / MS_PER_SECOND);
  reply.header('retry-after', String(waitSeconds));
  return show(reply, 429, await page(`There were too many failed attempts. Try again in ${Math.ceil(waitSeconds / SECONDS_PER_MINUTE)} min.`));
}

interface Interaction {
  readonly uid: string;
  readonly prompt: { readonly name: string };
  readonly params: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly interaction: Interaction;
  readonly form: URLSearchParams;
}

/** Null where the form was answered with a refusal already. */
async function sentForm(parts: InteractionParts, request: FastifyRequest, reply: FastifyReply): Promise<Sent | null> {
  const form = await formOf(request.raw);
  const ownOrigin = isOwn(request, parts.issuer);
  const interaction = await begun(parts, request, reply);
  if (interaction === null || form === null || interaction.prompt.name !== 'login') {
    await show(reply, 400, expired);
    return null;
  }
  if (!ownOrigin || !same(form.get('csrf') ?? '', await csrfTokenFor(parts, interaction.uid))) {
    await show(reply, 403, expired);
    return null;
  }
  return { interaction, form };
}

/** Null when the browser's cookie does not belong to an interaction that is under way, or belongs to another. */
export async function begun(parts: Pick<InteractionParts, 'issuer' | 'provider'>, request: FastifyRequest, reply: FastifyReply): Promise<Interaction | null> {
  const provider = await parts.provider();
  try {
    const details = await provider.interactionDetails(asIssuer(request, parts.issuer), reply.raw);
    return details.uid === (request.params as { readonly uid: string }).uid ? details : null;
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return null;
    throw error;
  }
}

export async function finish(parts: Pick<InteractionParts, 'issuer' | 'provider'>, request: FastifyRequest, reply: FastifyReply, result: InteractionResults): Promise<void> {
  const provider = await parts.provider();
  const returnTo = await provider.interactionResult(asIssuer(request, parts.issuer), reply.raw, result, { mergeWithLastSubmission: true });
  const { pathname, search } = new URL(returnTo); // relative: the cookies are of the name by which the browser knows us
  await reply.redirect(`${pathname}${search}`, 303);
}

export const expired: Page = messagePage({ title: 'This sign-in has expired', text: 'Go back to the application and start again.' });

const csrfTokenFor = async (parts: InteractionParts, uid: string): Promise<string> => (await parts.sealing()).digest(`csrf:${uid}`);

/** Browsers know no passkeys for an address of numbers. */
const hasNames = ({ issuer }: InteractionParts): boolean => !isLoopback(new URL(issuer));

/** The origin that signing in leads back to: browsers apply form-action to redirects as well. */
function leadsTo({ params }: Interaction): string {
  const target = typeof params['redirect_uri'] === 'string' ? new URL(params['redirect_uri']).origin : '';
  return target === 'null' ? '' : target;
}

const formFor = async (parts: InteractionParts, interaction: Interaction): Promise<{ action: string; csrfToken: string; leadsTo: string }> =>
  ({ action: `${PATHS.interaction}/${interaction.uid}`, csrfToken: await csrfTokenFor(parts, interaction.uid), leadsTo: leadsTo(interaction) });

async function login(parts: InteractionParts, interaction: Interaction, { email, problem }: { readonly email: string; readonly problem?: string }): Promise<Page> {
  return loginPage({
    ...(await formFor(parts, interaction)), email, passkeys: hasNames(parts), federations: parts.federations, ...(problem === undefined ? {} : { problem }),
  });
}

const factor = async (parts: InteractionParts, interaction: Interaction, pending: string, problem?: string): Promise<Page> =>
  factorPage({ ...(await formFor(parts, interaction)), pending, passkeys: hasNames(parts), ...(problem === undefined ? {} : { problem }) });

const passkey = async (parts: InteractionParts, interaction: Interaction, problem?: string): Promise<Page> =>
  passkeyPage({ ...(await formFor(parts, interaction)), options: await parts.passkeys.askToSignIn(interaction.uid), ...(problem === undefined ? {} : { problem }) });

interface Pending {
  readonly userId: string;
  readonly email: string;
}

/** Whose password was right travels sealed through the form, for this interaction alone. */
async function pendingFor(parts: InteractionParts, { uid }: Interaction, step: Pending): Promise<string> {
  return (await parts.sealing()).seal(JSON.stringify({ ...step, uid, until: parts.now().getTime() + SECOND_STEP_MS }), PENDING);
}

async function pendingIn(parts: InteractionParts, { uid }: Interaction, sealed: string): Promise<Pending | null> {
  const { open } = await parts.sealing();
  try {
    const step = JSON.parse(open(sealed, PENDING)) as Pending & { readonly uid: string; readonly until: number };
    return step.uid === uid && step.until > parts.now().getTime() ? step : null;
  } catch {
    return null; // not of our making
  }
}

function jsonIn(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
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
