/** Whatever operations do, in whatever order: the journal balances, custody is the positions less what has not settled, and what was known stays known. */
import { newId } from '@pms/events/ids';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { type Operations, operations } from './settlements.ts';
import { cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let ops: Operations;
const now = new Date('2026-11-20T15:00:00Z');
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => now });
  w = await world(door);
  ops = operations(door);
});
afterAll(() => door.close());

type Step =
  | { readonly do: 'trade'; readonly side: 'BUY' | 'SELL'; readonly quantity: number; readonly cents: number; readonly counterparty: boolean }
  | { readonly do: 'amend' | 'part'; readonly which: number; readonly quantity: number }
  | { readonly do: 'match' | 'fail' | 'retry' | 'cancel' | 'claim' | 'take back'; readonly which: number }
  | { readonly do: 'net' | 'break' | 'settle' | 'deposit' };

const which = fc.nat(9);
const quantity = fc.integer({ min: 1, max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('trade' as const), side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity, cents: fc.integer({ min: 1, max: 9_999 }), counterparty: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('amend' as const, 'part' as const), which, quantity }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('match' as const, 'fail' as const, 'retry' as const, 'cancel' as const, 'claim' as const, 'take back' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('net' as const, 'break' as const, 'settle' as const, 'deposit' as const) }) },
);

interface Trade {
  readonly id: string;
  version: number;
}

/** What is refused changes nothing: every step may be asked for at any time. */
async function live(portfolio: string, steps: readonly Step[], trades: Trade[]): Promise<void> {
  for (const each of steps) {
    const trade = 'which' in each ? trades[each.which % Math.max(trades.length, 1)] : undefined;
    if (each.do === 'trade') {
      const event = validated(portfolio, w.instrumentId, {
        side: each.side, quantity: String(each.quantity), price: (each.cents / 100).toFixed(2), tradeDate: '2026-11-18', ...(each.counterparty && { counterparty: 'Broker' }) });
      trades.push({ id: tradeIdOf(event), version: 1 });
      await door.hear(event);
    } else if (trade !== undefined && 'which' in each) await work(portfolio, each, trade);
    else await operate(portfolio, each.do, trades);
  }
}

async function work(portfolio: string, each: Step & { readonly which: number }, trade: Trade): Promise<void> {
  const tradeId = trade.id;
  if (each.do === 'amend') {
    trade.version += 1;
    await door.hear(validated(portfolio, w.instrumentId, { tradeId, version: trade.version, replaces: trade.version - 1, quantity: String(each.quantity), tradeDate: '2026-11-18', counterparty: 'Broker' }));
  } else if (each.do === 'cancel') await door.hear(cancelled(portfolio, w.instrumentId, tradeId, trade.version + 1));
  else if (each.do === 'part') await ops.once('settlePartially', { tradeId, quantity: String(each.quantity) });
  else if (each.do === 'match') await ops.run('matchSettlement', { tradeId });
  else if (each.do === 'retry') await ops.run('retrySettlement', { tradeId });
  else if (each.do === 'fail') await ops.run('failSettlement', { tradeId, code: 'COUNTERPARTY_FAILED', reason: 'late' });
  else if (each.do === 'take back') await ops.once('reverseSettlement', { tradeId, code: 'COUNTERPARTY_FAILED', reason: 'returned' });
  else if (each.do === 'claim') {
    const { settlement } = await ops.once('claimSettlementInterest', { tradeId, owedTo: 'COUNTERPARTY', annualRate: '0.9', dayCount: 'ACTUAL_360' });
    if (settlement != null) await ops.once('bookSettlementClaim', { claimId: settlement.claims[0].id }, 'claim { status }');
  }
}

async function operate(portfolio: string, what: Step['do'], trades: readonly Trade[]): Promise<void> {
  if (what === 'deposit') await w.deposit(portfolio, '250', { effectiveDate: '2026-11-17' });
  else if (what === 'settle') await ops.due(portfolio, '2026-11-20');
  else if (what === 'net') await ops.once('netSettlements', { portfolioId: portfolio, counterparty: 'Broker', instrumentId: w.instrumentId, currency: 'USD', settlementDate: '2026-11-19' }, 'netSet { id }');
  else if (what === 'break') for (const { id } of trades) {
    const settlement = await ops.of(id);
    if (settlement?.netSet != null) await ops.run('breakNetting', { netSetId: settlement.netSet.id, reason: newId('why') }, { fields: 'settlements { status }' });
  }
}

/** What operations list and count, without what depends on the day that counts as today; a list of now has a row for each version that was taken back. */
async function listed(portfolio: string, at = ''): Promise<unknown> {
  const args = at === '' ? '' : `, ${at}`;
  const { data } = await door.ask(`query ($id: ID!) {
    settlements(filter: { portfolioId: $id, status: [PENDING, FAILED, BUYING_IN, SETTLED] }, first: 200${args}) { edges { cursor node { trade { id } tradeVersion status failureCode attempts settledQuantity settledOn netSet { id quantity } } } }
    settlementAgeing(portfolioId: $id${args}) { status count amounts { amount currency } } }`, { id: portfolio });
  const byStatus = Map.groupBy(data.settlementAgeing as { status: string }[], ({ status }) => status);
  return { edges: data.settlements.edges, ageing: [...byStatus].toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}

test('whatever operations do, custody and cash are what the facts say, a rebuild comes to the same, and what was known stays known', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.array(step, { maxLength: 10 }), async (early, late) => {
    const portfolio = await w.open();
    const trades: Trade[] = [];
    await live(portfolio, early, trades);
    const known = await nowKnown();
    const at = `(includeClosed: true, knownAt: "${known}")`;
    const then = { position: await w.position(portfolio, at), cash: await w.cash(portfolio, `(knownAt: "${known}")`), listed: await listed(portfolio, `knownAt: "${known}"`) };
    expect(then.listed).toEqual(await listed(portfolio));
    const standing = await w.position(portfolio);
    if (standing !== undefined) expect(then.position).toEqual(standing);
    expect(then.cash).toEqual(await w.cash(portfolio));
    await live(portfolio, late, trades);
    expect({ position: await w.position(portfolio, at), cash: await w.cash(portfolio, `(knownAt: "${known}")`), listed: await listed(portfolio, `knownAt: "${known}"`) }).toEqual(then);
    // the saga that is shown is where its steps lead
    for (const { id } of trades) {
      const settlement = await ops.of(id);
      const open = settlement.saga.steps.filter(({ compensation, undoneAt }: { compensation: string | null; undoneAt: string | null }) => compensation !== null && undoneAt === null).map(({ compensation }: { compensation: string }) => compensation);
      for (const compensation of settlement.saga.compensations) expect(open).toContain(compensation);
    }
  }), { numRuns: 15 });
  expect(await ops.verify()).toEqual([]);
  expect(await ops.findings()).toEqual([]);
  expect((await door.subgraph.rebuild?.({ verify: false }))?.differences).toEqual([]);
  expect(await ops.verify()).toEqual([]);
}, 240_000);
