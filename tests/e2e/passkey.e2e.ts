/** A passkey in a real browser, with the browser's own virtual authenticator: registered on a page of the platform, and then all that a sign-in needs. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authSubgraph } from '@pms/auth';
import { serve } from '@pms/subgraph/serve';
import { silent } from '@pms/telemetry/logger';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, type OpenBrowser, openBrowser } from './support/browser.ts';

const PATIENCE_MS = 60_000;
const STEP_MS_MAX = 30_000;
/** Of a page that needs no script of ours, and a place to come back to. */
const PAGE = '/health/live';

let opened: OpenBrowser;
let door: FrontDoor;
let issuer: string;
const ends: (() => unknown)[] = [];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

beforeAll(async () => {
  if (noBrowser !== null) return;
  opened = await openBrowser();
  ends.push(opened.close);
  const port = await freePort();
  issuer = `http://localhost:${port}`; // browsers know no passkeys for an address of numbers
  const secret = (name: string): Promise<string> => Promise.resolve(Buffer.from(name.padEnd(32, '.')).toString('base64url'));
  door = await frontDoor(authSubgraph, { settings: { production: false, demo: true, issuer, secret } });
  ends.push(() => door.close());
  await door.subgraph.start?.();
  const served = await serve(door.subgraph, { host: '127.0.0.1', port, logger: silent, authenticate: async () => null });
  ends.push(() => served.close());
}, PATIENCE_MS);
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});
beforeEach((context) => {
  if (noBrowser !== null) context.skip(noBrowser);
});

async function withAuthenticator(): Promise<Page> {
  const page = await opened.browser.newPage();
  page.setDefaultTimeout(STEP_MS_MAX);
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return page;
}

test('a person registers a passkey, and signs in with it and nothing else', { timeout: PATIENCE_MS }, async () => {
  const { data: { users } } = await door.ask('{ users(first: 20) { edges { node { id email } } } }', {}, { as: principal({ organizationId: 'org_demo', roles: ['ADMIN'] }) });
  const trader = (users.edges as { node: { id: string; email: string } }[]).find(({ node }) => node.email === 'trader@demo.example')?.node;
  const as = principal({ organizationId: 'org_demo', subject: trader?.id ?? '', roles: ['TRADER'] });
  const begun = await door.ask('mutation { beginPasskey(input: { currentPassword: "demo" }) { options userErrors { message } } }', {}, { as });
  const page = await withAuthenticator();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.goto(`${issuer}${PAGE}`);
  const response: unknown = await page.evaluate(`(async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(begun.data.beginPasskey.options)});
    return (await navigator.credentials.create({ publicKey })).toJSON();
  })()`);
  const finished = await door.ask('mutation ($response: JSON!) { finishPasskey(input: { name: "This browser", response: $response }) { passkey { name } userErrors { message } } }', { response }, { as });
  expect(finished.data.finishPasskey).toEqual({ passkey: { name: 'This browser' }, userErrors: [] });

  await page.goto(`${issuer}/auth/sign-in?return=${encodeURIComponent(PAGE)}`);
  await page.getByRole('link', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL(`${issuer}${PAGE}`);
  const session = (await page.context().cookies()).find(({ name }) => name === 'pms_session');
  const claims = JSON.parse(Buffer.from(session?.value.split('.')[1] ?? '', 'base64url').toString()) as object;
  expect([claims, complaints]).toEqual([expect.objectContaining({ sub: trader?.id, roles: ['TRADER'], iss: issuer }), []]);
});

test('who has no passkey is told so by the page, and signs in with the password there', { timeout: PATIENCE_MS }, async () => {
  const page = await withAuthenticator();
  await page.goto(`${issuer}/auth/sign-in?return=${encodeURIComponent(PAGE)}`);
  await page.getByRole('link', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('alert').getByText('gave no answer').waitFor();
  await page.getByRole('link', { name: 'Sign in with a password' }).click();
  await page.getByLabel('E-mail address').fill('risk@demo.example');
  await page.getByLabel('Password').fill('demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${issuer}${PAGE}`);
});
