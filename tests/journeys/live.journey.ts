/** Who listens for long: goes on after the last event that they saw, over a source that died, and no longer than their token is wanted. */
import type { PmsClient } from '@pms/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { serviceClient } from './support/clients.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { signIn } from './support/sign-in.ts';
import { captured, funded, lastWeekday, listed, SOON } from './support/world.ts';

interface Stream {
  text(): string;
  stop(): void;
}

const ids = (stream: Stream): number[] => [...stream.text().matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

export const live: Journey = (at, shape) => describe('listening for long', PATIENCE, () => {
  let platform: Platform;
  let service: PmsClient;
  let portfolioId: string;
  let instrumentId: string;
  const streams: Stream[] = [];

  beforeAll(async () => {
    platform = at();
    service = serviceClient(platform);
    instrumentId = await listed(service, { symbol: 'LIVE', until: lastWeekday(), close: 100 });
    portfolioId = await funded(service, 'Heard', '100000');
  }, PATIENCE.timeout);
  afterAll(async () => {
    for (const { stop } of streams) stop();
    await service?.close();
  });

  /** `tradeEvents` by server-sent events. */
  async function listenAs(token: string, after?: number): Promise<Stream> {
    const gone = new AbortController();
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST', signal: gone.signal, body: JSON.stringify({ query: 'subscription ($of: ID!) { tradeEvents(portfolioId: $of) { kind trade { externalId } } }', variables: { of: portfolioId } }),
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}`, ...(after === undefined ? {} : { 'last-event-id': String(after) }) },
    });
    let text = '';
    const read = async (): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    };
    read().catch(() => undefined);
    const stream = { text: () => text, stop: () => gone.abort() };
    streams.push(stream);
    return stream;
  }
  const trade = (externalId: string): Promise<string> =>
    captured(service, { portfolioId, instrumentId, side: 'BUY', quantity: '1', price: '100', currency: 'USD', tradeDate: lastWeekday(), externalId });
  const booked = (stream: Stream, externalId: string): Promise<void> =>
    vi.waitFor(() => expect(stream.text()).toMatch(new RegExp(`"kind":"BOOKED","trade":\\{"externalId":"${externalId}"`)), SOON);
  const token = async (): Promise<string> => (await service.token()) ?? '';

  test('a client that comes back with the last event that it saw misses nothing', async () => {
    const first = await listenAs(await token());
    await vi.waitFor(async () => {
      await trade(`seen-${String(Date.now())}`); // until it listens, whatever that takes
      expect(ids(first).length).toBeGreaterThan(0);
    }, SOON);
    first.stop();
    const last = ids(first).at(-1) ?? 0;
    await trade('missed');
    const again = await listenAs(await token(), last);
    await booked(again, 'missed');
    await trade('after');
    await booked(again, 'after');
    expect(ids(again)).toEqual(Array.from({ length: ids(again).length }, (_, index) => last + 1 + index));
    again.stop();
  });

  // within one process there is no source that could die alone
  test.each(shape === 'one process' ? [] : (['trade-capture'] as const))('a subscription outlives the process of %s: nothing is lost or told twice', async (domain) => {
    const stream = await listenAs(await token(), 0);
    await vi.waitFor(() => expect(ids(stream).length).toBeGreaterThan(0), SOON);
    await platform.kill(domain);
    await platform.restart(domain);
    await vi.waitFor(() => trade('survivor'), SOON);
    await booked(stream, 'survivor');
    expect(ids(stream)).toEqual(Array.from({ length: ids(stream).length }, (_, index) => 1 + index));
    stream.stop();
  });

  test('sessions that are ended end what listens, and the access token holds no longer', async () => {
    const { accessToken } = await signIn(platform.url, { email: 'trader@demo.example', password: 'demo' });
    const ask = async (query: string): Promise<{ status: number; text: string }> => {
      const response = await fetch(`${platform.url}/graphql`, {
        method: 'POST', body: JSON.stringify({ query }), headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization: `Bearer ${accessToken}` },
      });
      return { status: response.status, text: await response.text() };
    };
    const [mine, others] = [await listenAs(accessToken), await listenAs(await token())];
    expect((await ask('{ viewer { roles } }')).status).toBe(200);
    expect((await ask('mutation { revokeSessions(input: {}) { userErrors { code } } }')).text).toContain('"userErrors":[]');
    await vi.waitFor(() => expect(mine.text()).toMatch(/UNAUTHENTICATED[\s\S]*event: complete/), SOON);
    expect(await ask('{ viewer { roles } }')).toMatchObject({ status: 401, text: expect.stringContaining('revoked') as string });
    await trade('for others');
    await booked(others, 'for others');
  });
});
