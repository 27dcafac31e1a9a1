/** Each kind of corporate action in the books, and the complaints of users elsewhere that they answer. */
import type { Event } from '@pms/events/envelope';
import { fxRatePublished } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { announced, booksOf, newInstrument, process, withdrawn } from './actions-world.ts';
import { cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let portfolio: string;
let acme: string;
let other: string;
const TODAY = '2026-11-26';

beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
beforeEach(async () => {
  portfolio = await w.open();
  acme = await newInstrument(door, 'ACME');
  other = await newInstrument(door, 'OTHER');
});
afterEach(async () => {
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
});
afterAll(() => door.close());

const buy = (over: Parameters<typeof validated>[2] = {}, of = acme) => validated(portfolio, of, over);

describe('complaint: bonus issues', () => {
  test('a stock dividend spreads the basis over more shares, and dates stay', async () => {
    await door.hear(buy({ quantity: '10', tradeDate: '2025-01-15' }), buy({ quantity: '20', price: '110', tradeDate: '2026-03-02' }),
      announced({ kind: 'STOCK_DIVIDEND', instrumentId: acme, newShares: '1', oldShares: '10' }));
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).positions.get(acme)).toEqual({ quantity: '33', cost: '3200', gain: '0', lots: ['2025-01-15 11 1000', '2026-03-02 22 2200'] });
  });

  test('fractions of a bonus issue are paid in cash: their basis leaves, and the rest is a gain', async () => {
    await door.hear(buy({ quantity: '15' }), announced({ kind: 'STOCK_DIVIDEND', instrumentId: acme, newShares: '1', oldShares: '10', cashInLieuPrice: '100' }));
    await process(door, TODAY);
    const { positions, actions, cash } = await booksOf(door, portfolio);
    expect(positions.get(acme)).toMatchObject({ quantity: '16', gain: '4.545454545454545455', lots: ['2026-11-02 16 1454.545454545454545455'] });
    expect(actions).toMatchObject([{ capital: { amount: '50' } }]);
    expect(cash).toMatchObject({ settled: { amount: '50' } });
  });
});

describe('splits', () => {
  test('a reverse split leaves the cost; its fraction is paid in cash, by the lot method', async () => {
    await door.hear(buy({ quantity: '100', price: '1', tradeDate: '2026-10-01' }), buy({ quantity: '57', price: '2', tradeDate: '2026-10-02' }),
      announced({ kind: 'SPLIT', instrumentId: acme, newShares: '1', oldShares: '10', cashInLieuPrice: '15' }));
    await process(door, TODAY);
    const { positions, actions } = await booksOf(door, portfolio);
    expect(actions).toMatchObject([{ capital: { amount: '10.5' }, changes: [{ quantity: '-142', costBasis: { amount: '-7' }, realizedPnl: { amount: '3.5' } }] }]);
    expect(positions.get(acme)).toEqual({ quantity: '15', cost: '207', gain: '3.5', lots: ['2026-10-01 9.3 93', '2026-10-02 5.7 114'] });
  });

  test('three lots of one share make one share exactly, whatever each is rounded to', async () => {
    await door.hear(...[1, 2, 3].map(() => buy({ quantity: '1', price: '10' })), announced({ kind: 'SPLIT', instrumentId: acme, newShares: '1', oldShares: '3' }));
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).positions.get(acme)).toMatchObject({ quantity: '1', cost: '30' });
  });

  test('who is short has more shares to give back, and owes the fraction', async () => {
    await door.hear(buy({ side: 'SELL', quantity: '15' }), announced({ kind: 'SPLIT', instrumentId: acme, newShares: '3', oldShares: '2', cashInLieuPrice: '80', payDate: '2026-11-20' }));
    await process(door, '2026-11-10');
    const { positions, cash } = await booksOf(door, portfolio);
    expect(positions.get(acme)).toMatchObject({ quantity: '-22', gain: '-6.666666666666666667' });
    expect(cash).toMatchObject({ payable: { amount: '40' }, receivable: { amount: '1500' } });
  });
});

describe('complaint: spin-offs', () => {
  test('a part of the basis goes with what is spun off, by market value, and so do the dates', async () => {
    await door.hear(buy({ quantity: '10', price: '35', tradeDate: '2024-02-01' }), buy({ quantity: '5', price: '80', tradeDate: '2026-02-01' }),
      announced({ kind: 'SPIN_OFF', instrumentId: acme, newInstrumentId: other, newShares: '1', oldShares: '2', oldPrice: '100', newPrice: '40' }));
    await process(door, TODAY);
    const { positions } = await booksOf(door, portfolio);
    expect(positions.get(acme)).toEqual({ quantity: '15', cost: '600', gain: '0', lots: ['2024-02-01 10 280', '2026-02-01 5 320'] });
    expect(positions.get(other)).toEqual({ quantity: '7.5', cost: '150', gain: '0', lots: ['2024-02-01 5 70', '2026-02-01 2.5 80'] });
  });

  test('a spun-off fraction is paid in cash: what was not paid for it is a gain of the new position', async () => {
    await door.hear(buy({ quantity: '15', price: '100' }), announced({ kind: 'SPIN_OFF', instrumentId: acme, newInstrumentId: other, newShares: '1', oldShares: '2', basisShare: '0.2', cashInLieuPrice: '50' }));
    await process(door, TODAY);
    const { positions, actions } = await booksOf(door, portfolio);
    expect(actions).toMatchObject([{ capital: { amount: '25' } }]);
    expect(positions.get(acme)).toMatchObject({ quantity: '15', cost: '1200', gain: '0' });
    expect(positions.get(other)).toMatchObject({ quantity: '7', cost: '280', gain: '5' });
  });

  test('a late purchase of the parent reaches what was spun off, and its sale since', async () => {
    await door.hear(buy({ quantity: '10' }), announced({ kind: 'SPIN_OFF', instrumentId: acme, newInstrumentId: other, newShares: '1', oldShares: '1', basisShare: '0.3' }));
    await process(door, TODAY);
    await door.hear(buy({ side: 'SELL', quantity: '10', price: '40', tradeDate: '2026-11-10' }, other));
    expect((await booksOf(door, portfolio)).positions.get(other)).toMatchObject({ quantity: '0', cost: '0', gain: '100' });
    const late = buy({ quantity: '10', price: '50', tradeDate: '2026-10-01' });
    await door.hear(late);
    expect((await booksOf(door, portfolio)).positions.get(other)).toMatchObject({ quantity: '10', cost: '300', gain: '250' });
    await door.hear(cancelled(portfolio, acme, tradeIdOf(late)));
    expect((await booksOf(door, portfolio)).positions.get(other)).toMatchObject({ quantity: '0', gain: '100' });
  });

  test('what is spun off has a split of its own, also where it was taken in before', async () => {
    const spin = announced({ kind: 'SPIN_OFF', instrumentId: acme, newInstrumentId: other, newShares: '1', oldShares: '1', basisShare: '0.5' });
    await door.hear(buy({ quantity: '10' }), announced({ kind: 'SPLIT', instrumentId: other, newShares: '2', oldShares: '1', exDate: '2026-11-12' }));
    await process(door, TODAY);
    await door.hear(spin);
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).positions.get(other)).toMatchObject({ quantity: '20', cost: '500' });
    await door.hear(withdrawn(spin.data));
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).positions.has(other)).toBe(false); // nothing that stands has moved it
    expect((await booksOf(door, portfolio)).positions.get(acme)).toMatchObject({ quantity: '10', cost: '1000' });
  });

  test('shares that are spun off close a short position in them', async () => {
    await door.hear(buy({ side: 'SELL', quantity: '4', price: '30' }, other), buy({ quantity: '10' }),
      announced({ kind: 'SPIN_OFF', instrumentId: acme, newInstrumentId: other, newShares: '1', oldShares: '1', basisShare: '0.2' }));
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).positions.get(other)).toMatchObject({ quantity: '6', cost: '120', gain: '40' });
  });
});

describe('complaint: mergers', () => {
  const merger = (over: Parameters<typeof announced>[0] extends infer T ? Partial<T> : never) => announced({ kind: 'MERGER', instrumentId: acme, ...over });
  const shares = { newShares: '1', oldShares: '2' } as const;

  test('for shares: lots keep dates and costs in the new instrument', async () => {
    await door.hear(buy({ quantity: '10', tradeDate: '2024-02-01' }), merger({ newInstrumentId: other, ...shares }));
    await process(door, TODAY);
    const { positions } = await booksOf(door, portfolio);
    expect(positions.get(acme)).toMatchObject({ quantity: '0', cost: '0', gain: '0', lots: [] });
    expect(positions.get(other)).toMatchObject({ quantity: '5', cost: '1000', lots: ['2024-02-01 5 1000'] });
  });

  test('for cash: everything is sold', async () => {
    await door.hear(buy({ quantity: '10' }), merger({ cashPerShare: '120' }));
    await process(door, TODAY);
    const { positions, cash } = await booksOf(door, portfolio);
    expect(positions.get(acme)).toMatchObject({ quantity: '0', gain: '200' });
    expect(cash).toMatchObject({ settled: { amount: '1200' } });
  });

  test('for both: the gain is recognised up to the cash, lot by lot, and no loss is', async () => {
    // 10 shares of 100 are worth 5 × 240 + 10 × 30 = 1500: 500 gained, 300 recognised. 10 of 200: a loss, none recognised. 10 of 140: 100 gained, all recognised
    await door.hear(buy({ quantity: '10', price: '100', tradeDate: '2026-10-01' }), buy({ quantity: '10', price: '200', tradeDate: '2026-10-02' }), buy({ quantity: '10', price: '140', tradeDate: '2026-10-03' }),
      merger({ newInstrumentId: other, ...shares, cashPerShare: '30', newPrice: '240' }));
    await process(door, TODAY);
    const { positions, actions } = await booksOf(door, portfolio);
    expect(actions).toMatchObject([{ capital: { amount: '900' } }]);
    expect(positions.get(acme)).toMatchObject({ quantity: '0', gain: '400' });
    expect(positions.get(other)?.lots).toEqual(['2026-10-01 5 1000', '2026-10-02 5 1700', '2026-10-03 5 1200']);
  });

  test('a taxable one recognises every gain and loss, and its lots begin anew', async () => {
    await door.hear(buy({ quantity: '10', price: '200', tradeDate: '2024-10-01' }), merger({ newInstrumentId: other, ...shares, cashPerShare: '30', newPrice: '240', taxable: true }));
    await process(door, TODAY);
    const { positions } = await booksOf(door, portfolio);
    expect(positions.get(acme)).toMatchObject({ gain: '-500' });
    expect(positions.get(other)).toMatchObject({ quantity: '5', cost: '1200', lots: ['2026-11-05 5 1200'] });
  });

  test('who is short owes the new shares and the cash', async () => {
    await door.hear(buy({ side: 'SELL', quantity: '10', price: '200' }), merger({ newInstrumentId: other, ...shares, cashPerShare: '30', newPrice: '240', payDate: '2026-11-20' }));
    await process(door, '2026-11-10');
    const { positions, cash } = await booksOf(door, portfolio);
    expect(positions.get(other)).toMatchObject({ quantity: '-5', cost: '-1700' });
    expect(positions.get(acme)).toMatchObject({ quantity: '0', gain: '0' });
    expect(cash).toMatchObject({ payable: { amount: '300' } });
  });

});

describe('positions in another currency than the action pays in', () => {
  const cash = (over: Partial<Parameters<typeof announced>[0]> = {}) => announced({ kind: 'MERGER', instrumentId: acme, cashPerShare: '120.005', payDate: '2026-11-20', ...over });
  const publish = (organizationId: string, date: string, rate: string) => door.hear(heard(fxRatePublished, `${organizationId}/EUR/USD`, { base: 'EUR', quote: 'USD', source: 'test', rates: [{ date, rate }] }, { organizationId }));
  const ratesOf = async (id: string, args = '') => (await door.ask(`query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { corporateActions${args} { edges { node { problem capital { amount currency }
    fxRates { base quote rate date } changes { costBasis { amount currency } realizedPnl { amount currency } } } } } } } }`, { id })).data._entities[0].corporateActions.edges.map(({ node }: { node: unknown }) => node);
  const lines = async (id: string) => (await door.database.query<{ line: string }>(
    `select l.account || ' ' || trim_scale(l.amount) || ' ' || l.currency as line from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
     where e.portfolio_id = $1 and e.kind = 'CORPORATE_ACTION' and not exists (select from transactional.journal_entry r where r.reverses = e.id) order by 1`, [id])).rows.map(({ line }) => line);

  test('without a rate it is left as it is, and says so; once there is one it is done anew, at the last one before the ex date, and what was known stays', async () => {
    await door.hear(buy({ quantity: '10', currency: 'EUR' }), buy({ quantity: '2', currency: 'USD' }), cash());
    await process(door, TODAY);
    const problem = 'no rate USD/EUR on or before 2026-11-05: what is held in EUR was left as it is';
    expect(await ratesOf(portfolio)).toMatchObject([{ problem, capital: { amount: '240.01', currency: 'USD' }, fxRates: [] }]);
    const before = await nowKnown();
    await publish('org_one', '2026-10-20', '1.20');
    await publish('org_one', '2026-11-06', '1.30');
    expect(await process(door, TODAY)).toMatchObject({ applied: 0, reversed: 0 });
    await publish('org_one', '2026-11-04', '1.25');
    expect(await process(door, TODAY)).toMatchObject({ applied: 1, reversed: 1, paid: 1 });
    // 1,200.05 dollars are 960.04 euros, on what had cost 1,000
    const done = [{
      problem: null, capital: { amount: '1440.06', currency: 'USD' }, fxRates: [{ base: 'USD', quote: 'EUR', rate: '0.8', date: '2026-11-04' }],
      changes: [{ costBasis: { amount: '-1000', currency: 'EUR' }, realizedPnl: { amount: '-39.96', currency: 'EUR' } }, { costBasis: { amount: '-200', currency: 'USD' }, realizedPnl: { amount: '40.01', currency: 'USD' } }],
    }];
    expect(await ratesOf(portfolio)).toEqual(done);
    expect((await lines(portfolio)).toSorted()).toEqual([
      'CASH_RECEIVABLE 1440.06 USD', 'FX 960.04 EUR', 'FX -1200.05 USD', 'REALIZED_GAINS -40.01 USD', 'REALIZED_GAINS 39.96 EUR', 'SECURITIES_AT_COST -1000 EUR', 'SECURITIES_AT_COST -200 USD'].toSorted());
    expect(await ratesOf(portfolio, `(knownAt: "${before}")`)).toMatchObject([{ problem, capital: { amount: '240.01' }, fxRates: [] }]);
    // a correction of the rate changes nothing that was fixed
    await publish('org_one', '2026-11-04', '1.60');
    expect(await process(door, TODAY)).toMatchObject({ applied: 0, reversed: 0 });
    expect(await ratesOf(portfolio)).toEqual(done);
  });

  test('a trade in a further currency that comes late takes its rate; returned capital and an exchange with cash count at the rate, too', async () => {
    portfolio = await w.open({ organizationId: 'org_rates' });
    [acme, other] = [await newInstrument(door, 'ACME', 'USD', 'org_rates'), await newInstrument(door, 'OTHER', 'USD', 'org_rates')];
    await publish('org_rates', '2026-11-04', '1.25');
    const hear = (...events: Event[]) => door.hear(...events.map((event) => ({ ...event, organizationId: 'org_rates' })));
    const returned = announced({ kind: 'RETURN_OF_CAPITAL', instrumentId: acme, cashPerShare: '5', payDate: '2026-11-20' });
    const merged = announced({ kind: 'MERGER', instrumentId: acme, exDate: '2026-11-06', newInstrumentId: other, newShares: '1', oldShares: '2', newPrice: '200', cashPerShare: '30', payDate: '2026-11-20' });
    await hear(buy({ quantity: '10' }), returned, merged);
    const go = async () => (await door.ask('mutation { processCorporateActions(input: { asOf: "2026-11-26" }) { applied reversed userErrors { message } } }', {}, { as: principal({ organizationId: 'org_rates' }) })).data.processCorporateActions;
    await go();
    await hear(buy({ quantity: '10', currency: 'EUR' }));
    await go();
    const { rows } = await door.database.query<{ data: { rates?: unknown }; outcome: { problem: string | null; capital: string; parts: { currency: string; cost: string; gain: string; quantity: string }[] } }>(
      "select data, outcome from transactional.entitlement where portfolio_id = $1 and step <> 'reversed' order by effective_on", [portfolio]);
    expect(rows.map(({ data }) => data.rates)).toEqual([[{ currency: 'EUR', rate: '0.8', date: '2026-11-04' }], [{ currency: 'EUR', rate: '0.8', date: '2026-11-04' }]]);
    // 50 dollars back are 40 euros; then 300 dollars of cash are 240 euros, and new shares worth 800 euros: of the gain of 80, all is recognised
    const euros = rows.map(({ outcome }) => [outcome.problem, outcome.capital, ...outcome.parts.filter(({ currency }) => currency === 'EUR').map(({ cost, gain }) => `${cost} ${gain}`).toSorted()]);
    expect(euros).toEqual([[null, '100', '-40 0'], [null, '600', '-960 80', '800 0']]);
  });
});

test('returned capital reduces the basis, and what exceeds it is a gain', async () => {
  await door.hear(buy({ quantity: '10', price: '100', tradeDate: '2026-10-01' }), buy({ quantity: '10', price: '2', tradeDate: '2026-10-02' }),
    announced({ kind: 'RETURN_OF_CAPITAL', instrumentId: acme, cashPerShare: '5' }));
  await process(door, TODAY);
  const { positions, cash } = await booksOf(door, portfolio);
  expect(positions.get(acme)).toMatchObject({ cost: '950', gain: '30', lots: ['2026-10-01 10 950', '2026-10-02 10 0'] });
  expect(cash).toMatchObject({ settled: { amount: '100' } });
});

test('a change of symbol leaves the books as they are; a new instrument takes over lots, dates and costs', async () => {
  await door.hear(buy({ quantity: '10', tradeDate: '2024-02-01' }), announced({ kind: 'SYMBOL_CHANGE', instrumentId: acme, newSymbol: 'NEWCO' }));
  await process(door, TODAY);
  expect((await booksOf(door, portfolio)).positions.get(acme)).toMatchObject({ quantity: '10', cost: '1000' });
  await door.hear(announced({ kind: 'SYMBOL_CHANGE', instrumentId: acme, newInstrumentId: other, exDate: '2026-11-12' }));
  await process(door, TODAY);
  const { positions } = await booksOf(door, portfolio);
  expect(positions.get(acme)).toMatchObject({ quantity: '0', cost: '0' });
  expect(positions.get(other)).toMatchObject({ quantity: '10', cost: '1000', lots: ['2024-02-01 10 1000'] });
});

describe('rights', () => {
  const EXERCISE = `mutation ($input: ExerciseRightsInput!) { exerciseRights(input: $input) {
    entitlement { kind corporateAction { id } cash { amount } changes { instrument { id } quantity costBasis { amount } } } userErrors { code path message } } }`;
  const issue = () => announced({
    kind: 'RIGHTS_ISSUE', instrumentId: acme, newInstrumentId: other, newShares: '1', oldShares: '1', basisShare: '0.1', subscriptionPrice: '60', subscribedInstrumentId: acme,
    subscribedShares: '1', subscribedRights: '4', expiresOn: '2026-11-18',
  });
  const exercise = async (over: Record<string, unknown>) => (await door.ask(EXERCISE, { input: { portfolioId: portfolio, effectiveDate: '2026-11-16', idempotencyKey: `x-${portfolio}`, ...over } })).data.exerciseRights;

  test('rights are issued with a part of the basis, exercised for a price, and void when nobody did', async () => {
    const rights = issue();
    await door.hear(buy({ quantity: '10' }), rights);
    await process(door, '2026-11-10');
    expect((await booksOf(door, portfolio)).positions.get(other)).toMatchObject({ quantity: '10', cost: '100' });
    const made = await exercise({ corporateActionId: rights.data.actionId, rights: '8' });
    expect(made).toMatchObject({ userErrors: [], entitlement: { kind: 'RIGHTS_EXERCISE', corporateAction: null, cash: { amount: '-120' } } });
    expect(await exercise({ corporateActionId: rights.data.actionId, rights: '8' })).toEqual(made);
    expect((await booksOf(door, portfolio)).positions.get(acme)).toMatchObject({ quantity: '12', cost: '1100', lots: ['2026-11-02 10 900', '2026-11-16 2 200'] });
    expect(await exercise({ corporateActionId: rights.data.actionId, rights: '7' })).toMatchObject({ userErrors: [{ code: 'IDEMPOTENCY_CONFLICT' }] });
    await process(door, TODAY);
    expect((await booksOf(door, portfolio)).positions.get(other)).toMatchObject({ quantity: '0', cost: '0', gain: '-20' });
  });

  test('no more rights can be exercised than are held, nor after the last day', async () => {
    const rights = issue();
    await door.hear(buy({ quantity: '10' }), rights);
    await process(door, '2026-11-10');
    const { actionId: corporateActionId } = rights.data;
    expect(await exercise({ corporateActionId, rights: '11' })).toMatchObject({ userErrors: [{ code: 'INVALID', path: ['rights'], message: '10 rights are held' }] });
    expect(await exercise({ corporateActionId, rights: '1', effectiveDate: '2026-11-19' })).toMatchObject({ userErrors: [{ code: 'INVALID', path: ['effectiveDate'] }] });
    expect(await exercise({ corporateActionId: 'cac_none', rights: '1' })).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
  });
});

test.each(['FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST', 'SPECIFIC'] as const)('a split, a spin-off and a merger keep all of the basis with %s', async (lotMethod) => {
  portfolio = await w.open({ lotMethod });
  const third = await newInstrument(door, 'THIRD');
  await door.hear(buy({ quantity: '7', price: '31.17', tradeDate: '2026-10-01' }), buy({ quantity: '11', price: '29.41', tradeDate: '2026-10-02' }),
    announced({ kind: 'SPLIT', instrumentId: acme, newShares: '3', oldShares: '7', exDate: '2026-11-03' }),
    announced({ kind: 'SPIN_OFF', instrumentId: acme, newInstrumentId: other, newShares: '1', oldShares: '3', basisShare: '0.123456789', exDate: '2026-11-04' }),
    announced({ kind: 'MERGER', instrumentId: other, newInstrumentId: third, newShares: '13', oldShares: '17', exDate: '2026-11-05' }));
  await process(door, TODAY);
  const { positions } = await booksOf(door, portfolio);
  const [kept, moved] = [positions.get(acme), positions.get(third)];
  expect(Number(kept?.cost) + Number(moved?.cost)).toBeCloseTo(541.7, 10);
  expect(positions.get(other)).toMatchObject({ quantity: '0', cost: '0' });
});
