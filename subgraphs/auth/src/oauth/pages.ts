/** The pages a person sees while signing in: plain HTML that works without scripts, with nothing loaded from anywhere. */
import { createHash } from 'node:crypto';

export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #16212c; --paper: #f4f6f8; --card: #fff; --line: #66788a; --accent: #0b57a4; --on-accent: #fff; --bad: #a11616; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0e141a; --card: #18212b; --line: #8b9cad; --accent: #7ab8ff; --on-accent: #08131f; --bad: #ffa4a4; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: min(24rem, calc(100vw - 2rem)); padding: 2rem; background: var(--card); border-radius: .5rem; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; margin-top: .25rem; padding: .6rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .25rem; }
button { width: 100%; margin-top: 1.5rem; padding: .7rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .25rem; cursor: pointer; }
button.quiet { margin-top: .75rem; color: inherit; background: transparent; border-color: var(--line); }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role=alert] { margin: 0; padding: .75rem; border: 1px solid var(--bad); border-radius: .25rem; color: var(--bad); }`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const headers = (formAction: string, scriptHash?: string): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}';${scriptHash === undefined ? '' : ` script-src 'sha256-${scriptHash}';`} form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const shell = (title: string, body: string): string =>
  `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1>
${body}
</main></body></html>
`;

/** What every form of a sign-in has. */
interface SignInForm {
  readonly action: string;
  readonly csrfToken: string;
  /** What went wrong with the last attempt. */
  readonly problem?: string;
  /** The origin that signing in leads back to: browsers apply form-action to redirects as well. */
  readonly leadsTo: string;
}

export interface LoginPage extends SignInForm {
  readonly email: string;
  /** Whether passkeys can be used here: browsers know none for an address of numbers. */
  readonly passkeys: boolean;
  /** Organisations' own providers. */
  readonly federations: readonly { readonly name: string; readonly title: string }[];
}

const alertOf = (problem: string | undefined): string => (problem === undefined ? '' : `<p role="alert" id="problem">${escaped(problem)}</p>`);

export function loginPage({ action, csrfToken, email, problem, leadsTo, passkeys, federations }: LoginPage): Page {
  const alert = alertOf(problem);
  const others = [
    ...(passkeys ? [`<p><a href="${escaped(action)}/passkey">Sign in with a passkey</a></p>`] : []),
    ...federations.map(({ name, title }) => `<p><a href="${escaped(action)}/with/${escaped(name)}">Sign in with ${escaped(title)}</a></p>`),
  ].join('\n');
  const described = problem === undefined ? '' : ' aria-describedby="problem" aria-invalid="true"';
  const body = `${alert}<form method="post" action="${escaped(action)}">
<input type="hidden" name="csrf" value="${escaped(csrfToken)}">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="254" value="${escaped(email)}"${described}${email === '' ? ' autofocus' : ''}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256"${described}${email === '' ? '' : ' autofocus'}>
<button type="submit">Sign in</button>
</form>${others === '' ? '' : `\n${others}`}`;
  return { html: shell('Sign in', body), headers: headers(`'self' ${leadsTo}`.trim()) };
}

export interface FactorPage extends SignInForm {
  /** Whose password was right, sealed. */
  readonly pending: string;
  readonly passkeys: boolean;
}

export function factorPage({ action, csrfToken, pending, problem, leadsTo, passkeys }: FactorPage): Page {
  const described = problem === undefined ? '' : ' aria-describedby="problem" aria-invalid="true"';
  const body = `${alertOf(problem)}<form method="post" action="${escaped(action)}">
<input type="hidden" name="csrf" value="${escaped(csrfToken)}">
<input type="hidden" name="pending" value="${escaped(pending)}">
<label for="code">Code of your authenticator app, or a recovery code</label>
<input id="code" name="code" autocomplete="one-time-code" required maxlength="40" autofocus${described}>
<button type="submit">Go on</button>
</form>${passkeys ? `\n<p><a href="${escaped(action)}/passkey">Use a passkey instead</a></p>` : ''}`;
  return { html: shell('One more step', body), headers: headers(`'self' ${leadsTo}`.trim()) };
}

/** Asks the browser for an answer of a passkey and sends it; the only script of these pages. */
const PASSKEY_SCRIPT = `
const form = document.querySelector('form');
const problem = document.querySelector('#problem');
form.querySelector('button').addEventListener('click', async () => {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.options));
    const credential = await navigator.credentials.get({ publicKey });
    form.elements.answer.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (error) {
    problem.hidden = false;
    problem.textContent = 'Your browser gave no answer of a passkey. Try again, or sign in with your password.';
  }
});`;
const PASSKEY_SCRIPT_HASH = createHash('sha256').update(PASSKEY_SCRIPT).digest('base64');

export interface PasskeyPage extends SignInForm {
  readonly options: object;
}

export function passkeyPage({ action, csrfToken, problem, leadsTo, options }: PasskeyPage): Page {
  const body = `<p role="alert" id="problem"${problem === undefined ? ' hidden' : ''}>${escaped(problem ?? '')}</p>
<form method="post" action="${escaped(action)}/passkey" data-options="${escaped(JSON.stringify(options))}">
<input type="hidden" name="csrf" value="${escaped(csrfToken)}">
<input type="hidden" name="answer" value="">
<button type="button">Sign in with a passkey</button>
</form>
<p><a href="${escaped(action)}">Sign in with a password</a></p>
<script>${PASSKEY_SCRIPT}</script>`;
  return { html: shell('Sign in with a passkey', body), headers: headers(`'self' ${leadsTo}`.trim(), PASSKEY_SCRIPT_HASH) };
}

export interface MessagePage {
  readonly title: string;
  readonly text: string;
  /** Put in as it is. */
  readonly trustedHtml?: string;
  readonly formAction?: string;
}

export const messagePage = ({ title, text, trustedHtml = '', formAction = "'self'" }: MessagePage): Page =>
  ({ html: shell(title, `<p>${escaped(text)}</p>${trustedHtml}`), headers: headers(formAction) });
