/** The main job of the public contract, as printed, from an empty platform; and what a client hears while it happens. */
import type { PmsClient } from '@pms/client';
import {
  CreateInvestorDocument, IngestQuotesDocument, LeaderboardDocument, SettleDueDocument, SimulationByIdDocument, SimulationProgressDocument, StartSimulationDocument,
} from '@pms/client/generated';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { operation, serviceClient } from './support/clients.ts';
import { heard, type Listener } from './support/listen.ts';
import * as printed from './support/main-job.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { captured, funded, listed, SOON } from './support/world.ts';

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const decimal = expect.stringMatching(/^-?\d+(\.\d+)?$/);
const usd = (amount: string) => ({ amount, currency: 'USD' });
/** Of the printed trade: 100 × 187.25 and a fee of 1.50, of 100,000. */
const COST = '18726.5';
const CASH_AFTER = '81273.5';

export const mainJob: Journey = (at) => describe('the main job', PATIENCE, () => {
  let platform: Platform;
  let client: PmsClient;
  let portfolioId: string;
  let instrumentId: string;
  let pnl: Listener;
  let trades: Listener;

  const ask = (text: string) => client.query<any, object>(operation(printed.filled(text, { portfolioId, instrumentId })), {});
  const quoted = async (last: string): Promise<void> => {
    const { ingestQuotes } = await client.mutate(IngestQuotesDocument, { input: { quotes: [{ instrumentId, last, time: new Date().toISOString() }] } });
    expect(ingestQuotes).toMatchObject({ accepted: 1, userErrors: [] });
  };

  beforeAll(async () => {
    platform = at();
    client = serviceClient(platform);
    instrumentId = await listed(client, { symbol: 'ACME', until: '2026-11-20', close: 188 });
  }, PATIENCE.timeout);
  afterAll(async () => {
    await Promise.all([pnl?.stop(), trades?.stop()]);
    await client?.close();
  });

  test('a portfolio is created', async () => {
    const { createPortfolio } = await ask(printed.createPortfolio);
    portfolioId = createPortfolio.portfolio.id;
    expect(createPortfolio).toEqual({ portfolio: { id: expect.stringMatching(/^prt_/), name: 'Growth', baseCurrency: 'USD' }, userErrors: [] });
  });

  test('its investor is named, and cash is paid in', async () => {
    const { createInvestor } = await client.mutate(CreateInvestorDocument, { input: { name: 'Ines Investor', idempotencyKey: 'ines' } });
    const named = `mutation { updatePortfolio(input: { portfolioId: "prt_…", investorId: "${createInvestor.investor?.id ?? ''}" }) { portfolio { id } userErrors { code } } }`;
    expect((await ask(named)).updatePortfolio.userErrors).toEqual([]);
    const { depositCash } = await ask(printed.depositCash);
    expect(depositCash).toEqual({ cash: { balance: usd('100000') }, userErrors: [] });
  });

  test('subscriptions are heard from before the trade', async () => {
    trades = heard(client, printed.filled(printed.tradeEvents, { portfolioId }));
    pnl = heard(client, printed.filled(printed.portfolioPnl, { portfolioId }));
    await vi.waitFor(() => expect(pnl.messages.at(-1)?.portfolioPnl).toMatchObject({ marketValue: { amount: '100000' }, positions: [] }), SOON);
  });

  test('a trade is captured', async () => {
    const { captureTrade } = await ask(printed.captureTrade);
    expect(captureTrade).toEqual({ trade: { id: expect.stringMatching(/^trd_/), status: 'CAPTURED', version: 1 }, userErrors: [] });
  });

  test('tradeEvents tells of its life, with fields of three subgraphs', async () => {
    const kinds = () => trades.messages.map(({ tradeEvents }) => tradeEvents.kind);
    await vi.waitFor(() => expect(kinds()).toEqual(expect.arrayContaining(['CAPTURED', 'VALIDATED', 'BOOKED'])), SOON);
    for (const { tradeEvents } of trades.messages)
      expect(tradeEvents).toMatchObject({
        at: instant,
        trade: { id: expect.stringMatching(/^trd_/), side: 'BUY', quantity: '100', instrument: { symbol: 'ACME', name: 'ACME Incorporated' }, portfolio: { name: 'Growth' } },
      });
  });

  test('portfolioPnl follows the position and the price, with fields of three subgraphs', async () => {
    await quoted('190');
    await vi.waitFor(() => expect(pnl.messages.at(-1).portfolioPnl.marketValue.amount).toBe('100273.5'), SOON);
    expect(pnl.messages.at(-1).portfolioPnl).toEqual({
      at: instant, marketValue: { amount: '100273.5' }, unrealizedPnl: { amount: '273.5' }, dayPnl: { amount: decimal },
      portfolio: { name: 'Growth', investor: { name: 'Ines Investor' } },
      positions: [{ instrument: { symbol: 'ACME' }, last: '190', marketValue: { amount: '19000' }, unrealizedPnl: { amount: '273.5' } }],
    });
    await quoted('191');
    await vi.waitFor(() => expect(pnl.messages.at(-1).portfolioPnl.marketValue.amount).toBe('100373.5'), SOON);
  });

  test('on the contractual date it settles', async () => {
    await client.mutate(SettleDueDocument, { input: { asOf: '2026-11-23', portfolioId } });
    await vi.waitFor(() => expect(trades.messages.at(-1).tradeEvents).toMatchObject({ kind: 'SETTLED', trade: { status: 'SETTLED' } }), SOON);
  });

  test('the one query answers about everything', async () => {
    const answered = await vi.waitFor(async () => {
      const { portfolio } = await ask(printed.portfolio);
      expect(portfolio.rank, 'measured').not.toBeNull();
      expect(portfolio.trades.edges[0].node.auditTrail.edges.length, 'audited').toBeGreaterThanOrEqual(4);
      return portfolio;
    }, SOON);
    expect(answered).toMatchObject({
      name: 'Growth', investor: { name: 'Ines Investor' },
      positions: [{
        instrument: { symbol: 'ACME', quote: { last: '191', time: instant } }, quantity: '100', averageCost: { amount: '187.265' }, costBasis: { amount: COST },
        realizedPnl: { amount: '0' }, lots: [{ openedOn: '2026-11-20', quantity: '100', unitCost: { amount: '187.265' } }],
      }],
      cash: [{ currency: 'USD', balance: { amount: CASH_AFTER }, settled: { amount: CASH_AFTER } }],
      trades: {
        edges: [{ node: { side: 'BUY', quantity: '100', price: '187.25', status: 'SETTLED', settlement: { status: 'SETTLED', contractualDate: '2026-11-23' } } }],
        pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
      },
      valuation: { marketValue: { amount: '100373.5' }, unrealizedPnl: { amount: '373.5' }, realizedPnl: { amount: '0' }, dayPnl: { amount: decimal }, at: instant },
      risk: { valueAtRisk: { confidence: 0.99, horizonDays: 1, method: 'HISTORICAL', amount: { amount: decimal } } },
      rank: { position: 1, of: 1, percentile: 100 },
    });
    const [{ node }] = answered.trades.edges;
    expect(node.checks.length).toBeGreaterThan(0);
    expect(node.checks.every(({ rule, outcome }: { rule: string; outcome: string }) => rule !== '' && outcome === 'PASSED')).toBe(true);
    for (const { node: entry } of node.auditTrail.edges) expect(entry).toEqual({ action: expect.any(String), actor: expect.any(String), at: instant, hash: expect.any(String) });
    expect(Number(answered.risk.valueAtRisk.amount.amount)).toBeGreaterThan(0);
    expect(Object.keys(answered.performance).toSorted()).toEqual(['maxDrawdown', 'moneyWeightedReturn', 'sharpe', 'timeWeightedReturn', 'volatility']);
  });

  test('performance over days of which there is history has every figure', async () => {
    const other = await funded(client, 'With a past', '50000');
    const deposit = `mutation { depositCash(input: { portfolioId: "${other}", amount: { amount: "50000", currency: "USD" }, effectiveDate: "2026-09-01", idempotencyKey: "past" }) { userErrors { code message } } }`;
    expect((await ask(deposit)).depositCash.userErrors).toEqual([]);
    await captured(client, { portfolioId: other, instrumentId, side: 'BUY', quantity: '50', price: '180', currency: 'USD', tradeDate: '2026-09-02', externalId: 'past-1' });
    const figures = await vi.waitFor(async () => {
      const query = `{ portfolio(id: "${other}") { performance(from: "2026-01-01", to: "2026-11-20") { timeWeightedReturn moneyWeightedReturn maxDrawdown volatility sharpe } positions { quantity } } }`;
      const { portfolio } = await ask(query);
      expect(portfolio.positions).toEqual([{ quantity: '50' }]);
      expect(portfolio.performance.volatility).toBeGreaterThan(0);
      return portfolio.performance;
    }, SOON);
    expect(figures).toEqual({
      timeWeightedReturn: expect.any(Number), moneyWeightedReturn: expect.any(Number), maxDrawdown: expect.any(Number), volatility: expect.any(Number), sharpe: expect.any(Number),
    });
  });

  test('quotes are heard as they are ingested; a slow listener would miss some, and never the newest', async () => {
    const quotes = heard(client, `subscription { quotes(instrumentIds: ["${instrumentId}"]) { last time instrument { symbol } } }`);
    await vi.waitFor(() => expect(quotes.messages.length).toBeGreaterThan(0), SOON);
    for (const last of ['192', '192.5', '193']) await quoted(last);
    await vi.waitFor(() => expect(quotes.messages.at(-1).quotes).toEqual({ last: '193', time: instant, instrument: { symbol: 'ACME' } }), SOON);
    await quotes.stop();
  });

  test('a simulation runs by itself, tells how far it is, and gives the same figures for the same seed', async () => {
    const outcome = async (idempotencyKey: string) => {
      const { startSimulation } = await client.mutate(StartSimulationDocument, { input: { portfolioId, paths: 20_000, horizonDays: 60, seed: 7, idempotencyKey } });
      const id = startSimulation.simulation?.id ?? '';
      expect(startSimulation.userErrors).toEqual([]);
      const told: number[] = [];
      for await (const { simulationProgress } of client.subscribe(SimulationProgressDocument, { id })) told.push(simulationProgress.progress);
      expect(told.at(-1)).toBe(1);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      const { simulation } = await client.query(SimulationByIdDocument, { id });
      expect(simulation).toMatchObject({ status: 'COMPLETED', failure: null, portfolio: { name: 'Growth' } });
      return simulation?.result;
    };
    const first = await outcome('seven');
    // the cash, and shares at the last close: what the tape has made of that depends on the day
    expect(Number(first?.startValue.amount)).toBeGreaterThan(Number(CASH_AFTER));
    expect(first?.fan.length).toBeGreaterThan(1);
    expect(await outcome('seven again')).toEqual(first);
  });

  test('portfolios are ranked, best first', async () => {
    const { leaderboard } = await client.query(LeaderboardDocument, { metric: 'TIME_WEIGHTED_RETURN', window: 'SINCE_INCEPTION' }); // in the first days of a year nobody has earned anything yet
    const places = leaderboard.edges.map(({ node }) => node);
    expect(places.map(({ portfolio }) => portfolio.name).toSorted()).toEqual(['Growth', 'With a past']);
    expect(places.map(({ rank }) => rank.position)).toEqual([1, 2]);
    expect(places[0]?.rank.value).toBeGreaterThan(places[1]?.rank.value ?? Number.NaN);
  });

  test('who presents the token of a change reads what every domain makes of it, without asking twice', async () => {
    const saving = await funded(client, 'Saving', '1000');
    const sent = async (query: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${platform.url}/graphql`, {
        method: 'POST', body: JSON.stringify({ query }), headers: { 'content-type': 'application/json', authorization: `Bearer ${(await client.token()) ?? ''}`, ...headers },
      });
      return { token: response.headers.get('x-pms-consistency'), body: (await response.json()) as { data: any; errors?: { extensions: { code: string } }[]; extensions?: { consistencyToken?: string } } };
    };
    for (let times = 2; times <= 6; times += 1) {
      const { token, body } = await sent(`mutation { depositCash(input: { portfolioId: "${saving}", amount: { amount: "1000", currency: "USD" }, idempotencyKey: "save-${times}" }) { userErrors { code } } }`);
      expect(token).toMatch(/^1\.[\w-]{8}~transactional\./);
      expect(body.extensions?.consistencyToken).toBe(token);
      const { body: read } = await sent(`{ portfolio(id: "${saving}") { valuation { marketValue { amount } } } }`, { 'x-pms-consistency': token ?? '' });
      expect(read).toEqual({ data: { portfolio: { valuation: { marketValue: { amount: String(times * 1_000) } } } } });
    }
    const { body: refused } = await sent(`{ portfolio(id: "${saving}") { name } }`, { 'x-pms-consistency': 'rubbish' });
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  test('the same operations again write nothing and say the same', async () => {
    expect((await ask(printed.createPortfolio)).createPortfolio.portfolio.id).toBe(portfolioId);
    expect((await ask(printed.depositCash)).depositCash.userErrors).toEqual([]);
    const { captureTrade } = await ask(printed.captureTrade);
    expect(captureTrade).toMatchObject({ trade: { status: 'SETTLED', version: 1 }, userErrors: [] });
    const { portfolio } = await ask(printed.portfolio);
    expect([portfolio.cash[0].balance.amount, portfolio.positions[0].quantity, portfolio.trades.edges.length]).toEqual([CASH_AFTER, '100', 1]);
  });

  test('what is bought and sold right behind the deposit that pays for it is booked, and what nothing pays for is rejected', async () => {
    const trade = { instrumentId, price: '100', currency: 'USD', tradeDate: '2026-11-20' } as const;
    const lives = Array.from({ length: 8 }, async (_, index) => {
      const own = await funded(client, `Paid at once ${String(index)}`, '1000');
      const orders = [{ side: 'BUY', quantity: '10' }, { side: 'SELL', quantity: '10' }, { side: 'BUY', quantity: '11' }] as const;
      for (const [n, one] of orders.entries()) await captured(client, { ...trade, ...one, portfolioId: own, externalId: `at once ${String(index)}-${String(n)}` });
      return own;
    });
    const statuses = operation('query ($id: ID!) { portfolio(id: $id) { trades(first: 10) { edges { node { externalId status } } } } }');
    for (const id of await Promise.all(lives)) await vi.waitFor(async () => {
      const { portfolio } = await client.query<any, object>(statuses, { id });
      const found = portfolio.trades.edges.map(({ node }: any) => [String(node.externalId).at(-1), String(node.status).replace('SETTLED', 'BOOKED')]).toSorted();
      expect(found).toEqual([['0', 'BOOKED'], ['1', 'BOOKED'], ['2', 'REJECTED']]);
    }, SOON);
  });

  test('what is bought right behind the withdrawal of all that would have paid for it is rejected', async () => {
    const withdraw = operation('mutation ($input: WithdrawCashInput!) { withdrawCash(input: $input) { userErrors { code message } } }');
    const status = operation('query ($id: ID!) { portfolio(id: $id) { trades(first: 1) { edges { node { status } } } } }');
    const lives = Array.from({ length: 8 }, async (_, index) => {
      const own = await funded(client, `Gone at once ${String(index)}`, '1000');
      const { withdrawCash } = await client.mutate<any, object>(withdraw, { input: { portfolioId: own, amount: { amount: '1000', currency: 'USD' }, idempotencyKey: `gone at once ${String(index)}` } });
      expect(withdrawCash.userErrors).toEqual([]);
      await captured(client, { instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: '2026-11-20', portfolioId: own, externalId: `gone ${String(index)}` });
      return own;
    });
    for (const id of await Promise.all(lives)) await vi.waitFor(async () => {
      const { portfolio } = await client.query<any, object>(status, { id });
      expect(portfolio.trades.edges.map(({ node }: any) => node.status)).toEqual(['REJECTED']);
    }, SOON);
  });
});
