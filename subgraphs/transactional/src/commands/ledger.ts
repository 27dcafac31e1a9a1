/**
 * One posting to a portfolio's books while it is being put together: facts and entries get their numbers, cash follows the
 * entries, and `save` writes all of it with the events that tell of it. Never shared between transactions.
 */
import { type Event, type EventType, event, type Origin } from '@pms/events/envelope';
import { inStep } from '@pms/events/gathered';
import { text } from '@pms/money';
import { cashMoved } from '@pms/schema/events/transactional';
import type { BooksContext } from '../context.ts';
import { afterLines, balanceOf, type Cash, noCash } from '../domain/cash.ts';
import type { Fact } from '../domain/fact.ts';
import type { Entry } from '../domain/journal.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { Cause, NewEntry, NewFact } from '../store/posting-writes.ts';
import type { Part } from '../store/statement.ts';

export type CashKind = 'DEPOSIT' | 'WITHDRAWAL' | 'TRADE' | 'REVERSAL' | 'SETTLEMENT' | 'FEE' | 'INTEREST' | 'TAX' | 'CURRENCY_EXCHANGE' | 'CORPORATE_ACTION';

export interface Ledger {
  readonly portfolioId: string;
  /** The fact's sequence. */
  record(fact: Fact, origin: Origin): number;
  /** Posts an entry about the fact; cash follows. The entry's id. */
  post(entry: Entry, about: { readonly factSequence: number; readonly version?: number; readonly origin: Origin }): string;
  /** Sequence of the fact recorded last, here or before. */
  lastFact(): number;
  /** Number of the entry posted last, here or before. */
  lastEntry(): number;
  cash(currency: string): Cash;
  tell<Data>(type: EventType<Data>, data: Data, origin: Origin): void;
  /** Tells of the cash as it stands now. `amount` is signed; zero for a settlement. */
  tellCash(moved: { readonly kind: CashKind; readonly currency: string; readonly amount: string; readonly effectiveDate: string; readonly tradeId: string | null }, origin: Origin): void;
  /** Writes facts, entries, cash and events; `also` is written in the same statement. */
  save(also?: readonly Part[]): Promise<void>;
}

const causeOf = ({ actor, reason, correlationId, causationId }: Origin): Cause => ({ actor, reason: reason ?? null, correlationId, causationId });

/** `standing` is the portfolio's cash, where it has been read already. */
export async function openLedger(ctx: BooksContext, tx: Posting, portfolio: LockedPortfolio, standing?: ReadonlyMap<string, Cash>): Promise<Ledger> {
  const balances = new Map(standing ?? (await tx.cash(portfolio.id)));
  const moved = new Set<string>();
  const facts: NewFact[] = [];
  const entries: NewEntry[] = [];
  const events: Event[] = [];
  const cash = (currency: string): Cash => balances.get(currency) ?? noCash(currency);
  const tell = <Data>(type: EventType<Data>, data: Data, origin: Origin): void => {
    events.push(event(type, portfolio.id, data, { origin, newId: ctx.newId, now: ctx.now }));
  };
  return {
    portfolioId: portfolio.id,
    lastFact: () => portfolio.lastFact + facts.length,
    lastEntry: () => portfolio.lastEntry + entries.length,
    cash,
    tell,
    record(fact, origin) {
      const sequence = portfolio.lastFact + facts.length + 1;
      facts.push({ ...fact, sequence, cause: causeOf(origin) });
      return sequence;
    },
    post(entry, { factSequence, version, origin }) {
      const id = ctx.newId('jre');
      // an entry of nothing (a trade at price zero, without fees) would have no lines, and is not written
      if (entry.lines.length === 0) return id;
      entries.push({ id, number: portfolio.lastEntry + entries.length + 1, factSequence, version: version ?? null, cause: causeOf(origin), entry });
      for (const currency of new Set(entry.lines.filter(({ account }) => account.startsWith('CASH_')).map((line) => line.currency))) {
        balances.set(currency, afterLines(cash(currency), entry.lines));
        moved.add(currency);
      }
      return id;
    },
    tellCash({ kind, currency, amount, effectiveDate, tradeId }, origin) {
      const after = cash(currency);
      tell(cashMoved, {
        portfolioId: portfolio.id, kind, currency, amount, effectiveDate, balance: text(balanceOf(after)), settled: text(after.settled), tradeId,
      }, origin);
    },
    async save(also = []) {
      const written = tx.write([
        ...tx.factRows(portfolio, facts), ...tx.entryRows(portfolio, entries), ...tx.cashRows(portfolio, [...moved].map(cash)),
        ...tx.spoiling(portfolio, facts), ...tx.counters(portfolio, portfolio.lastFact + facts.length, portfolio.lastEntry + entries.length), ...also,
      ]);
      // made ready while Postgres writes the rows
      await inStep([written, tx.outbox.add(inRuns(events))]);
    },
  };
}

/** Cash after everything else: events of one type in a row are handled together by whoever hears them. The last of each kind still tells how things stand. */
const inRuns = (events: readonly Event[]): Event[] => [...events.filter(({ type }) => type !== cashMoved.name), ...events.filter(({ type }) => type === cashMoved.name)];
