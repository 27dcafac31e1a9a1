/** The steps of a sign-in as a browser goes through them: the password, a code, a passkey. */
import { expect } from 'vitest';
import { authorizePath, type Browser, location, openLogin, pkce } from './browser.ts';

export interface Step {
  readonly status: number;
  readonly pending: string;
  readonly csrf: string;
  readonly path: string;
  /** Where a sign-in that is done leads to. */
  readonly done: URL | null;
}

/** Against the issuer under test. */
export function stepsAt(issuer: string) {
  const password = async (page: Browser, name: string, given = 'demo', address = '198.51.100.1'): Promise<Step> => {
    const { path, csrf } = await openLogin(page, authorizePath({ redirectUri: `${issuer}/callback`, proof: pkce() }));
    const response = await page.post(path, { csrf, email: `${name}@demo.example`, password: given }, { 'x-forwarded-for': address });
    return { status: response.status, csrf, path, pending: /name="pending" value="([^"]+)"/.exec(await response.text())?.[1] ?? '', done: response.status === 303 ? location(response) : null };
  };
  const code = async (page: Browser, { path, csrf, pending }: Step, given: string): Promise<number> => (await page.post(path, { csrf, pending, code: given })).status;
  const question = async (page: Browser): Promise<Step & { readonly options: any }> => {
    const { path, csrf } = await openLogin(page, authorizePath({ redirectUri: `${issuer}/callback`, proof: pkce() }));
    const response = await page.get(`${path}/passkey`);
    const html = await response.text();
    const script = /<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? '';
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(script))).toString('base64');
    expect(response.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}'`);
    const options = JSON.parse((/data-options="([^"]+)"/.exec(html)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as object;
    return { path, csrf, options, status: response.status, pending: '', done: null };
  };
  // as the page of the passkey sends it
  const answer = async (page: Browser, { path, csrf }: Step, given: object): Promise<Response> => page.post(`${path}/passkey`, { csrf, answer: JSON.stringify(given) });
  return { password, code, question, answer };
}
