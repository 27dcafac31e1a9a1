/** The demo's investors and portfolios, their cash, and the history of their trades, captured through the public API. */
import { accepted, type Ask, until, type UserError } from './api.ts';
import { BENCHMARK, type Market } from './market.ts';
import type { Desk, PlannedDeposit, PlannedTrade } from './plan/desk.ts';
import type { PortfolioKey } from './plan/plan.ts';

interface Described {
  readonly name: string;
  readonly investor: { readonly name: string; readonly kind: 'INDIVIDUAL' | 'INSTITUTION' | 'HOUSE' };
  readonly lotMethod: 'FIFO' | 'HIFO';
  readonly targets: readonly (readonly [string, number])[];
}

const DESCRIBED: Readonly<Record<PortfolioKey, Described>> = {
  growth: {
    name: 'Aurora Growth', investor: { name: 'Ada Lindgren', kind: 'INDIVIDUAL' }, lotMethod: 'FIFO',
    targets: [['AAPL', 0.25], ['AMZN', 0.25], ['GOOG', 0.25], ['MSFT', 0.15]],
  },
  index: {
    name: 'Five Shares Index', investor: { name: 'Northern Lights Pension Scheme', kind: 'INSTITUTION' }, lotMethod: 'FIFO',
    targets: [['AAPL', 0.2], ['AMZN', 0.2], ['GOOG', 0.2], ['IBM', 0.2], ['MSFT', 0.2]],
  },
  income: {
    name: 'Steady Income', investor: { name: 'Hartmann Family Foundation', kind: 'INSTITUTION' }, lotMethod: 'HIFO',
    targets: [['IBM', 0.4], ['MSFT', 0.4]],
  },
  trading: { name: 'Trading Desk One', investor: { name: 'Demo Asset Management', kind: 'HOUSE' }, lotMethod: 'FIFO', targets: [] },
};

export const TRADING_NAME = DESCRIBED.trading.name;

export interface OpenedPortfolio {
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

const INVESTOR = `mutation ($input: CreateInvestorInput!) { createInvestor(input: $input) { investor { id } userErrors { code message path } } }`;
const PORTFOLIO = `mutation ($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id createdAt } userErrors { code message path } } }`;
const TARGETS = `mutation ($input: SetTargetAllocationInput!) { setTargetAllocation(input: $input) { userErrors { code message path } } }`;
const DEPOSIT = `mutation ($input: DepositCashInput!) { depositCash(input: $input) { userErrors { code message path } } }`;
const CAPTURE = `mutation ($input: CaptureTradesInput!) { captureTrades(input: $input) { captured refused userErrors { code message path } } }`;
const UNDECIDED = `query ($id: ID!) { portfolio(id: $id) { trades(filter: { status: [CAPTURED, VALIDATED] }, first: 1) { edges { cursor } } } }`;

export async function openPortfolio(manager: Ask, key: PortfolioKey, { ids }: Market): Promise<OpenedPortfolio> {
  const { name, investor, lotMethod, targets } = DESCRIBED[key];
  const { createInvestor } = await manager<{ createInvestor: { investor: { id: string }; userErrors: UserError[] } }>(
    INVESTOR, { input: { ...investor, idempotencyKey: `demo-${key}` } });
  const investorId = accepted(createInvestor).investor.id;
  const input = { name, baseCurrency: 'USD', lotMethod, investorId, benchmarkInstrumentId: ids.get(BENCHMARK), idempotencyKey: `demo-${key}` };
  const { createPortfolio } = await manager<{ createPortfolio: { portfolio: OpenedPortfolio; userErrors: UserError[] } }>(PORTFOLIO, { input });
  const { portfolio } = accepted(createPortfolio);
  if (targets.length > 0) {
    const weights = targets.map(([symbol, weight]) => ({ instrumentId: ids.get(symbol), weight }));
    accepted((await manager<{ setTargetAllocation: { userErrors: UserError[] } }>(TARGETS, { input: { portfolioId: portfolio.id, targets: weights } })).setTargetAllocation);
  }
  return portfolio;
}

const DEPOSITS_AT_ONCE = 8;

export async function deposit(manager: Ask, portfolioId: string, { deposits }: Desk): Promise<void> {
  const pay = async ({ idempotencyKey, amount, effectiveDate }: PlannedDeposit): Promise<void> => {
    const input = { portfolioId, amount: { amount, currency: 'USD' }, effectiveDate, idempotencyKey, reason: 'Contribution of the investor' };
    accepted((await manager<{ depositCash: { userErrors: UserError[] } }>(DEPOSIT, { input })).depositCash);
  };
  for (let start = 0; start < deposits.length; start += DEPOSITS_AT_ONCE) await Promise.all(deposits.slice(start, start + DEPOSITS_AT_ONCE).map(pay));
}

/** How many were new. Those of an earlier, interrupted seeding are left as they are. */
export async function captureAll(ask: Ask, portfolioId: string, trades: readonly PlannedTrade[], { ids }: Market): Promise<number> {
  const input = { trades: trades.map((trade) => captured(trade, portfolioId, ids)) };
  const { captureTrades } = await ask<{ captureTrades: { captured: number; refused: number; userErrors: UserError[] } }>(CAPTURE, { input });
  return accepted(captureTrades).captured;
}

const captured = ({ symbol, commission, ...trade }: PlannedTrade, portfolioId: string, ids: ReadonlyMap<string, string>) => ({
  ...trade, portfolioId, instrumentId: ids.get(symbol), currency: 'USD', fees: [{ kind: 'COMMISSION', amount: { amount: commission, currency: 'USD' } }],
});

/** A busy machine takes its time; half a minute is usual where other work has the processors. */
const DECISION_WAIT = { stepMs: 150, maxMs: 240_000 };

/** Resolves once no trade of these portfolios is on its way any more; throws when that takes too long. */
export async function allDecided(ask: Ask, portfolioIds: readonly string[], signal: AbortSignal): Promise<void> {
  await Promise.all(portfolioIds.map(async (id) => {
    const done = await until(() => ask<{ portfolio: { trades: { edges: unknown[] } } }>(UNDECIDED, { id }), ({ portfolio }) => portfolio.trades.edges.length === 0,
      { ...DECISION_WAIT, signal });
    if (done === null) throw new Error('trades were captured and are not booked within four minutes');
  }));
}
