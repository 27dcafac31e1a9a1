/** A browser as far as signing in needs one: cookies, forms, redirects that are looked at one by one. */
import { createHash, randomBytes } from 'node:crypto';

export interface Browser {
  get(path: string): Promise<Response>;
  post(path: string, form: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Another browser with the cookies that this one has now. */
  copy(): Browser;
}

export function browser(base: string, held: Iterable<[string, string]> = []): Browser {
  const cookies = new Map<string, string>(held);
  const go = async (path: string, init: RequestInit): Promise<Response> => {
    const target = new URL(path, base); // the issuer's address leads to the server under test, as a proxy would
    const response = await fetch(`${base}${target.pathname}${target.search}`, {
      ...init, redirect: 'manual', headers: { ...init.headers, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    get: (path) => go(path, {}),
    post: (path, form, headers = {}) => go(path, { method: 'POST', body: new URLSearchParams(form), headers }),
    copy: () => browser(base, cookies),
  };
}

export const location = (response: Response): URL => new URL(response.headers.get('location') ?? '', 'http://127.0.0.1');

export interface Proof {
  readonly verifier: string;
  readonly challenge: string;
}

export function pkce(): Proof {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export interface Authorization {
  readonly redirectUri: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly proof: Proof;
}

export const authorizePath = ({ redirectUri, clientId = 'pms-web', scope = 'openid', proof }: Authorization): string =>
  `/oauth2/auth?${new URLSearchParams({
    client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope, state: 'st', code_challenge: proof.challenge, code_challenge_method: 'S256',
  }).toString()}`;

export const csrfOf = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';

/** Opens the sign-in page; its path and its token. */
export async function openLogin(page: Browser, path: string): Promise<{ readonly path: string; readonly csrf: string; readonly html: string }> {
  const interaction = location(await page.get(path)).pathname;
  const html = await (await page.get(interaction)).text();
  return { path: interaction, csrf: csrfOf(html), html };
}

/** The authorization code, from a sign-in that succeeds. */
export async function codeFor(page: Browser, authorization: Authorization, email: string, password: string): Promise<string> {
  const login = await openLogin(page, authorizePath(authorization));
  const posted = await page.post(login.path, { csrf: login.csrf, email, password });
  const back = location(await page.get(location(posted).pathname));
  return back.searchParams.get('code') ?? '';
}
