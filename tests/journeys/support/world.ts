/** What a journey finds in place: instruments with closes, portfolios with cash; all of it made through the public API. */
import type { PmsClient } from '@pms/client';
import {
  type CaptureTradeInput, CaptureTradeDocument, CreateInstrumentDocument, CreatePortfolioDocument, DepositCashDocument, ImportPricesDocument, TradeByIdDocument, type TradeByIdQuery, type TradeStatus,
} from '@pms/client/generated';
import { vi } from 'vitest';

/** How long a journey waits for what the platform does by itself. */
export const SOON = { timeout: 60_000, interval: 50 } as const;

const day = (date: Date): string => date.toISOString().slice(0, 10);
const daysAfter = (from: string, days: number): string => day(new Date(Date.parse(from) + days * 86_400_000));
const isWeekend = (date: string): boolean => [0, 6].includes(new Date(date).getUTCDay());

/** Today, or the Friday before a weekend. */
export function lastWeekday(): string {
  const today = day(new Date());
  return [today, daysAfter(today, -1), daysAfter(today, -2)].find((date) => !isWeekend(date)) ?? today;
}

export interface Listing {
  readonly symbol: string;
  /** Closes end on this day. */
  readonly until: string;
  /** The last close; those before it swing around it. */
  readonly close: number;
}

const CLOSES = 90;

/** An instrument of XNAS in USD with three months of closes. */
export async function listed(client: PmsClient, { symbol, until, close }: Listing): Promise<string> {
  const { createInstrument: made } = await client.mutate(CreateInstrumentDocument, {
    input: { symbol, name: `${symbol} Incorporated`, assetClass: 'EQUITY', currency: 'USD', mic: 'XNAS', idempotencyKey: `instrument-${symbol}` },
  });
  const instrumentId = made.instrument?.id;
  if (instrumentId === undefined) throw new Error(`no instrument: ${JSON.stringify(made.userErrors)}`);
  const dates = Array.from({ length: CLOSES * 2 }, (_, back) => daysAfter(until, -back)).filter((date) => !isWeekend(date)).slice(0, CLOSES).toReversed();
  const rows = dates.map((date, index) => ({ date, close: (close * (1 + 0.03 * Math.sin((CLOSES - 1 - index) / 3) * Math.cos(CLOSES - 1 - index))).toFixed(2) }));
  const { importPrices } = await client.mutate(ImportPricesDocument, { input: { instrumentId, rows } });
  if (importPrices.userErrors.length > 0) throw new Error(`no closes: ${JSON.stringify(importPrices)}`);
  return instrumentId;
}

export async function funded(client: PmsClient, name: string, amount: string): Promise<string> {
  const { createPortfolio: made } = await client.mutate(CreatePortfolioDocument, { input: { name, baseCurrency: 'USD', idempotencyKey: `portfolio-${name}` } });
  const portfolioId = made.portfolio?.id;
  if (portfolioId === undefined) throw new Error(`no portfolio: ${JSON.stringify(made.userErrors)}`);
  const { depositCash } = await client.mutate(DepositCashDocument, { input: { portfolioId, amount: { amount, currency: 'USD' }, idempotencyKey: `cash-${name}` } });
  if (depositCash.userErrors.length > 0) throw new Error(`no cash: ${JSON.stringify(depositCash.userErrors)}`);
  return portfolioId;
}

/** The id of a captured trade; throws when it was refused. */
export async function captured(client: PmsClient, input: CaptureTradeInput): Promise<string> {
  const { captureTrade } = await client.mutate(CaptureTradeDocument, { input });
  if (captureTrade.trade == null) throw new Error(`not captured: ${JSON.stringify(captureTrade.userErrors)}`);
  return captureTrade.trade.id;
}

/** Waits until the trade stands so. */
export const arrived = (client: PmsClient, id: string, ...statuses: readonly TradeStatus[]): Promise<NonNullable<TradeByIdQuery['trade']>> =>
  vi.waitFor(async () => {
    const { trade } = await client.query(TradeByIdDocument, { id });
    if (trade == null || !statuses.includes(trade.status)) throw new Error(`the trade is ${trade?.status ?? 'not there'}, not yet ${statuses.join(' or ')}`);
    return trade;
  }, SOON);
