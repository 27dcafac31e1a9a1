/** What comes of a trade, for a client that reads its writes: whatever it asks for next, in whichever domain, has the trade in it, also where a domain is slow to hear of it. */
import { createClient, type PmsClient } from '@pms/client';
import { DepositCashDocument } from '@pms/client/generated';
import { schemaOf } from '@pms/events/sql';
import { connect } from '@pms/prisma/connect';
import { domainNames } from '@pms/processes/catalogue';
import { flows } from '@pms/processes/flows';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { operation, serviceClient } from './support/clients.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { captured, funded, listed, SOON } from './support/world.ts';

export const consequences: Journey = (at) => describe('what comes of a trade', PATIENCE, () => {
  let platform: Platform;
  let client: PmsClient;
  let instrumentId: string;
  /** Of all trades, whatever the day is. */
  const day = '2026-11-20';

  beforeAll(async () => {
    platform = at();
    const setting = serviceClient(platform);
    instrumentId = await listed(setting, { symbol: 'COME', until: day, close: 100 });
    await setting.close();
    client = createClient({ url: platform.url, credentials: { clientId: 'demo', clientSecret: 'demo-secret' }, readsItsWrites: true });
  }, PATIENCE.timeout);
  afterAll(() => client?.close());

  const trade = (portfolioId: string, externalId: string, over = {}) =>
    captured(client, { portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '90', currency: 'USD', tradeDate: day, externalId, ...over });
  const everything = async (portfolioId: string) => (await client.query<any, object>(operation(`{ portfolio(id: "${portfolioId}") {
    positions { quantity realizedPnl { amount } } cash { balance { amount } } valuation { cash { amount } realizedPnl { amount } } exposure { name }
    rank(metric: TIME_WEIGHTED_RETURN, window: SINCE_INCEPTION) { value }
  } }`), {})).portfolio;

  test('is in the books, the value, the exposure and the rank, at once and each time', async () => {
    const portfolioId = await funded(client, 'What comes of trades', '1');
    await client.mutate(DepositCashDocument, { input: { portfolioId, amount: { amount: '9999', currency: 'USD' }, effectiveDate: day, idempotencyKey: 'before trades' } });
    for (let times = 1; times <= 4; times += 1) {
      await trade(portfolioId, `comes-${String(times)}`);
      const read = await everything(portfolioId);
      const cash = String(10_000 - times * 900);
      expect(read).toMatchObject({ positions: [{ quantity: String(times * 10), realizedPnl: { amount: '0' } }], cash: [{ balance: { amount: cash } }], valuation: { cash: { amount: cash } } });
      expect(read.exposure.map(({ name }: any) => name)).toContain('COME');
      expect(read.rank?.value, 'measured with the first trade in it').toEqual(expect.any(Number));
    }
    await trade(portfolioId, 'comes-back', { side: 'SELL', price: '100' });
    expect(await everything(portfolioId)).toMatchObject({ positions: [{ quantity: '30', realizedPnl: { amount: '100' } }], valuation: { realizedPnl: { amount: '100' } } });
  });

  test('is waited for while the domain that decides about it is held up', async () => {
    const portfolioId = await funded(client, 'What comes late', '10000');
    const owner = connect(platform.databaseUrl, { poolMax: 2 });
    let reading: Promise<unknown> = Promise.resolve();
    await owner.transaction(async (sql) => {
      await sql.query('lock table validation.inbox_event in share mode');
      await trade(portfolioId, 'late-1');
      reading = everything(portfolioId);
      await vi.waitFor(async () => {
        const { rows: [waiting] } = await owner.query<{ count: number }>(`select count(*)::int as count from pg_locks where relation = 'validation.inbox_event'::regclass and not granted`);
        expect(waiting?.count).toBeGreaterThan(0);
      }, SOON);
    });
    expect(await reading).toMatchObject({ positions: [{ quantity: '10' }], cash: [{ balance: { amount: '9100' } }] });
    await owner.close();
  });

  test('and whatever else has led to something in these journeys, the map has that tokens are followed by', async () => {
    const owner = connect(platform.databaseUrl, { poolMax: 1 });
    const outboxes = domainNames.map((name) => `select '${name}' as domain, id, type, causation_id from ${schemaOf(name)}.outbox_event`).join(' union all ');
    const { rows } = await owner.query<{ domain: string; cause: string; type: string }>(
      `with event as (${outboxes}) select distinct e.domain, c.type as cause, e.type from event as e join event as c on c.id = e.causation_id`);
    await owner.close();
    const byTheCalendar = /^rttm\.corporate-action-/; // taken in when they are due
    expect(rows.filter(({ domain, cause, type }) => flows.get(domain)?.get(cause)?.includes(type) !== true && !byTheCalendar.test(cause)), 'processes/flows.ts').toEqual([]);
  });
});
