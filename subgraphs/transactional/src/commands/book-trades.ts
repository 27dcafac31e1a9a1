/** Books validated trades of one portfolio; a new version takes back what the one it replaces had posted. */
import type { Event } from '@pms/events/envelope';
import { causedBy } from '@pms/events/envelope';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import type { BooksContext } from '../context.ts';
import type { TradeHistory } from '../store/posting-reads.ts';
import { lockedPortfolio } from './locked.ts';
import { tradesBooked, tradesReversed } from './metrics.ts';
import { postTrades, type Turn } from './post-trades.ts';

export interface ValidatedTrade {
  readonly event: Event;
  readonly trade: TradeFacts;
}

/** At most this many trades a transaction. */
const RUN_MAX = 500;

/** The trades are of one portfolio, in the order in which they were validated. */
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
  const portfolioId = run[0]?.trade.portfolioId ?? '';
  const turns = await ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, portfolioId);
    const fresh = await tx.firstSights(run.map(({ event }) => event.id));
    const histories = await tx.histories(run.map(({ trade }) => trade.tradeId));
    const due = run.filter(({ event }) => fresh.has(event.id)).flatMap((each) => turnOf(each, histories.get(each.trade.tradeId)));
    return due.length === 0 ? [] : postTrades(ctx, tx, portfolio, due);
  });
  tradesBooked.inc(turns.length);
  tradesReversed.inc({ because: 'AMENDED' }, turns.filter(({ reverse }) => reverse !== null).length);
}

/** Nothing for a trade that was cancelled meanwhile, and for a version that is not newer than what was booked. */
function turnOf({ event, trade }: ValidatedTrade, history: TradeHistory | undefined): Turn[] {
  if (history !== undefined && (history.cancelled || history.newest >= trade.version)) return [];
  const origin = causedBy(event, 'transactional');
  const standing = history?.standing ?? null;
  return [{ reverse: standing === null ? null : { booking: standing, because: 'AMENDED', origin }, book: { trade, origin } }];
}
