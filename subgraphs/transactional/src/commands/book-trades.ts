/** Books validated trades; a new version takes back what the one it replaces had posted. */
import type { Event } from '@pms/events/envelope';
import { causedBy } from '@pms/events/envelope';
import { inStep } from '@pms/events/gathered';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import type { BooksContext } from '../context.ts';
import type { Posting } from '../store/books-store.ts';
import type { TradeHistory } from '../store/posting-reads.ts';
import { lockedPortfolio } from './locked.ts';
import { bookingsRefused, tradesBooked, tradesReversed } from './metrics.ts';
import { postTrades, type Turn } from './post-trades.ts';

export interface ValidatedTrade {
  readonly event: Event;
  readonly trade: TradeFacts;
}

/** At most this many trades a transaction. */
const RUN_MAX = 1_000;

/** In the order in which they were validated; the trades of several portfolios are booked side by side, in one transaction. */
export async function bookTrades(ctx: BooksContext, validated: readonly ValidatedTrade[]): Promise<void> {
  for (const run of runs(validated)) await bookRun(ctx, run);
}

/** Two versions of one trade go into transactions of their own: the second takes back what the first posted. */
function runs(validated: readonly ValidatedTrade[]): ValidatedTrade[][] {
  const all: ValidatedTrade[][] = [];
  let ids = new Set<string>();
  for (const each of validated) {
    const current = all.at(-1);
    if (current === undefined || current.length === RUN_MAX || ids.has(each.trade.tradeId)) {
      all.push([each]);
      ids = new Set([each.trade.tradeId]);
    } else {
      current.push(each);
      ids.add(each.trade.tradeId);
    }
  }
  return all;
}

async function bookRun(ctx: BooksContext, run: readonly ValidatedTrade[]): Promise<void> {
  const byPortfolio = [...Map.groupBy(run, ({ trade }) => trade.portfolioId).values()];
  const turns = (await ctx.store.transaction((tx) => inStep(byPortfolio.map((of) => bookPortfolio(ctx, tx, of))))).flat();
  tradesBooked.inc(turns.length);
  tradesReversed.inc({ because: 'AMENDED' }, turns.filter(({ reverse }) => reverse !== null).length);
}

async function bookPortfolio(ctx: BooksContext, tx: Posting, run: readonly ValidatedTrade[]): Promise<readonly Turn[]> {
  const portfolio = await lockedPortfolio(tx, run[0]?.trade.portfolioId ?? '');
  const fresh = await tx.firstSights(run.map(({ event }) => event.id));
  const histories = await tx.histories(run.map(({ trade }) => trade.tradeId));
  const due = run.filter(({ event }) => fresh.has(event.id)).flatMap((each) => turnOf(each, histories.get(each.trade.tradeId)));
  if (due.length === 0) return [];
  const taken = await postTrades(ctx, tx, portfolio, due);
  bookingsRefused.inc(due.length - taken.length);
  return taken;
}

/** Nothing for a trade that was cancelled meanwhile, and for a version that is not newer than what was booked. */
function turnOf({ event, trade }: ValidatedTrade, history: TradeHistory | undefined): Turn[] {
  if (history !== undefined && (history.cancelled || history.newest >= trade.version)) return [];
  const origin = causedBy(event, 'transactional');
  const standing = history?.standing ?? null;
  return [{ reverse: standing === null ? null : { booking: standing, because: 'AMENDED', origin }, book: { trade, origin } }];
}
