/** A sale that names its lot, from capture to the tax report; and one that names a lot which is not there. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { operation } from './support/clients.ts';
import { type OneShare, oneShare } from './support/one-share.ts';
import { type Journey, PATIENCE } from './support/platform.ts';
import { arrived, captured, lastWeekday, SOON } from './support/world.ts';

const GAINS = operation(`query ($id: ID!) { portfolio(id: $id) { realizedGains { edges { node { trade { id externalId } openingTrade { externalId } instrument { symbol } quantity gain { amount } named term } }
  totals { currency gain { amount } } } positions { instrument { symbol } lots { id quantity trade { externalId } } } lotMethodPreview(method: AVERAGE_COST) { from to totals { realizedBefore { amount } realizedAfter { amount } } } } }`);
const DECISION = operation('query ($id: ID!) { trade(id: $id) { status lotPicks { lotId quantity } decision { outcome comment } closings { gain { amount } } } }');
const METHOD = operation('mutation ($input: UpdatePortfolioInput!) { updatePortfolio(input: $input) { portfolio { lotMethod } userErrors { code } } }');
const CHANGES = operation('query ($id: ID!) { portfolio(id: $id) { lotMethodChanges { from to totals { realizedAfter { amount } } } realizedGains { totals { gain { amount } } } } }');

export const taxLots: Journey = (at) => describe('tax lots', PATIENCE, () => {
  let own: OneShare;
  beforeAll(async () => { own = await oneShare(at(), { symbol: 'LOTS', portfolio: 'Tax lots', cash: '100000', day: lastWeekday() }); }, PATIENCE.timeout);
  afterAll(() => own?.service.close());

  test('the named lot is closed, another one that is not open is refused in words, and a change of method is reported', async () => {
    const { service, portfolioId, trade } = own;
    const [first, second] = [await captured(service, trade('first')), await captured(service, trade('second', { price: '120' }))];
    await Promise.all([first, second].map((id) => arrived(service, id, 'BOOKED', 'SETTLED')));
    const sale = await captured(service, trade('sale', { side: 'SELL', quantity: '4', price: '130', lotPicks: [{ lotId: second, quantity: '4' }] }));
    await arrived(service, sale, 'BOOKED', 'SETTLED');
    const wrong = await captured(service, trade('wrong', { side: 'SELL', quantity: '4', price: '130', lotPicks: [{ lotId: 'lot_unknown', quantity: '4' }] }));
    await arrived(service, wrong, 'REJECTED');
    expect((await service.query<any, object>(DECISION, { id: wrong })).trade).toMatchObject({
      lotPicks: [{ lotId: 'lot_unknown', quantity: '4' }], closings: [],
      decision: { outcome: 'REJECTED', comment: `lot_unknown is not an open lot of this position on ${lastWeekday()}` },
    });
    const { portfolio } = await service.query<any, object>(GAINS, { id: portfolioId });
    expect(portfolio.realizedGains).toEqual({
      edges: [{ node: { trade: { id: sale, externalId: 'sale' }, openingTrade: { externalId: 'second' }, instrument: { symbol: 'LOTS' }, quantity: '4', gain: { amount: '40' }, named: true, term: 'SHORT_TERM' } }],
      totals: [{ currency: 'USD', gain: { amount: '40' } }],
    });
    expect(portfolio.positions[0].lots.map((lot: { quantity: string; trade: { externalId: string } }) => [lot.trade.externalId, lot.quantity])).toEqual([['first', '10'], ['second', '6']]);
    expect(portfolio.lotMethodPreview).toEqual({ from: 'FIFO', to: 'AVERAGE_COST', totals: [{ realizedBefore: { amount: '40' }, realizedAfter: { amount: '80' } }] });
    await service.mutate(METHOD, { input: { portfolioId, lotMethod: 'AVERAGE_COST' } });
    await vi.waitFor(async () => expect((await service.query<any, object>(CHANGES, { id: portfolioId })).portfolio).toEqual({
      lotMethodChanges: [{ from: 'FIFO', to: 'AVERAGE_COST', totals: [{ realizedAfter: { amount: '80' } }] }], realizedGains: { totals: [{ gain: { amount: '80' } }] } }), SOON);
  });
});
