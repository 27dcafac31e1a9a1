/** Corporate actions in the books, through their front door: from the announcement to lots, cash, journal and what others are told. */
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { amended, announced, booksOf, newInstrument, process, withdrawn } from './actions-world.ts';
import { cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let portfolio: string;
let acme: string;
/** Trades of 2 November; the ex date is the 5th unless a test says otherwise. */
const TODAY = '2026-11-26';

beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
beforeEach(async () => {
  portfolio = await w.open();
  acme = await newInstrument(door, 'ACME');
});
afterEach(async () => {
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
});
afterAll(() => door.close());

const buy = (over: Parameters<typeof validated>[2] = {}, of = acme) => validated(portfolio, of, over);

describe('cash dividends', () => {
  test('a dividend is receivable from the ex date, net of the tax withheld, and cash on the pay date', async () => {
    const dividend = announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '0.333', withholdingRate: '0.15', payDate: '2026-11-20' });
    await door.hear(buy({ quantity: '10' }), dividend);
    expect(await process(door, '2026-11-06')).toMatchObject({ applied: 1, paid: 0 });
    expect(await w.cash(portfolio)).toMatchObject({ balance: { amount: '-997.17' }, settled: { amount: '0' }, receivable: { amount: '2.83' } });
    expect(await process(door, '2026-11-20')).toMatchObject({ applied: 0, paid: 1 });
    const { actions, cash, journal, positions } = await booksOf(door, portfolio);
    expect(actions).toMatchObject([{ kind: 'CASH_DIVIDEND', status: 'PAID', entitledQuantity: '10', income: { amount: '3.33' }, taxWithheld: { amount: '0.5' }, cash: { amount: '2.83' }, paidOn: '2026-11-20' }]);
    expect(cash).toMatchObject({ settled: { amount: '2.83' }, receivable: { amount: '0' } });
    expect(journal.map(({ kind, effectiveOn, lines }) => [kind, effectiveOn, ...lines])).toEqual([
      ['ENTITLEMENT_PAID', '2026-11-20', 'CASH_SETTLED 2.83', 'CASH_RECEIVABLE -2.83'],
      ['DIVIDEND', '2026-11-05', 'DIVIDENDS -3.33', 'TAXES 0.5', 'CASH_RECEIVABLE 2.83'],
      ['TRADE_BOOKED', '2026-11-02', 'SECURITIES_AT_COST 1000', 'CASH_PAYABLE -1000'],
    ]);
    expect(positions.get(acme)).toMatchObject({ quantity: '10', cost: '1000', gain: '0' });
  });

  test('what is traded on the ex date brings no dividend; what was sold on it still does', async () => {
    await door.hear(buy({ quantity: '10' }), announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '1' }),
      buy({ quantity: '5', tradeDate: '2026-11-05' }), buy({ side: 'SELL', quantity: '8', tradeDate: '2026-11-05' }));
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).actions).toMatchObject([{ entitledQuantity: '10', cash: { amount: '10' } }]);
  });

  test('who is short owes the gross dividend', async () => {
    await door.hear(buy({ side: 'SELL', quantity: '10' }), announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '1', withholdingRate: '0.3', payDate: '2026-11-20' }));
    await process(door, '2026-11-10');
    const { actions, cash } = await booksOf(door, portfolio);
    expect(actions).toMatchObject([{ entitledQuantity: '-10', income: { amount: '-10' }, taxWithheld: { amount: '0' }, cash: { amount: '-10' } }]);
    expect(cash).toMatchObject({ receivable: { amount: '1000' }, payable: { amount: '10' } });
  });

  test('a late trade, an amendment and a cancellation change the entitlement, by reversal and rebooking, paid or not', async () => {
    const first = buy({ quantity: '10' });
    await door.hear(first, announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '1', payDate: '2026-11-20' }));
    await process(door, '2026-11-20');
    const before = await nowKnown();
    await door.hear(buy({ quantity: '7', tradeDate: '2026-11-04' }));
    expect((await booksOf(door, portfolio)).actions).toMatchObject([{ entitledQuantity: '17', cash: { amount: '17' }, status: 'PAID' }]);
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '17' } });
    await door.hear(validated(portfolio, acme, { tradeId: tradeIdOf(first), version: 2, replaces: 1, quantity: '4' }));
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '11' } });
    await door.hear(cancelled(portfolio, acme, tradeIdOf(first), 3));
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '7' } });
    expect(await w.cash(portfolio, `(knownAt: "${before}")`)).toMatchObject({ settled: { amount: '10' } });
    expect(await w.cash(portfolio, '(asOf: "2026-11-19")')).toMatchObject({ settled: { amount: '0' }, receivable: { amount: '7' } });
  });

  test('a trade from before an action that nobody here was entitled to brings it with it', async () => {
    await door.hear(announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '1' }), buy({ quantity: '3', tradeDate: '2026-11-09' }));
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).actions).toEqual([]);
    await door.hear(buy({ quantity: '10' }));
    expect((await booksOf(door, portfolio)).actions).toMatchObject([{ entitledQuantity: '10', cash: { amount: '10' } }]);
  });

  test('a dividend may be paid in another currency', async () => {
    await door.hear(buy({ quantity: '10' }), announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '50', currency: 'JPY' }));
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).actions).toMatchObject([{ income: { amount: '500', currency: 'JPY' } }]);
  });
});

describe('announcements that change', () => {
  test('an amended action is taken back and done anew; what was known stays known', async () => {
    const split = announced({ kind: 'SPLIT', instrumentId: acme, newShares: '2', oldShares: '1' });
    await door.hear(buy({ quantity: '10' }), split);
    await process(door, TODAY);
    expect((await w.position(portfolio))?.['quantity']).toBe('20');
    const before = await nowKnown();
    await door.hear(amended(split.data, { newShares: '3' }));
    expect(await process(door, TODAY)).toMatchObject({ applied: 1, reversed: 1 });
    expect((await w.position(portfolio))?.['quantity']).toBe('30');
    expect((await w.position(portfolio, `(knownAt: "${before}")`))?.['quantity']).toBe('20');
    expect((await w.position(portfolio, '(asOf: "2026-11-04")'))?.['quantity']).toBe('10');
    expect((await booksOf(door, portfolio)).actions).toMatchObject([{ version: 2, changes: [{ quantity: '20' }] }]);
    expect(await actionsAt(portfolio, `(knownAt: "${before}")`)).toMatchObject([{ version: 1, changes: [{ quantity: '10' }] }]);
    expect(await actionsAt(portfolio, '(asOf: "2026-11-04")')).toEqual([]);
  });

  test('a cancelled action leaves no trace but its entries and their reversals', async () => {
    const dividend = announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '1' });
    await door.hear(buy({ quantity: '10' }), dividend);
    await process(door, TODAY);
    await door.hear(withdrawn(dividend.data));
    await process(door, TODAY);
    const { actions, cash, journal } = await booksOf(door, portfolio);
    expect(actions).toEqual([]);
    expect(cash).toMatchObject({ settled: { amount: '0' }, receivable: { amount: '0' } });
    expect(journal.map(({ kind }) => kind)).toEqual(['REVERSAL', 'REVERSAL', 'ENTITLEMENT_PAID', 'DIVIDEND', 'TRADE_BOOKED']);
  });

  test('an action that is moved to a later day counts from then', async () => {
    const split = announced({ kind: 'SPLIT', instrumentId: acme, newShares: '2', oldShares: '1' });
    await door.hear(buy({ quantity: '10' }), split);
    await process(door, '2026-11-06');
    await door.hear(amended(split.data, { exDate: '2026-11-12' }), buy({ quantity: '1', tradeDate: '2026-11-10' }));
    await process(door, '2026-11-11');
    expect((await w.position(portfolio, '(asOf: "2026-11-11")'))?.['quantity']).toBe('11');
    await process(door, '2026-11-12');
    expect((await w.position(portfolio))?.['quantity']).toBe('22');
  });
});

const actionsAt = async (id: string, args: string) => (await door.ask(`query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio {
  corporateActions${args} { edges { node { version status exDate paidOn entitledQuantity cash { amount } changes { quantity } } } } } } }`, { id })).data._entities[0].corporateActions.edges.map(({ node }: { node: unknown }) => node);

test('what an action did is the same for ever as it was known at a time: a late trade, and the payment, change only what is known later', async () => {
  const dividend = announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '1', payDate: '2026-11-09' });
  await door.hear(buy({ quantity: '10' }), dividend);
  await process(door, '2026-11-06');
  const before = await nowKnown();
  await door.hear(buy({ quantity: '5' }));
  await process(door, TODAY);
  expect(await actionsAt(portfolio, '')).toMatchObject([{ status: 'PAID', paidOn: '2026-11-09', entitledQuantity: '15', cash: { amount: '15' } }]);
  expect(await actionsAt(portfolio, `(knownAt: "${before}")`)).toMatchObject([{ status: 'APPLIED', paidOn: null, entitledQuantity: '10', cash: { amount: '10' } }]);
  expect(await actionsAt(portfolio, '(asOf: "2026-11-08")')).toMatchObject([{ status: 'APPLIED', paidOn: null, entitledQuantity: '15' }]);
});

test('a trade of the ex date that is booked before the split is taken in counts in new shares', async () => {
  await door.hear(buy({ quantity: '10', price: '400' }), buy({ side: 'SELL', quantity: '30', price: '101', tradeDate: '2026-11-05' }));
  expect((await w.position(portfolio))?.['quantity']).toBe('-20');
  await door.hear(announced({ kind: 'SPLIT', instrumentId: acme, newShares: '4', oldShares: '1' }));
  await process(door, TODAY);
  expect(await w.position(portfolio)).toMatchObject({ quantity: '10', costBasis: { amount: '1000' }, realizedPnl: { amount: '30' }, lots: [{ openedOn: '2026-11-02' }] });
});

test('what others are told: the entitlement, the positions after it, and the cash', async () => {
  await door.hear(buy({ quantity: '10' }), announced({ kind: 'SPLIT', instrumentId: acme, newShares: '2', oldShares: '1' }), announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '1', exDate: '2026-11-06' }));
  await process(door, TODAY);
  const told = (await door.told()).filter(({ key }) => key === portfolio).slice(2);
  expect(told.map(({ type }) => type.split('.')[1])).toEqual(['corporate-action-applied', 'corporate-action-applied', 'cash-moved', 'entitlement-paid', 'cash-moved']);
  expect(told[0]?.data).toMatchObject({ kind: 'SPLIT', parts: [{ instrumentId: acme, quantity: '10', cost: '0' }], positions: [{ quantity: '20', costBasis: '1000' }] });
  expect(told[1]?.data).toMatchObject({ kind: 'CASH_DIVIDEND', entitled: '20', income: '20' });
  expect(told[2]?.data).toMatchObject({ kind: 'CORPORATE_ACTION', amount: '20', balance: '-980' });
});

test('an action over many portfolios is one short transaction each, in pages, and once', async () => {
  const MANY = 120; // more than a page
  const portfolios = await Promise.all(Array.from({ length: MANY }, () => w.open()));
  for (const id of portfolios) await door.hear(validated(id, acme, { quantity: '10' }));
  const dividend = announced({ kind: 'CASH_DIVIDEND', instrumentId: acme, cashPerShare: '1' });
  await door.hear(dividend);
  expect(await process(door, TODAY)).toEqual({ applied: MANY, reversed: 0, paid: MANY, more: false, userErrors: [] });
  expect(await process(door, TODAY)).toMatchObject({ applied: 0, paid: 0 });
  const { rows: [row] } = await door.database.query<{ entitled: string; transactions: string }>(
    'select count(*) as entitled, count(distinct xmin::text) as transactions from transactional.entitlement where action_id = $1', [dividend.data.actionId]);
  expect(row).toEqual({ entitled: String(MANY), transactions: String(MANY) });
});

test('what is due is taken in by itself once the domain has started', async () => {
  await door.hear(buy({ quantity: '10' }), announced({ kind: 'SPLIT', instrumentId: acme, newShares: '2', oldShares: '1' }));
  await door.subgraph.start?.();
  await expect.poll(async () => (await w.position(portfolio))?.['quantity'], { timeout: 20_000, interval: 200 }).toBe('20');
});

test('processing needs its scope, its own organisation, and a day that is near', async () => {
  const ask = (input: Record<string, unknown>) => door.ask('mutation ($input: ProcessCorporateActionsInput!) { processCorporateActions(input: $input) { applied userErrors { code path } } }', { input });
  expect((await ask({ asOf: '2099-01-01' })).data.processCorporateActions.userErrors).toMatchObject([{ code: 'INVALID', path: ['asOf'] }]);
  expect((await ask({ asOf: TODAY, portfolioId: 'prt_none' })).data.processCorporateActions.userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['portfolioId'] }]);
});
