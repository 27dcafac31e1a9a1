/** Loads what rules look at: only the closes that a rule in force asks for. */
import type { Book, Terms } from '../domain/book.ts';
import type { Market } from '../domain/market.ts';
import type { Rule, RuleKind } from '../domain/rule.ts';
import type { AskedClose } from '../store/records.ts';
import type { ValidationWrites } from '../store/writes.ts';

type Reads = Pick<ValidationWrites, 'instruments' | 'restrictedAmong' | 'closes'>;

interface Asked {
  readonly organizationId: string;
  readonly baseCurrency: string;
  readonly trades: readonly Terms[];
  readonly book: Book;
  readonly rules: readonly Rule[];
}

const weighing: ReadonlySet<RuleKind> = new Set<RuleKind>(['MAX_POSITION_WEIGHT', 'UCITS_5_10_40']);

export async function marketFor(reads: Reads, { organizationId, baseCurrency, trades, book, rules }: Asked): Promise<Market> {
  const weighs = rules.some(({ enabled, demand }) => enabled && weighing.has(demand.kind));
  const pricing = weighs || rules.some(({ enabled, demand }) => enabled && demand.kind === 'PRICE_TOLERANCE');
  const traded = [...new Set(trades.map(({ instrumentId }) => instrumentId))];
  const concerned = weighs ? [...new Set([...traded, ...book.holdings.keys()])] : traded;
  // in one transaction these go over one connection: one after another
  const instruments = await reads.instruments(organizationId, concerned);
  const restricted = await reads.restrictedAmong(organizationId, traded);
  const closes = await reads.closes(organizationId, pricing ? askedCloses(weighs ? concerned : null, trades) : []);
  return { baseCurrency, instruments, restricted, closeAt: (instrumentId, day) => closes.get(`${instrumentId} ${day}`) ?? null };
}

/** `everywhere`: these on each day that a trade is of; null: each trade's instrument on its day. */
function askedCloses(everywhere: readonly string[] | null, trades: readonly Terms[]): AskedClose[] {
  const days = [...new Set(trades.map(({ tradeDate }) => tradeDate))];
  if (everywhere !== null) return days.flatMap((day) => everywhere.map((instrumentId) => ({ instrumentId, day })));
  const pairs = new Map(trades.map(({ instrumentId, tradeDate }) => [`${instrumentId} ${tradeDate}`, { instrumentId, day: tradeDate }]));
  return [...pairs.values()];
}
