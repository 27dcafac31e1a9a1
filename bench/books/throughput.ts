/** Trades booked per second, end to end and durable: captured, validated and in the books, singly and in bulk; beside them the same rows by SQL alone. */
import { parse } from 'graphql';
import { lastWeekday } from '../../tests/journeys/support/world.ts';
import type { Databases } from '../platform/databases.ts';
import { rawInBulk, rawSingly, type Style, withPortfolios } from './raw.ts';
import { rowsLeft } from './rows.ts';
import { type BooksWorld, openBooks } from './world.ts';

export const CLIENTS = 16;
const CAPTURE = parse('mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { trade { id status } userErrors { code message path } } }', { noLocation: true });
const CAPTURE_MANY = parse('mutation ($input: CaptureTradesInput!) { captureTrades(input: $input) { captured userErrors { code message path } } }', { noLocation: true });
/** As many as were booked, at most: tables and indexes grow alike on both sides. */
const RAW_TRADES_MAX = 50_000;

export interface BookedFigures {
  readonly name: string;
  readonly trades: number;
  /** Answered, and so committed. */
  readonly capturedPerSecond: number;
  /** From the first request until the last trade was in the books and said so. */
  readonly bookedPerSecond: number;
  /** With one statement a transaction, and, for single trades, with one a table. */
  readonly rawPerSecond: number;
  readonly rawByTablePerSecond: number | null;
  readonly ratio: number;
  readonly ratioByTable: number | null;
}

const tradeOf = (instrumentId: string, portfolioId: string, externalId: string) => ({
  portfolioId, instrumentId, side: 'BUY', quantity: '1', price: '100.25', currency: 'USD', tradeDate: lastWeekday(), externalId,
  fees: [{ kind: 'COMMISSION', amount: { amount: '0.35', currency: 'USD' } }],
});

interface Load {
  readonly name: string;
  readonly clients: number;
  readonly portfolios: number;
  readonly seconds: number;
}

/** Each client captures one trade after another, into a portfolio of its own, or all into one. */
export async function bookSingly(databases: Databases, { name, clients, portfolios, seconds }: Load): Promise<BookedFigures> {
  const books = await openBooks(await databases.make());
  try {
    const portfolioIds = await opened(books, portfolios);
    const load = async (prefix: string, forSeconds: number): Promise<{ trades: number; begun: number; tookMs: number }> => {
      let trades = 0;
      const begun = performance.now();
      await Promise.all(Array.from({ length: clients }, async (_, client) => {
        for (let at = 0; performance.now() < begun + forSeconds * 1_000; at += 1) {
          const portfolioId = portfolioIds[(client + at * clients) % portfolios] ?? '';
          const { captureTrade } = await books.ask<{ captureTrade: { trade: object | null; userErrors: readonly object[] } }>('trade-capture', CAPTURE, { input: tradeOf(books.instrumentId, portfolioId, `${prefix}-${String(client)}-${String(at)}`) });
          if (captureTrade.trade === null) throw new Error(`a capture was refused: ${JSON.stringify(captureTrade.userErrors)}`);
          trades += 1;
        }
      }));
      return { trades, begun, tookMs: performance.now() - begun };
    };
    await load('warm', 2);
    await books.settled();
    const { trades, begun, tookMs } = await load('single', seconds);
    await books.settled();
    const bookedMs = performance.now() - begun;
    const raw = (style: Style): Promise<number> => inRaw(databases, books, 'single-', (url, left) => rawSingly(url, left, { connections: clients, style }));
    return figures(name, { trades, tookMs, bookedMs }, await raw('one statement a transaction'), await raw('a statement a table'));
  } finally {
    await books.close();
  }
}

export interface BulkLoad extends Omit<Load, 'seconds'> {
  /** Trades a call, all of one portfolio. */
  readonly size: number;
  /** A round. */
  readonly calls: number;
  /** Of either, in turn: what the machine does besides is then shared by both. */
  readonly rounds?: number;
  readonly as?: 'roles' | 'owner';
}

/** `clients` calls at once. Figures are medians of rounds, the ratio too: each round's is that to the raw SQL behind it. */
export async function bookInBulk(databases: Databases, { name, clients, portfolios, size, calls, rounds = 1, as = 'roles' }: BulkLoad): Promise<BookedFigures> {
  const books = await openBooks(await databases.make(), { as });
  try {
    const portfolioIds = await opened(books, portfolios);
    const load = async (prefix: string, callsMax: number): Promise<number> => {
      let next = 0;
      const begun = performance.now();
      await Promise.all(Array.from({ length: clients }, async () => {
        for (let call = next++; call < callsMax; call = next++) {
          const trades = Array.from({ length: size }, (_, at) => tradeOf(books.instrumentId, portfolioIds[call % portfolios] ?? '', `${prefix}-${String(call)}-${String(at)}`));
          const { captureTrades } = await books.ask<{ captureTrades: { captured: number; userErrors: readonly object[] } }>('trade-capture', CAPTURE_MANY, { input: { trades } });
          if (captureTrades.captured !== size) throw new Error(`not all were captured: ${JSON.stringify(captureTrades.userErrors).slice(0, 500)}`);
        }
      }));
      return begun;
    };
    await load('warm', Math.max(2, portfolios));
    await books.settled();
    const rawUrl = await databases.make();
    await withPortfolios(rawUrl, await rowsLeft(books.url, 'warm-', RAW_TRADES_MAX));
    const all: BookedFigures[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const prefix = `bulk-${String(round)}`;
      const begun = await load(prefix, calls);
      const tookMs = performance.now() - begun;
      await books.settled();
      const bookedMs = performance.now() - begun;
      const raw = await rawInBulk(rawUrl, await rowsLeft(books.url, `${prefix}-`, RAW_TRADES_MAX), { connections: clients, tradesPerCommit: size });
      all.push(figures(name, { trades: calls * size, tookMs, bookedMs }, raw, null));
    }
    return medianOf(all);
  } finally {
    await books.close();
  }
}

function medianOf(all: readonly BookedFigures[]): BookedFigures {
  const [first] = all;
  if (first === undefined) throw new RangeError('there was no round');
  const median = (of: (one: BookedFigures) => number): number => all.map(of).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
  return {
    ...first, trades: first.trades * all.length, ratio: median(({ ratio }) => ratio), rawPerSecond: median(({ rawPerSecond }) => rawPerSecond),
    capturedPerSecond: median(({ capturedPerSecond }) => capturedPerSecond), bookedPerSecond: median(({ bookedPerSecond }) => bookedPerSecond),
  };
}

async function opened(books: BooksWorld, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) ids.push(await books.open());
  return ids;
}

async function inRaw(databases: Databases, { url }: BooksWorld, externalIds: string, insert: (url: string, left: Awaited<ReturnType<typeof rowsLeft>>) => Promise<number>): Promise<number> {
  const left = await rowsLeft(url, externalIds, RAW_TRADES_MAX);
  const rawUrl = await databases.make();
  await withPortfolios(rawUrl, left);
  return insert(rawUrl, left);
}

function figures(name: string, { trades, tookMs, bookedMs }: { trades: number; tookMs: number; bookedMs: number }, rawPerSecond: number, rawByTablePerSecond: number | null): BookedFigures {
  const bookedPerSecond = trades / (bookedMs / 1_000);
  return {
    name, trades, capturedPerSecond: trades / (tookMs / 1_000), bookedPerSecond, rawPerSecond, rawByTablePerSecond,
    ratio: bookedPerSecond / rawPerSecond, ratioByTable: rawByTablePerSecond === null ? null : bookedPerSecond / rawByTablePerSecond,
  };
}
