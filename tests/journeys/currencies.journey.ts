/** A portfolio in euro that buys shares quoted in pence, pays for them in euro, and exchanges currency: one story over market data, capture, books and valuation. */
import type { PmsClient } from '@pms/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { operation, serviceClient } from './support/clients.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { lastWeekday, SOON } from './support/world.ts';

const CREATE = operation(`mutation ($instrument: CreateInstrumentInput!, $portfolio: CreatePortfolioInput!) {
  createInstrument(input: $instrument) { instrument { id } userErrors { message } } createPortfolio(input: $portfolio) { portfolio { id } userErrors { message } } }`);
const MARKET = operation(`mutation ($rates: ImportFxRatesInput!, $prices: ImportPricesInput!) {
  importFxRates(input: $rates) { recorded userErrors { message } } importPrices(input: $prices) { recorded userErrors { message } } }`);
const DEPOSIT = operation('mutation ($input: DepositCashInput!) { depositCash(input: $input) { userErrors { message } } }');
const CAPTURE = operation('mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { trade { id price quoteUnit grossAmount { amount currency } } userErrors { message } } }');
const TRADE = operation('query ($id: ID!) { trade(id: $id) { status } }');
const EXCHANGE = operation('mutation ($input: ExchangeCurrencyInput!) { exchangeCurrency(input: $input) { exchange { status valueDate } userErrors { message } } }');
const FIGURES = operation(`query ($id: ID!) { portfolio(id: $id) {
  positions { quantity currency costBasis { amount } price { amount { amount } } marketValue { amount } fxRate { rate } costBasisBase { amount currency } marketValueBase { amount } unrealizedPnlBase { total { amount } price { amount } fx { amount } } }
  cash { currency balance { amount } } baseTotals { netAssets { amount currency } }
  valuation { securitiesValue { amount currency } cash { amount } unrealizedPnl { amount } positions { localMarketValue { amount currency } marketValue { amount } } } } }`);

export const currencies: Journey = (at) => describe('currencies', PATIENCE, () => {
  let platform: Platform;
  let service: PmsClient;
  beforeAll(async () => {
    platform = at();
    service = serviceClient(platform);
  }, PATIENCE.timeout);
  afterAll(async () => {
    await service?.close();
  });

  // the operations state their shapes by what is asserted on them
  const mutate = (document: any, variables: object): Promise<any> => service.mutate(document, variables as never);
  const query = (document: any, variables: object): Promise<any> => service.query(document, variables as never);

  test('pence, pounds and euro end in one figure, and the books and the valuation agree on it', async () => {
    const day = lastWeekday();
    const made = await mutate(CREATE, {
      instrument: { symbol: 'VOD', name: 'Vodafone Group', assetClass: 'EQUITY', currency: 'GBP', quoteUnit: 'GBX', idempotencyKey: 'fx-ins' },
      portfolio: { name: 'Euro', baseCurrency: 'EUR', lotMethod: 'FIFO', idempotencyKey: 'fx-prt' },
    });
    const [instrumentId, portfolioId] = [made.createInstrument.instrument.id, made.createPortfolio.portfolio.id];
    const market = await mutate(MARKET, {
      rates: { csv: `Date,USD,GBP\n${day},1.25,0.8\n`, source: 'ECB' }, prices: { instrumentId, rows: [{ date: day, close: '72' }] },
    });
    expect(market).toMatchObject({ importFxRates: { recorded: 2, userErrors: [] }, importPrices: { recorded: 1, userErrors: [] } });
    const deposit = await mutate(DEPOSIT, { input: { portfolioId, amount: { amount: '2000', currency: 'EUR' }, effectiveDate: day, idempotencyKey: 'fx-dep' } });
    expect(deposit.depositCash.userErrors).toEqual([]);
    const { captureTrade } = await mutate(CAPTURE, { input: {
      portfolioId, instrumentId, side: 'BUY', quantity: '1000', price: '70', currency: 'GBP', settlementCurrency: 'EUR', settlementRate: '1.2', tradeDate: day, externalId: 'fx-trade',
    } });
    expect(captureTrade).toMatchObject({ userErrors: [], trade: { price: '70', quoteUnit: 'GBX', grossAmount: { amount: '700', currency: 'GBP' } } });
    await vi.waitFor(async () => expect((await query(TRADE, { id: captureTrade.trade.id })).trade).toMatchObject({ status: 'BOOKED' }), SOON);
    const { exchangeCurrency } = await mutate(EXCHANGE, { input: { portfolioId, sold: { amount: '100', currency: 'EUR' }, bought: { amount: '124', currency: 'USD' }, tradeDate: day, idempotencyKey: 'fx-x' } });
    expect(exchangeCurrency).toMatchObject({ userErrors: [], exchange: { valueDate: expect.any(String) } });
    // 700 GBP cost 840 EUR; 720 GBP are 900 EUR; 1,060 EUR and 124 USD (99.2 EUR) of cash
    await vi.waitFor(async () => {
      const { portfolio } = await query(FIGURES, { id: portfolioId });
      expect(portfolio).toEqual({
        positions: [{
          quantity: '1000', currency: 'GBP', costBasis: { amount: '700' }, price: { amount: { amount: '0.72' } }, marketValue: { amount: '720' }, fxRate: { rate: '1.25' },
          costBasisBase: { amount: '840', currency: 'EUR' }, marketValueBase: { amount: '900' }, unrealizedPnlBase: { total: { amount: '60' }, price: { amount: '25' }, fx: { amount: '35' } },
        }],
        cash: [{ currency: 'EUR', balance: { amount: '1060' } }, { currency: 'USD', balance: { amount: '124' } }],
        baseTotals: { netAssets: { amount: '2059.2', currency: 'EUR' } },
        valuation: {
          securitiesValue: { amount: '900', currency: 'EUR' }, cash: { amount: '1159.2' }, unrealizedPnl: { amount: '60' },
          positions: [{ localMarketValue: { amount: '720', currency: 'GBP' }, marketValue: { amount: '900' } }],
        },
      });
    }, SOON);
  });
});
