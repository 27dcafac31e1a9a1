/** Trades booked per second, end to end and durable: captured, validated and in the books, singly and in bulk; beside them the same rows by SQL alone. */
import { parse } from 'graphql';
import { lastWeekday } from '../../tests/journeys/support/world.ts';
import type { Databases } from '../platform/databases.ts';
import { type Locks, rawInBulk, rawSingly, type Style, withPortfolios } from './raw.ts';
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
  /** In bulk, by transactions that take first what their rows have to be numbered and decided by. */
  readonly rawNumberingPerSecond: number | null;
  readonly ratio: number;
  readonly ratioByTable: number | null;
  readonly ratioNumbering: number | null;
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
    return figures(name, { trades, tookMs, bookedMs }, { rawPerSecond: await raw('one statement a transaction'), rawByTablePerSecond: await raw('a statement a table'), rawNumberingPerSecond: null });
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
    const rawUrls = { last: await databases.make(), first: await databases.make() };
    for (const rawUrl of Object.values(rawUrls)) await withPortfolios(rawUrl, await rowsLeft(books.url, 'warm-', RAW_TRADES_MAX));
    const all: BookedFigures[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const prefix = `bulk-${String(round)}`;
      const begun = await load(prefix, calls);
      const tookMs = performance.now() - begun;
      await books.settled();
      const bookedMs = performance.now() - begun;
      const left = await rowsLeft(books.url, `${prefix}-`, RAW_TRADES_MAX);
      const raw = (locks: Locks): Promise<number> => rawInBulk(rawUrls[locks], left, { connections: clients, tradesPerCommit: size, locks });
      all.push(figures(name, { trades: calls * size, tookMs, bookedMs }, { rawPerSecond: await raw('last'), rawByTablePerSecond: null, rawNumberingPerSecond: await raw('first') }));
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
    ...first, trades: first.trades * all.length, ratio: median(({ ratio }) => ratio), ratioNumbering: median(({ ratioNumbering }) => ratioNumbering ?? NaN),
    rawPerSecond: median(({ rawPerSecond }) => rawPerSecond), rawNumberingPerSecond: median(({ rawNumberingPerSecond }) => rawNumberingPerSecond ?? NaN),
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

type Raw = Pick<BookedFigures, 'rawPerSecond' | 'rawByTablePerSecond' | 'rawNumberingPerSecond'>;

function figures(name: string, { trades, tookMs, bookedMs }: { trades: number; tookMs: number; bookedMs: number }, raw: Raw): BookedFigures {
  const bookedPerSecond = trades / (bookedMs / 1_000);
  const of = (rawPerSecond: number | null): number | null => (rawPerSecond === null ? null : bookedPerSecond / rawPerSecond);
  return {
    name, trades, capturedPerSecond: trades / (tookMs / 1_000), bookedPerSecond, ...raw,
    ratio: bookedPerSecond / raw.rawPerSecond, ratioByTable: of(raw.rawByTablePerSecond), ratioNumbering: of(raw.rawNumberingPerSecond),
  };
}
