/**
 * Access tokens for the demo's accounts, from the public OAuth endpoints: client credentials for the service client; for a user the
 * authorization code flow with PKCE, the sign-in form filled in as a browser would. Speaks HTTP to one address and opens no port.
 */
import { createHash, randomBytes } from 'node:crypto';

const CLIENT_ID = 'pms-cli';
/** Nobody listens there: the code is read from the redirect itself. */
const REDIRECT_URI = 'http://127.0.0.1/callback';
const REDIRECTS_MAX = 10;

export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
}

export async function tokenOfClient(url: string, { id, secret }: { readonly id: string; readonly secret: string }, signal: AbortSignal): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
  return token(url, new URLSearchParams({ grant_type: 'client_credentials' }), { authorization }, signal);
}

export async function signIn(url: string, { email, password }: { readonly email: string; readonly password: string }, signal: AbortSignal): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const asked = new URLSearchParams({
    client_id: CLIENT_ID, response_type: 'code', redirect_uri: REDIRECT_URI, scope: 'openid', state: randomBytes(16).toString('base64url'),
    code_challenge: challenge, code_challenge_method: 'S256',
  });
  const browser = browsing(signal);
  const form = await browser.follow(new URL(`${url}/oauth2/auth?${asked.toString()}`), { method: 'GET' });
  const csrf = /name="csrf" value="([^"]*)"/.exec(form.text)?.[1];
  if (form.code !== null || csrf === undefined) throw new SignInFailed(`no sign-in form at ${form.at.href}`);
  const { code } = await browser.follow(form.at, {
    method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', origin: form.at.origin },
    body: new URLSearchParams({ csrf, email, password }).toString(),
  });
  if (code === null) throw new SignInFailed(`${email} could not sign in`);
  const exchange = new URLSearchParams({ grant_type: 'authorization_code', client_id: CLIENT_ID, code, redirect_uri: REDIRECT_URI, code_verifier: verifier });
  return token(url, exchange, {}, signal);
}

async function token(url: string, body: URLSearchParams, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${url}/oauth2/token`, {
    method: 'POST', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body: body.toString(), signal,
  });
  const answer = await response.json() as { readonly access_token?: string; readonly error?: string; readonly error_description?: string };
  if (answer.access_token === undefined) throw new SignInFailed(`no token: ${answer.error ?? response.status} ${answer.error_description ?? ''}`.trim());
  return answer.access_token;
}

interface Arrival {
  readonly at: URL;
  readonly text: string;
  /** The authorization code, when the way led back to the client. */
  readonly code: string | null;
}

/** The least of a browser: it follows redirects and keeps cookies. */
function browsing(signal: AbortSignal): { follow(start: URL, request: RequestInit): Promise<Arrival> } {
  const cookies = new Map<string, string>();
  const keep = (response: Response): void => {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
  };
  return {
    async follow(start, first) {
      let [at, request] = [start, first];
      for (let hops = 0; hops < REDIRECTS_MAX; hops += 1) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(at, { ...request, headers: { ...(request.headers as Record<string, string> | undefined), cookie }, redirect: 'manual', signal });
        keep(response);
        const location = response.headers.get('location');
        if (location === null) return { at, text: await response.text(), code: null };
        at = new URL(location, at);
        request = { method: 'GET' };
        if (at.href.startsWith(REDIRECT_URI)) return { at, text: '', code: at.searchParams.get('code') };
      }
      throw new SignInFailed('too many redirects');
    },
  };
}
