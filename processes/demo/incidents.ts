/**
 * The last days of the demo: trades that a rule rejects, that a person must approve, that were typed wrong and amended, entered twice
 * and cancelled, and a few of today at the last quote. All but today's are at the last close before the day on which the demo was begun.
 */
import { Decimal } from '@pms/money';
import { type Accounts, accepted, type Ask, type UserError } from './api.ts';
import { RESTRICTED } from './compliance.ts';
import { BENCHMARK, latestQuotes, type Market } from './market.ts';
import { commission, sharesFor } from './plan/desk.ts';
import type { PortfolioKey } from './plan/plan.ts';
import { allDecided } from './portfolios.ts';

/** What is captured last of all: when it is there, the demo world is complete. */
export const LAST_EXTERNAL_ID = 'demo-today-3';

export interface Scene {
  readonly accounts: Accounts;
  readonly market: Market;
  readonly portfolios: ReadonlyMap<PortfolioKey, string>;
  /** The day on which the demo was begun. */
  readonly begunOn: string;
  readonly signal: AbortSignal;
}

interface Order {
  readonly portfolioId: string;
  readonly externalId: string;
  readonly symbol: string;
  readonly quantity: Decimal;
  readonly price: string;
  readonly tradeDate: string;
  readonly reason?: string;
}

const CAPTURE = `mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { trade { id } userErrors { code message path } } }`;
const AMEND = `mutation ($input: AmendTradeInput!) { amendTrade(input: $input) { userErrors { code message path } } }`;
const CANCEL = `mutation ($input: CancelTradeInput!) { cancelTrade(input: $input) { userErrors { code message path } } }`;
const APPROVE = `mutation ($input: ApproveTradeInput!) { approveTrade(input: $input) { userErrors { code message path } } }`;
const REJECT = `mutation ($input: RejectTradeInput!) { rejectTrade(input: $input) { userErrors { code message path } } }`;
const EXISTING = `query ($id: ID!, $externalId: String!) { portfolio(id: $id) { trades(filter: { externalId: $externalId }, first: 1) { edges { node { id } } } } }`;

export async function incidents(scene: Scene): Promise<void> {
  const { accounts: { trader, compliance }, portfolios, signal } = scene;
  const ids = await enterOrders(scene);
  const of = (name: string): string => ids.get(name) ?? '';
  await allDecided(trader, [...portfolios.values()], signal);
  await correct(trader, of, scene);
  // a second seeding finds them decided already: the refusal is what is wanted
  const decided = ['CONFLICT'];
  accepted((await compliance<{ approveTrade: Payload }>(APPROVE, { input: { tradeId: of('large-approved'), comment: 'Within the desk’s mandate' } })).approveTrade, decided);
  accepted((await compliance<{ rejectTrade: Payload }>(REJECT, { input: { tradeId: of('large-refused'), reason: 'Too much of one share in a week' } })).rejectTrade, decided);
  await tradesOfToday(scene);
  await allDecided(trader, [...portfolios.values()], signal);
}

interface Payload {
  readonly userErrors: readonly UserError[];
}

/** Resolves to the trades' ids by name. */
async function enterOrders(scene: Scene): Promise<ReadonlyMap<string, string>> {
  const { accounts: { trader } } = scene;
  const desk = (name: string, symbol: string, budget: number, over: Partial<Order> = {}): Promise<readonly [string, string]> =>
    enter(trader, scene, { ...order(scene, name, symbol, budget), ...over }, name);
  const typo = order(scene, '', 'AAPL', 15_000);
  return new Map([
    await desk('short-of-cash', 'AMZN', 60_000_000, { reason: 'More than the account holds' }),
    await desk('restricted', RESTRICTED, 30_000),
    await desk('not-a-share', BENCHMARK, 40_000),
    await desk('too-heavy', 'AAPL', 1_400_000),
    await desk('one-zero-too-many', 'AAPL', 0, { quantity: typo.quantity.times(10) }),
    await desk('price-typo', 'MSFT', 30_000, { price: new Decimal(lastClose(scene, 'MSFT').close).times('1.15').toDecimalPlaces(2).toFixed() }),
    await desk('entered-once', 'AMZN', 20_000),
    await desk('entered-twice', 'AMZN', 20_000),
    await desk('wrong-account', 'GOOG', 25_000),
    await desk('large-approved', 'AMZN', 300_000),
    await desk('large-refused', 'GOOG', 350_000),
    await desk('large-waiting', 'MSFT', 280_000),
  ]);
}

const lastClose = ({ market, begunOn }: Scene, symbol: string): { readonly date: string; readonly close: string } => {
  const found = market.histories.get(symbol)?.findLast(({ date }) => date < begunOn);
  if (found === undefined) throw new Error(`${symbol} has no close before ${begunOn}`);
  return found;
};

function order(scene: Scene, name: string, symbol: string, budget: number): Order {
  const { date, close } = lastClose(scene, symbol);
  return {
    portfolioId: scene.portfolios.get('trading') ?? '', externalId: `demo-${name}`, symbol, quantity: sharesFor(new Decimal(budget), close), price: close, tradeDate: date,
  };
}

async function enter(ask: Ask, { market }: Scene, { symbol, quantity, ...rest }: Order, name: string): Promise<readonly [string, string]> {
  const fees = [{ kind: 'COMMISSION', amount: { amount: commission(quantity).toFixed(), currency: 'USD' } }];
  const input = { ...rest, instrumentId: market.ids.get(symbol), side: 'BUY', quantity: quantity.toFixed(), currency: 'USD', fees };
  const { captureTrade } = await ask<{ captureTrade: Payload & { trade: { id: string } | null } }>(CAPTURE, { input });
  return [name, accepted(captureTrade).trade?.id ?? ''];
}

async function correct(trader: Ask, of: (name: string) => string, scene: Scene): Promise<void> {
  const meant = order(scene, '', 'AAPL', 15_000);
  const amendments = [
    { tradeId: of('one-zero-too-many'), quantity: meant.quantity.toFixed(), reason: 'One zero too many', idempotencyKey: 'demo-amend-1' },
    { tradeId: of('price-typo'), price: lastClose(scene, 'MSFT').close, reason: 'Price as the broker confirmed it', idempotencyKey: 'demo-amend-2' },
    { tradeId: of('entered-once'), fees: [], reason: 'The broker waived the commission', idempotencyKey: 'demo-amend-3' },
  ];
  const cancellations = [
    { tradeId: of('entered-twice'), reason: 'Entered twice', idempotencyKey: 'demo-cancel-1' },
    { tradeId: of('wrong-account'), reason: 'Belongs to another account', idempotencyKey: 'demo-cancel-2' },
  ];
  for (const input of amendments) accepted((await trader<{ amendTrade: Payload }>(AMEND, { input })).amendTrade);
  for (const input of cancellations) accepted((await trader<{ cancelTrade: Payload }>(CANCEL, { input })).cancelTrade);
}

/** Their price is of the moment, so one that is there already is left alone. */
async function tradesOfToday(scene: Scene): Promise<void> {
  const { accounts: { trader } } = scene;
  const portfolioId = scene.portfolios.get('trading') ?? '';
  const symbols = ['AAPL', 'AMZN', 'MSFT'];
  for (const [index, symbol] of symbols.entries()) {
    const externalId = `demo-today-${String(index + 1)}`;
    const { portfolio } = await trader<{ portfolio: { trades: { edges: unknown[] } } }>(EXISTING, { id: portfolioId, externalId });
    if (portfolio.trades.edges.length > 0) continue;
    const price = (await latestQuotes(trader, [symbol])).get(symbol);
    if (price === undefined) throw new Error(`${symbol} has no quote`);
    const tradeDate = new Date().toISOString().slice(0, 10);
    await enter(trader, scene, { portfolioId, externalId, symbol, quantity: sharesFor(new Decimal(10_000), price), price, tradeDate }, externalId);
  }
}
