/** What a person takes out of the platform: exports, a statement, and the proof that the books hold. */
import type { PmsClient } from '@pms/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operation, serviceClient } from './support/clients.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { arrived, captured, funded, lastWeekday, listed } from './support/world.ts';

const STATEMENT = operation(`query ($id: ID!, $day: Date!) { portfolio(id: $id) { statement(from: $day, to: $day) { cash { currency closing { balance { amount } } } closingHoldings { instrument { symbol } quantity } csv pdf }
  trialBalance { totals { currency debit { amount } credit { amount } } } } }`);

export const exportsTaken: Journey = (at) => describe('exports', PATIENCE, () => {
  let platform: Platform;
  let service: PmsClient;
  let instrumentId: string;
  let portfolioId: string;
  const day = lastWeekday();
  beforeAll(async () => {
    platform = at();
    service = serviceClient(platform);
    instrumentId = await listed(service, { symbol: 'EXPO', until: day, close: 100 });
    portfolioId = await funded(service, 'Exported', '100000');
    const trade = await captured(service, { portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: day, externalId: 'exported' });
    await arrived(service, trade, 'BOOKED', 'SETTLED');
  }, PATIENCE.timeout);
  afterAll(async () => {
    await service?.close();
  });

  const fetched = async (path: string): Promise<Response> => fetch(`${platform.url}${path}`, { headers: { authorization: `Bearer ${(await service.token()) ?? ''}` } });

  test('every data set is there for who may read it, at the one address that clients know', async () => {
    const trades = await fetched(`/exports/trades.csv?portfolioId=${portfolioId}`);
    expect(trades.status).toBe(200);
    expect(await trades.text()).toContain(`${portfolioId},buy,${day},${instrumentId},10,100,USD,`);
    const positions = await (await fetched(`/exports/positions.json?portfolioId=${portfolioId}`)).json();
    expect(positions).toMatchObject([{ portfolio_id: portfolioId, symbol: 'EXPO', quantity: '10', currency: 'USD' }]);
    for (const name of ['trade-versions', 'lots', 'closings', 'cash', 'journal', 'prices']) {
      const answer = await fetched(`/exports/${name}.json`);
      expect([name, answer.status, Array.isArray(await answer.json())]).toEqual([name, 200, true]);
    }
    expect((await fetch(`${platform.url}/exports/journal.csv`)).status).toBe(401);
    expect((await fetch(`${platform.url}/exports/journal.csv`, { headers: { authorization: 'Bearer forged' } })).status).toBe(401);
  });

  test('a statement comes through the API as an object, a table and a document', async () => {
    const { portfolio } = await service.query<any, object>(STATEMENT, { id: portfolioId, day });
    expect(portfolio.statement).toMatchObject({ closingHoldings: [{ instrument: { symbol: 'EXPO' }, quantity: '10' }] });
    expect(portfolio.statement.csv).toContain('Bought 10 EXPO at 100');
    expect(Buffer.from(portfolio.statement.pdf, 'base64').subarray(0, 5).toString()).toBe('%PDF-');
    for (const { debit, credit } of portfolio.trialBalance.totals) expect(debit).toEqual(credit);
  });

  test('the books are proved, and exported, at the terminal beside the running platform', async () => {
    const proof = await platform.pms('books', 'verify', '--portfolio', portfolioId);
    expect(proof).toMatchObject({ code: 0, output: expect.stringMatching(/1 portfolios, \d+ facts, \d+ entries, 1 trades: everything holds/) });
    const unknown = await platform.pms('books', 'verify', '--portfolio', 'prt_unknown');
    expect([unknown.code, unknown.output]).toEqual([1, expect.stringContaining('There is no portfolio prt_unknown in the books.')]);
    const [{ portfolio_id: id }] = await (await fetched(`/exports/cash.json?portfolioId=${portfolioId}`)).json() as any;
    expect(id).toBe(portfolioId);
    const none = await platform.pms('export', 'cash', '--organization', 'org_unknown');
    expect(none).toMatchObject({ code: 0, output: expect.stringContaining('portfolio_id,currency,balance,settled,receivable,payable') });
    const wrong = await platform.pms('export', 'cash', '--organization', 'org_unknown', '--from', '2026-10-01');
    expect([wrong.code, wrong.output]).toEqual([1, expect.stringContaining('cash cannot be asked for by from; it knows portfolioId, asOf, knownAt.')]);
  });
});
