/** Trade events as a subscriber hears them: numbered, and resumed behind any of them with nothing lost, doubled or out of order. */
import { instrumentCreated } from '@pms/schema/events/rttm';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { tradeBooked } from '@pms/schema/events/transactional';
import { tradeValidated } from '@pms/schema/events/validation';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(tradeCaptureSubgraph);
  await door.hear(
    ...['prt_a', 'prt_b', 'prt_c'].map((id) => heard(portfolioCreated, id, { portfolioId: id, name: id, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null })),
    heard(instrumentCreated, 'ins_acme', { instrumentId: 'ins_acme', symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }),
  );
});
afterAll(() => door.close());

let number = 0;
const row = (portfolioId: string) => ({ portfolioId, instrumentId: 'ins_acme', side: 'BUY', quantity: '10', price: '5', currency: 'USD', tradeDate: '2026-01-05', externalId: `e-${(number += 1)}` });
const capture = async (portfolioId: string): Promise<string> =>
  (await door.ask('mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { trade { id } } }', { input: row(portfolioId) })).data.captureTrade.trade.id as string;
const captureMany = (portfolioId: string, count: number) =>
  door.ask('mutation ($input: CaptureTradesInput!) { captureTrades(input: $input) { captured } }', { input: { trades: Array.from({ length: count }, () => row(portfolioId)) } });

const facts = (tradeId: string, portfolioId: string) => ({
  tradeId, version: 1, portfolioId, instrumentId: 'ins_acme', side: 'BUY' as const, quantity: '10', price: '5', currency: 'USD', tradeDate: '2026-01-05', fees: [], externalId: null, capturedAt: '2026-01-05T10:00:00.000000Z',
});
const validated = (id: string, portfolioId: string) => heard(tradeValidated, portfolioId, { ...facts(id, portfolioId), checks: [], replaces: null, approvedBy: null });
const booked = (id: string, portfolioId: string) => heard(tradeBooked, portfolioId, {
  ...facts(id, portfolioId), contractualSettlementDate: '2026-01-06', netAmount: '-50', realizedPnl: '0',
  position: { instrumentId: 'ins_acme', quantity: '10', costBasis: '50', averageCost: '5', realizedPnl: '0', currency: 'USD' },
});

interface Told { readonly id: string; readonly kind: string; readonly trade: { readonly id: string } }

async function listenTo(portfolioId: string, after: string | null = null): Promise<{ next(count: number): Promise<Told[]>; stop(): Promise<unknown> }> {
  const source = await door.subscribe('subscription ($portfolioId: ID!, $after: ID) { tradeEvents(portfolioId: $portfolioId, after: $after) { id kind trade { id } } }', { portfolioId, after });
  const events = source[Symbol.asyncIterator]();
  return {
    async next(count) {
      const told: Told[] = [];
      while (told.length < count) told.push((await events.next()).value.data.tradeEvents as Told);
      return told;
    },
    stop: async () => events.return?.(),
  };
}

test('one who goes on behind an event is told what happened since, and then what happens', async () => {
  const first = await listenTo('prt_a');
  const [one, two] = [await capture('prt_a'), await capture('prt_a')];
  await door.hear(validated(one, 'prt_a'));
  const before = await first.next(1);
  await first.stop();
  await door.hear(booked(one, 'prt_a'), validated(two, 'prt_a'));
  const again = await listenTo('prt_a', before[0]!.id);
  const missed = await again.next(4);
  await door.hear(booked(two, 'prt_a'));
  expect([...before, ...missed, ...await again.next(1)].map(({ id, kind, trade }) => [id, kind, trade.id])).toEqual([
    ['1', 'CAPTURED', one], ['2', 'CAPTURED', two], ['3', 'VALIDATED', one], ['4', 'BOOKED', one], ['5', 'VALIDATED', two], ['6', 'BOOKED', two],
  ]);
  await again.stop();
});

test('captures and news of checks that come at once are numbered without gaps, and heard in that order by those who listen and those who resume', async () => {
  const live = await listenTo('prt_b');
  await captureMany('prt_b', 40);
  const ids = (await live.next(40)).map(({ trade }) => trade.id);
  await Promise.all([captureMany('prt_b', 30), door.hear(...ids.map((id) => validated(id, 'prt_b'))), captureMany('prt_b', 30), door.hear(...ids.map((id) => booked(id, 'prt_b')))]);
  const resumed = await listenTo('prt_b', '40');
  const expected = 30 + 30 + 40 + 40;
  const heardLive = await live.next(expected);
  expect(heardLive.map(({ id }) => Number(id))).toEqual(Array.from({ length: expected }, (_, index) => 41 + index));
  expect(await resumed.next(expected)).toEqual(heardLive);
  await Promise.all([live.stop(), resumed.stop()]);
});

test('a reader who is slow is not cut off: what it has not read waits in the history', async () => {
  const slow = await listenTo('prt_c');
  const count = 1_200;
  await captureMany('prt_c', count);
  expect((await slow.next(count)).map(({ id }) => Number(id))).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  await slow.stop();
});

test('an event that the portfolio does not have is refused', async () => {
  for (const after of ['999999', 'x', '-1', '1.5']) await expect(listenTo('prt_a', after)).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
});
