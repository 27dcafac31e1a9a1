/** A person in a real browser: signs in on the page, asks and listens in GraphiQL without a token in sight, signs out. `E2E_SCREENSHOTS=<folder>` keeps pictures. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { PmsClient } from '@pms/client';
import { IngestQuotesDocument, PortfoliosDocument } from '@pms/client/generated';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { serviceClient } from '../journeys/support/clients.ts';
import { type Platform, startPlatform, STARTS_WITHIN_MS } from '../journeys/support/platform.ts';
import { arrived, captured, funded, lastWeekday, listed } from '../journeys/support/world.ts';
import { noBrowser, type OpenBrowser, openBrowser } from './support/browser.ts';

const PATIENCE_MS = 60_000;
const STEP_MS_MAX = 30_000;
const VIEWPORT = { width: 1_400, height: 900 };
const RESULT = '.result-window';

let platform: Platform;
let service: PmsClient;
let opened: OpenBrowser;
/** Undone in the opposite order. */
const ends: (() => Promise<void>)[] = [];
let portfolioId: string;
let instrumentId: string;

beforeAll(async () => {
  if (noBrowser !== null) return;
  await Promise.all([
    openBrowser().then((one) => ends.push((opened = one).close)),
    startPlatform('one process').then((one) => ends.push((platform = one).stop)),
  ]);
  service = serviceClient(platform);
  ends.push(service.close);
  const today = lastWeekday();
  [instrumentId, portfolioId] = await Promise.all([listed(service, { symbol: 'ACME', until: today, close: 100 }), funded(service, 'Growth', '100000')]);
  const trade = await captured(service, { portfolioId, instrumentId, side: 'BUY', quantity: '100', price: '100', currency: 'USD', tradeDate: today, externalId: 'e2e-1' });
  await arrived(service, trade, 'BOOKED', 'SETTLED');
}, STARTS_WITHIN_MS);
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});
beforeEach((context) => {
  if (noBrowser !== null) context.skip(noBrowser);
});

const quoted = (last: string) => service.mutate(IngestQuotesDocument, { input: { quotes: [{ instrumentId, last, time: new Date().toISOString() }] } });

async function seen(page: Page, name: string): Promise<void> {
  const folder = process.env['E2E_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

/** What the page complained about: a policy that was broken, a script that failed. Answers with an error status are told by the browser, and not meant. */
async function newPage(): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const complaints: string[] = [];
  const page = await opened.browser.newPage({ viewport: VIEWPORT });
  page.setDefaultTimeout(STEP_MS_MAX);
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  return { page, complaints };
}

async function signIn(page: Page, name = 'trader'): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail address').fill(`${name}@demo.example`);
  await page.getByLabel('Password').fill('demo');
  await seen(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

const run = (page: Page): Promise<void> => page.getByRole('button', { name: /Execute/ }).click();
const answer = (page: Page, part: string): Promise<void> => page.locator(RESULT, { hasText: part }).waitFor();

test('a person signs in, asks, listens and signs out, without a token in sight', { timeout: PATIENCE_MS }, async () => {
  const { page, complaints } = await newPage();
  await page.goto(`${platform.url}/graphiql`);
  const bar = page.getByRole('banner', { name: 'Session' });
  await bar.getByText('You are not signed in.').waitFor();
  await run(page);
  await answer(page, 'UNAUTHENTICATED');
  await seen(page, 'anonymous');

  await signIn(page);
  await bar.getByText('Tom Trader · Trader · Demo Asset Management').waitFor();
  expect(await page.getByRole('tab').allInnerTexts(), 'the tabs that it opened with, and no other').toEqual(['Portfolios', 'LivePnl']);
  await run(page);
  await answer(page, '"name": "Growth"');
  await seen(page, 'answer');
  expect(await page.evaluate('document.cookie'), 'no script can read the session').toBe('');
  expect(await page.evaluate('document.documentElement.scrollHeight <= innerHeight'), 'everything fits').toBe(true);

  const live = `subscription Live { portfolioPnl(portfolioId: "${portfolioId}") { portfolio { name } positions { last instrument { symbol } } } }`;
  await page.goto(`${platform.url}/graphiql?query=${encodeURIComponent(live)}`);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await run(page);
  await answer(page, '"symbol": "ACME"');
  for (const last of ['117.31', '119.77']) {
    await quoted(last);
    await answer(page, `"last": "${last}"`);
  }
  await seen(page, 'live');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await bar.getByText('You are not signed in.').waitFor();
  await run(page);
  await answer(page, 'UNAUTHENTICATED');
  expect(complaints).toEqual([]);
  await page.close();
});

test('a session that is looked at is renewed before it ends, without a page', { timeout: PATIENCE_MS }, async () => {
  const { page, complaints } = await newPage();
  await page.clock.install();
  await page.goto(`${platform.url}/graphiql`);
  await signIn(page, 'risk');
  const session = async (): Promise<string | undefined> => (await page.context().cookies()).find(({ name }) => name === 'pms_session')?.value;
  const before = await session();
  await page.clock.fastForward('14:30'); // of its 15 minutes
  await expect.poll(session, { timeout: STEP_MS_MAX }).not.toBe(before);
  expect(await session()).toMatch(/^ey/);
  await page.getByText('Risk · Demo Asset Management').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test('an administrator sees how an operation was answered and how long each part took; a trader is told that he may not', { timeout: PATIENCE_MS }, async () => {
  const { page, complaints } = await newPage();
  await page.goto(`${platform.url}/graphiql`);
  await signIn(page, 'admin');
  const panel = page.getByRole('region', { name: 'Query plan' });
  const question = `{ portfolio(id: "${portfolioId}") { name positions { quantity instrument { symbol name } } } }`;
  await page.goto(`${platform.url}/graphiql?query=${encodeURIComponent(question)}`);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await panel.getByLabel('Show the plan').check();
  await panel.getByText('Run an operation to see how it is answered.').waitFor();
  await run(page);
  await answer(page, '"symbol": "ACME"');
  await panel.getByText(/^\d.* ms, \d fetches, /).waitFor();
  expect(await panel.locator('summary b').allInnerTexts()).toEqual(expect.arrayContaining(['portfolio', 'rttm']));
  const fetched = panel.locator('details', { has: page.locator('summary b', { hasText: 'rttm' }) }).first();
  await fetched.locator('summary').click();
  await fetched.getByText('_entities(representations: $representations)').waitFor();
  await seen(page, 'plan');
  expect(await page.evaluate('document.documentElement.scrollHeight <= innerHeight'), 'everything fits').toBe(true);
  await page.reload();
  expect(await panel.getByLabel('Show the plan').isChecked(), 'it stays on').toBe(true);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('banner', { name: 'Session' }).getByText('You are not signed in.').waitFor();
  await signIn(page);
  await run(page);
  await panel.getByText('your account may not see plans').waitFor();
  await seen(page, 'no-plan');
  expect(complaints).toEqual([]);
  await page.close();
});

interface Elsewhere {
  readonly url: string;
  /** What was sent here with POST. */
  readonly cookies: string[];
  close(): void;
}

/** A server at another port of this machine: another origin, and yet the same site, so that the browser sends the session's cookie along. */
async function elsewhere(): Promise<Elsewhere> {
  const cookies: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'POST') cookies.push(request.headers.cookie ?? '');
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { cookies, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, close: () => void server.close() };
}

/** Runs in the page: what a hostile one would try on the platform at `url`, and what comes of it. The witness, of yet another origin, is sent the same. */
async function hostile({ url, witness }: { readonly url: string; readonly witness: string }): Promise<Record<string, unknown>> {
  const write = JSON.stringify({ query: 'mutation { createPortfolio(input: { name: "Forged", baseCurrency: "USD", idempotencyKey: "forged" }) { portfolio { id } } }' });
  const send = (to: string, init: RequestInit): Promise<string> => fetch(new URL(to, url), { method: 'POST', credentials: 'include', ...init }).then(({ type }) => type, () => 'kept from the page');
  const overWebsocket = (): Promise<unknown> => new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const say = (message: object): void => socket.send(JSON.stringify(message));
    socket.addEventListener('open', () => say({ type: 'connection_init' }));
    socket.addEventListener('message', ({ data }) => {
      const { type, payload } = JSON.parse(String(data)) as { type: string; payload?: unknown };
      if (type === 'connection_ack') say({ id: '1', type: 'subscribe', payload: { query: '{ viewer { id } }' } });
      else resolve(payload);
    });
    socket.addEventListener('close', ({ code }) => resolve(code));
  });
  return {
    asJson: await send('/graphql', { headers: { 'content-type': 'application/json' }, body: write }),
    asText: await send('/graphql', { mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: write }),
    signOut: await send('/auth/sign-out', { mode: 'no-cors' }),
    overWebsocket: await overWebsocket(),
    witnessed: await send(witness, { mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: write }),
  };
}

test('a page of another origin can do nothing with a person’s session', { timeout: PATIENCE_MS }, async () => {
  const { page } = await newPage();
  await page.goto(`${platform.url}/graphiql`);
  await signIn(page, 'manager');
  const [theirs, witness] = await Promise.all([elsewhere(), elsewhere()]);
  await page.goto(theirs.url);
  const outcome = await page.evaluate(hostile, { url: platform.url, witness: witness.url });
  for (const { close } of [theirs, witness]) close();
  expect(witness.cookies, 'the cookie does travel').toEqual([expect.stringContaining('pms_session=ey')]);
  // the last two were sent, their answers are not for reading
  expect(outcome).toMatchObject({ overWebsocket: [{ extensions: { code: 'UNAUTHENTICATED' } }], asJson: 'kept from the page', asText: 'opaque', signOut: 'kept from the page' });
  await page.goto(`${platform.url}/graphiql`);
  await page.getByText('Portfolio manager · Demo Asset Management').waitFor();
  expect((await service.query(PortfoliosDocument, {})).portfolios.edges.map(({ node: { name } }) => name)).toEqual(['Growth']);
  await page.close();
});
