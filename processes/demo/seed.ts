/**
 * Fills the demo world through the public API alone, each step by the account whose task it is. Every step may be repeated: one that was
 * interrupted is finished by the next seeding, and a complete world is recognised by one question and left alone.
 */
import { accounts, type Ask, serviceAccount } from './api.ts';
import { setRules } from './compliance.ts';
import { introduceInvestor } from './investor.ts';
import { incidents, LAST_EXTERNAL_ID } from './incidents.ts';
import { openMarket } from './market.ts';
import { type PortfolioKey, plan, portfolioKeys } from './plan/plan.ts';
import { allDecided, captureAll, deposit, openPortfolio, TRADING_NAME } from './portfolios.ts';
import { watchPrices } from './watching.ts';

export interface SeedOptions {
  /** The API's address, for example `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly signal: AbortSignal;
  /** Says how far it is, for a person. */
  readonly say: (line: string) => void;
}

const COMPLETE = `query ($name: String!, $externalId: String!) { portfolios(filter: { nameContains: $name }, first: 1) {
  edges { node { trades(filter: { externalId: $externalId }, first: 1) { edges { cursor } } } } } }`;

/** Resolves to a line that says what there is now. */
export async function seedDemo({ url, signal, say }: SeedOptions): Promise<string> {
  const service = await serviceAccount(url, signal);
  if (await isComplete(service)) return 'already there';
  const as = await accounts(url, service, signal);
  say('instruments and real closes, carried to today by the simulated tape');
  const market = await openMarket(as.service, new Date().toISOString().slice(0, 10), signal);
  const portfolios = new Map<PortfolioKey, string>();
  let begunOn = '';
  for (const key of portfolioKeys) {
    const { id, createdAt } = await openPortfolio(as.manager, key, market);
    portfolios.set(key, id);
    begunOn = createdAt.slice(0, 10);
  }
  await introduceInvestor(as.admin, portfolios.get('growth') ?? '');
  const planned = plan(market.histories, begunOn);
  let captured = 0;
  for (const [key, id] of portfolios) {
    const { trades } = planned[key];
    say(`${String(trades.length)} trades of the ${key} portfolio`);
    await deposit(as.manager, id, planned[key]);
    captured += await captureAll(key === 'trading' ? as.trader : as.manager, id, trades, market);
  }
  await allDecided(as.manager, [...portfolios.values()], signal);
  say('rules, and the trades that meet them');
  await setRules(as.compliance, portfolios, market.ids);
  await watchPrices(as.trader, market, begunOn);
  await incidents({ accounts: as, market, portfolios, begunOn, signal });
  return `${String(portfolios.size)} portfolios, ${String(captured)} trades captured`;
}

/** The last trade of a seeding is there. */
async function isComplete(ask: Ask): Promise<boolean> {
  const { portfolios } = await ask<{ portfolios: { edges: { node: { trades: { edges: unknown[] } } }[] } }>(COMPLETE, { name: TRADING_NAME, externalId: LAST_EXTERNAL_ID });
  return portfolios.edges.some(({ node }) => node.trades.edges.length > 0);
}
