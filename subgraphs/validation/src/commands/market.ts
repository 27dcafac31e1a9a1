/** Adds closes to what rules look at: only those that a rule in force asks for. */
import type { Terms } from '../domain/book.ts';
import type { Market } from '../domain/market.ts';
import type { Rule, RuleKind } from '../domain/rule.ts';
import type { AskedClose } from '../store/records.ts';
import type { Situation } from '../store/situation.ts';
import type { ValidationWrites } from '../store/writes.ts';

interface Asked {
  readonly organizationId: string;
  readonly baseCurrency: string;
  readonly trades: readonly Terms[];
  /** In scope. */
  readonly rules: readonly Rule[];
}

const weighing: ReadonlySet<RuleKind> = new Set<RuleKind>(['MAX_POSITION_WEIGHT', 'UCITS_5_10_40']);

export async function marketFor(
  { closes }: Pick<ValidationWrites, 'closes'>, { book, instruments, restricted }: Situation, { organizationId, baseCurrency, trades, rules }: Asked,
): Promise<Market> {
  const weighs = rules.some(({ enabled, demand }) => enabled && weighing.has(demand.kind));
  const pricing = weighs || rules.some(({ enabled, demand }) => enabled && demand.kind === 'PRICE_TOLERANCE');
  const held = weighs ? [...new Set([...trades.map(({ instrumentId }) => instrumentId), ...book.holdings.keys()])] : null;
  const found = pricing ? await closes(organizationId, askedCloses(held, trades)) : new Map<string, never>();
  return { baseCurrency, instruments, restricted, closeAt: (instrumentId, day) => found.get(`${instrumentId} ${day}`) ?? null };
}

/** `everywhere`: these on each day that a trade is of; null: each trade's instrument on its day. */
function askedCloses(everywhere: readonly string[] | null, trades: readonly Terms[]): AskedClose[] {
  const days = [...new Set(trades.map(({ tradeDate }) => tradeDate))];
  if (everywhere !== null) return days.flatMap((day) => everywhere.map((instrumentId) => ({ instrumentId, day })));
  const pairs = new Map(trades.map(({ instrumentId, tradeDate }) => [`${instrumentId} ${tradeDate}`, { instrumentId, day: tradeDate }]));
  return [...pairs.values()];
}
