/** What can become of a trade: amended, cancelled, refused by a rule, approved by another person, repeated; and what the books say then. */
import type { PmsClient } from '@pms/client';
import {
  AmendTradeDocument, ApproveTradeDocument, BooksDocument, BreachesDocument, CancelTradeDocument, CaptureTradeDocument, CaptureTradesDocument, type CaptureTradeInput, CheckTradeDocument,
  CreateComplianceRuleDocument, RejectTradeDocument, SetRestrictedListDocument, TradeByIdDocument, TradeChecksDocument,
} from '@pms/client/generated';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { operation, serviceClient, userClient } from './support/clients.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { arrived, captured, funded, lastWeekday, listed, SOON } from './support/world.ts';

export const tradeLife: Journey = (at) => describe('the life of a trade', PATIENCE, () => {
  let platform: Platform;
  let service: PmsClient;
  let trader: PmsClient;
  let compliance: PmsClient;
  let instrumentId: string;
  let restrictedId: string;
  let portfolioId: string;

  beforeAll(async () => {
    platform = at();
    service = serviceClient(platform);
    [trader, compliance] = await Promise.all([userClient(platform, 'trader'), userClient(platform, 'compliance')]);
    instrumentId = await listed(service, { symbol: 'LIFE', until: lastWeekday(), close: 100 });
    restrictedId = await listed(service, { symbol: 'OUT', until: lastWeekday(), close: 10 });
    portfolioId = await funded(service, 'Life of a trade', '100000');
  }, PATIENCE.timeout);
  afterAll(async () => {
    await Promise.all([service, trader, compliance].map((client) => client?.close()));
  });

  const buy = (externalId: string, over: Partial<CaptureTradeInput> = {}): CaptureTradeInput => ({
    portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: lastWeekday(), externalId, ...over,
  });
  const books = async () => {
    const { portfolio } = await service.query(BooksDocument, { portfolioId });
    return { cash: portfolio?.cash.map(({ balance }) => balance.amount), held: portfolio?.positions.map(({ instrument, quantity }) => [instrument.symbol, quantity]) };
  };

  test('an amended trade is booked anew, and its history tells both versions', async () => {
    const id = await captured(trader, buy('amended'));
    await arrived(trader, id, 'BOOKED');
    const { amendTrade } = await trader.mutate(AmendTradeDocument, { input: { tradeId: id, quantity: '12', reason: 'the broker sent a correction' } });
    expect(amendTrade).toMatchObject({ trade: { id, version: 2, quantity: '12' }, userErrors: [] });
    await vi.waitFor(async () => expect(await books()).toEqual({ cash: ['98800'], held: [['LIFE', '12']] }), SOON);
    const { history, version } = await arrived(trader, id, 'BOOKED');
    expect(version).toBe(2);
    expect(history.map(({ kind, reason }) => [kind, reason])).toEqual([['CAPTURE', null], ['AMENDMENT', 'the broker sent a correction']]);
  });

  test('a cancelled trade leaves nothing but its history', async () => {
    const before = await books();
    const id = await captured(trader, buy('cancelled', { quantity: '50' }));
    await arrived(trader, id, 'BOOKED');
    const { cancelTrade } = await trader.mutate(CancelTradeDocument, { input: { tradeId: id, reason: 'entered twice' } });
    expect(cancelTrade.userErrors).toEqual([]);
    await arrived(trader, id, 'CANCELLED');
    await vi.waitFor(async () => expect(await books()).toEqual(before), SOON);
    const again = await trader.mutate(AmendTradeDocument, { input: { tradeId: id, quantity: '1', reason: 'too late' } });
    expect(again.amendTrade).toMatchObject({ trade: null, userErrors: [{ code: 'CONFLICT' }] });
  });

  test('a rule rejects a trade, says from which figures, and nothing is booked', async () => {
    const before = await books();
    const { setRestrictedList } = await compliance.mutate(SetRestrictedListDocument, { input: { instrumentIds: [restrictedId], reason: 'we advise them' } });
    expect(setRestrictedList.restrictedList?.map(({ instrument }) => instrument.symbol)).toEqual(['OUT']);
    const dry = await trader.query(CheckTradeDocument, { input: { portfolioId, instrumentId: restrictedId, side: 'BUY', quantity: '1', price: '10', currency: 'USD' } });
    expect(dry.checkTrade.outcome).toBe('REJECTED');
    const restricted = await captured(trader, buy('restricted', { instrumentId: restrictedId, price: '10' }));
    const tooDear = await captured(trader, buy('too dear', { quantity: '100000' }));
    await Promise.all([arrived(trader, restricted, 'REJECTED'), arrived(trader, tooDear, 'REJECTED')]);
    const { trade } = await compliance.query(TradeChecksDocument, { id: tooDear });
    expect(trade?.checks.find(({ kind }) => kind === 'SUFFICIENT_CASH')).toMatchObject({ outcome: 'FAILED', inputs: expect.objectContaining({}) });
    const { breaches } = await compliance.query(BreachesDocument, { filter: { portfolioId } });
    expect(breaches.edges.map(({ node }) => [node.kind, node.trade.externalId])).toEqual(expect.arrayContaining([['RESTRICTED_LIST', 'restricted'], ['SUFFICIENT_CASH', 'too dear']]));
    expect(await books()).toEqual(before);
  });

  test('a large trade waits for another person: not the one who captured it', async () => {
    const { createComplianceRule } = await compliance.mutate(CreateComplianceRuleDocument, {
      input: { name: 'Four eyes', kind: 'APPROVAL_ABOVE_NOTIONAL', severity: 'NEEDS_APPROVAL', portfolioId, parameters: { limit: { amount: '5000', currency: 'USD' } }, idempotencyKey: 'four-eyes' },
    });
    expect(createComplianceRule.userErrors).toEqual([]);
    const admin = await userClient(platform, 'admin');
    const id = await captured(admin, buy('large', { quantity: '60' }));
    await arrived(admin, id, 'PENDING_APPROVAL');
    const own = await admin.mutate(ApproveTradeDocument, { input: { tradeId: id } });
    expect(own.approveTrade).toMatchObject({ trade: null, userErrors: [{ code: 'NOT_PERMITTED' }] });
    const other = await compliance.mutate(ApproveTradeDocument, { input: { tradeId: id, comment: 'within the mandate' } });
    expect(other.approveTrade.userErrors).toEqual([]);
    await arrived(admin, id, 'BOOKED');
    const { trade } = await compliance.query(TradeChecksDocument, { id });
    expect(trade?.decision).toMatchObject({ outcome: 'VALIDATED', comment: 'within the mandate', decidedBy: expect.stringMatching(/^usr_/) });

    const refused = await captured(trader, buy('refused', { quantity: '60' }));
    await arrived(trader, refused, 'PENDING_APPROVAL');
    expect((await compliance.mutate(RejectTradeDocument, { input: { tradeId: refused, reason: 'not twice' } })).rejectTrade.userErrors).toEqual([]);
    await arrived(trader, refused, 'REJECTED');
    await admin.close();
  });

  test('the same externalId again gives the first trade; with other content it is a conflict', async () => {
    const first = await trader.mutate(CaptureTradeDocument, { input: buy('repeated') });
    const again = await trader.mutate(CaptureTradeDocument, { input: buy('repeated', { quantity: '10.0', price: '100.00' }) });
    expect(again.captureTrade.trade?.id).toBe(first.captureTrade.trade?.id);
    const other = await trader.mutate(CaptureTradeDocument, { input: buy('repeated', { quantity: '11' }) });
    expect(other.captureTrade).toMatchObject({ trade: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT' }] });
    await arrived(trader, first.captureTrade.trade?.id ?? '', 'BOOKED');
  });

  test('ten sent at the same moment under one name are one trade', async () => {
    const sent = await Promise.all(Array.from({ length: 10 }, () => trader.mutate(CaptureTradeDocument, { input: buy('at once') })));
    expect(new Set(sent.map(({ captureTrade }) => captureTrade.trade?.id)).size).toBe(1);
    await arrived(trader, sent[0]?.captureTrade.trade?.id ?? '', 'BOOKED');
  });

  test('of a bulk call good rows are captured although others are refused, and the call may be repeated', async () => {
    const trades = [buy('bulk-1', { quantity: '1' }), buy('bulk-2', { quantity: '0' }), buy('bulk-3', { instrumentId: 'ins_unknown' }), buy('bulk-4', { quantity: '2' })];
    const { captureTrades } = await trader.mutate(CaptureTradesDocument, { input: { trades } });
    expect(captureTrades).toMatchObject({ captured: 2, duplicates: 0, refused: 2 });
    expect(captureTrades.userErrors.map(({ code, path }) => [code, path])).toEqual([['INVALID', ['trades', '1', 'quantity']], ['NOT_FOUND', ['trades', '2', 'instrumentId']]]);
    const again = await trader.mutate(CaptureTradesDocument, { input: { trades } });
    expect(again.captureTrades).toMatchObject({ captured: 0, duplicates: 2, refused: 2 });
  });

  test('every entry of the journal balances, and a reversal names what it undoes', async () => {
    const query = operation(`{ portfolio(id: "${portfolioId}") { journal(first: 100) { edges { node { id kind reverses lines { account amount { amount currency } } } } } } }`);
    const { portfolio } = await service.query<any, object>(query, {});
    const entries = portfolio.journal.edges.map(({ node }: any) => node);
    expect(entries.length).toBeGreaterThan(6);
    // hundredths as integers: these amounts have no finer part
    for (const { lines } of entries) expect(lines.reduce((sum: number, { amount }: any) => sum + Math.round(Number(amount.amount) * 100), 0)).toBe(0);
    const reversals = entries.filter(({ kind }: any) => kind === 'REVERSAL');
    expect(reversals.length).toBeGreaterThanOrEqual(2);
    expect(reversals.every(({ reverses }: any) => entries.some(({ id }: any) => id === reverses))).toBe(true);
  });

  test('statements can be read as they were known before a correction', async () => {
    const id = await captured(trader, buy('known', { quantity: '5' }));
    await arrived(trader, id, 'BOOKED');
    const held = async (knownAt?: string): Promise<string | undefined> => {
      const { portfolio } = await service.query(BooksDocument, { portfolioId, ...(knownAt === undefined ? {} : { knownAt }) });
      return portfolio?.positions.find(({ instrument }) => instrument.symbol === 'LIFE')?.quantity;
    };
    const [then, before] = [new Date().toISOString(), await held()];
    await trader.mutate(AmendTradeDocument, { input: { tradeId: id, quantity: '6', reason: 'one more' } });
    await vi.waitFor(async () => expect(Number(await held())).toBe(Number(before) + 1), SOON);
    expect(await held(then)).toBe(before);
    expect((await trader.query(TradeByIdDocument, { id })).trade?.quantity).toBe('6');
  });
});
