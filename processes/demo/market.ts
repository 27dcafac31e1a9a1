/** The demo's instruments with their real closes, carried to today by the tape: the first step, without which nothing has a price. */
import { accepted, type Ask, until, type UserError } from './api.ts';
import type { Close, Histories } from './plan/history.ts';
import { realCloses } from './real-closes.ts';

export interface Listed {
  readonly symbol: string;
  readonly name: string;
  readonly assetClass: 'EQUITY' | 'INDEX';
  readonly mic?: string;
  readonly isin?: string;
  readonly figi?: string;
}

export const BENCHMARK = 'SPX';

/** GOOG has no ISIN here: the ticker was Google's class A shares until 2014 and class C since. */
const LISTED: readonly Listed[] = [
  { symbol: 'AAPL', name: 'Apple Inc.', assetClass: 'EQUITY', mic: 'XNAS', isin: 'US0378331005', figi: 'BBG000B9XRY4' },
  { symbol: 'AMZN', name: 'Amazon.com Inc.', assetClass: 'EQUITY', mic: 'XNAS', isin: 'US0231351067', figi: 'BBG000BVPV84' },
  { symbol: 'GOOG', name: 'Alphabet Inc.', assetClass: 'EQUITY', mic: 'XNAS' },
  { symbol: 'IBM', name: 'International Business Machines Corp.', assetClass: 'EQUITY', mic: 'XNYS', isin: 'US4592001014', figi: 'BBG000BLNNH6' },
  { symbol: 'MSFT', name: 'Microsoft Corp.', assetClass: 'EQUITY', mic: 'XNAS', isin: 'US5949181045', figi: 'BBG000BPH459' },
  { symbol: BENCHMARK, name: 'S&P 500', assetClass: 'INDEX', isin: 'US78378X1072' },
];

export interface Market {
  /** Instrument ids by symbol. */
  readonly ids: ReadonlyMap<string, string>;
  readonly histories: Histories;
}

const TAPE_WAIT = { stepMs: 200, maxMs: 60_000 };
const FIRST_DAY = '2000-01-01';

const CREATE = `mutation ($input: CreateInstrumentInput!) { createInstrument(input: $input) { instrument { id } userErrors { code message path } } }`;
const IMPORT = `mutation ($input: ImportPricesInput!) { importPrices(input: $input) { recorded userErrors { code message path } } }`;
const QUOTES = `query ($symbols: [String!]!) { instruments(filter: { symbols: $symbols }, first: 50) { edges { node { symbol quote { last source } } } } }`;
const HISTORY = `query ($id: ID!, $from: Date!, $to: Date!) { instrument(id: $id) { priceHistory(from: $from, to: $to) { date close } } }`;

export async function openMarket(service: Ask, today: string, signal: AbortSignal): Promise<Market> {
  const ids = new Map<string, string>();
  for (const listed of LISTED) {
    const { createInstrument } = await service<{ createInstrument: { instrument: { id: string }; userErrors: UserError[] } }>(
      CREATE, { input: { ...listed, currency: 'USD', idempotencyKey: `demo-${listed.symbol}` } });
    ids.set(listed.symbol, accepted(createInstrument).instrument.id);
  }
  for (const { symbol, csv } of await realCloses()) {
    const { importPrices } = await service<{ importPrices: { userErrors: UserError[] } }>(IMPORT, { input: { instrumentId: ids.get(symbol), csv } });
    accepted(importPrices);
  }
  const symbols = [...ids.keys()];
  const quotes = await until(() => latestQuotes(service, symbols), (read) => read.size === symbols.length, { ...TAPE_WAIT, signal });
  if (quotes === null) throw new Error('the simulated tape has not carried prices to today');
  const histories = new Map<string, readonly Close[]>();
  for (const symbol of symbols) {
    const { instrument } = await service<{ instrument: { priceHistory: Close[] } }>(HISTORY, { id: ids.get(symbol), from: FIRST_DAY, to: today });
    histories.set(symbol, instrument.priceHistory);
  }
  return { ids, histories };
}

/** The last price that the tape has told of each; instruments that it has not reached are missing. */
export async function latestQuotes(ask: Ask, symbols: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { instruments } = await ask<{ instruments: { edges: { node: { symbol: string; quote: { last: string; source: string } | null } }[] } }>(QUOTES, { symbols });
  return new Map(instruments.edges.flatMap(({ node: { symbol, quote } }) => (quote === null || quote.source === 'LAST_CLOSE' ? [] : [[symbol, quote.last]])));
}
