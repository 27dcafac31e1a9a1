/** A person signs in as a browser does: authorization code with PKCE, cookies, the form, the code for tokens; with nothing but fetch. */
import { createHash, randomBytes } from 'node:crypto';

/** The platform's public client for programs on a person's own machine: any loopback port may receive its code. */
const CLIENT_ID = 'pms-cli';
const REDIRECT_URI = 'http://127.0.0.1:53170/callback';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface SignIn {
  readonly email: string;
  readonly password: string;
}

interface Page {
  readonly status: number;
  readonly html: string;
  /** Where it leads; null for a page to look at. */
  readonly location: URL | null;
}

/** Keeps cookies, follows nothing by itself. */
function browser(base: string, cookies = new Map<string, string>()): (method: 'GET' | 'POST', address: string, form?: Readonly<Record<string, string>>) => Promise<Page> {
  return async (method, address, form) => {
    const response = await fetch(new URL(address, base), {
      method, redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return { status: response.status, html: await response.text(), location: location === null ? null : new URL(location, base) };
  };
}

/** Throws with the page that refused, when it is not the sign-in that was expected. */
export async function signIn(base: string, { email, password }: SignIn): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url');
  const go = browser(base);
  const asked = new URLSearchParams({
    client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid offline_access', prompt: 'login', state: 'here',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  });
  const login = target(await go('GET', `/oauth2/auth?${asked.toString()}`));
  const { html } = await go('GET', login.href);
  const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
  let page = await go('POST', login.href, { csrf, email, password });
  while (!target(page).href.startsWith(REDIRECT_URI)) page = await go('GET', target(page).href);
  const back = target(page).searchParams;
  if (back.get('state') !== 'here') throw new Error('the answer is not to our question');
  return exchanged(base, { grant_type: 'authorization_code', code: back.get('code') ?? '', redirect_uri: REDIRECT_URI, code_verifier: verifier });
}

/** Signs in as a browser does at a page of the platform; the `cookie` header that it sends from then on. */
export async function browserSession(base: string, { email, password }: SignIn): Promise<string> {
  const cookies = new Map<string, string>();
  const go = browser(base, cookies);
  const login = target(await go('GET', target(await go('GET', '/auth/sign-in?return=/graphiql')).href));
  const { html } = await go('GET', login.href);
  const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
  let page = await go('POST', login.href, { csrf, email, password });
  while (target(page).pathname !== '/graphiql') page = await go('GET', target(page).href);
  return [...cookies].filter(([, value]) => value !== '').map(([name, value]) => `${name}=${value}`).join('; ');
}

export const refreshed = (base: string, refreshToken: string): Promise<Tokens> => exchanged(base, { grant_type: 'refresh_token', refresh_token: refreshToken });

function target({ status, html, location }: Page): URL {
  if (location === null) throw new Error(`the sign-in stopped at a page with status ${String(status)}: ${/role="alert"[^>]*>([^<]*)/.exec(html)?.[1] ?? html.slice(0, 300)}`);
  return location;
}

async function exchanged(base: string, form: Readonly<Record<string, string>>): Promise<Tokens> {
  const response = await fetch(new URL('/oauth2/token', base), { method: 'POST', body: new URLSearchParams({ client_id: CLIENT_ID, ...form }) });
  const body = (await response.json()) as { access_token?: string; refresh_token?: string; error?: string };
  if (body.access_token === undefined) throw new Error(`the token endpoint answered ${String(response.status)} ${body.error ?? ''}`);
  return { accessToken: body.access_token, refreshToken: body.refresh_token ?? '' };
}
