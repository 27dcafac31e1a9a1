/** What the books say that a custodian should hold for a portfolio at the end of a day, by the basis that the statement counts on. */
import { type Decimal, ZERO } from '@pms/money';
import type { Books } from '../../domain/custody/matching.ts';
import type { Basis } from '../../domain/custody/statement.ts';
import { balanceOf, type Cash } from '../../domain/cash.ts';
import type { BooksStore } from '../../store/books-store.ts';
import type { Contractual } from '../../store/custody/custody-reads.ts';
import { keyOf } from '../../domain/movement.ts';
import { holdingsAt } from '../positions.ts';

export interface CustodyQuestion {
  readonly organizationId: string;
  readonly portfolioId: string;
  readonly statedOn: string;
  readonly basis: Basis;
}

/** Settled: the positions of the day less what has not settled by it; contractual: less what was not to settle by it. Cash likewise. */
export async function custodyBooks(store: BooksStore, { organizationId, portfolioId, statedOn, basis }: CustodyQuestion): Promise<Books> {
  const moment = { asOf: statedOn, knownAt: null };
  const [[holdings = []], cash, unsettled, { notDue, overdue }] = await Promise.all([
    holdingsAt(store, organizationId, [portfolioId], moment),
    store.cashThen(organizationId, [portfolioId], moment),
    basis === 'SETTLED' ? store.unsettledThen(organizationId, [portfolioId], moment) : NONE,
    basis === 'CONTRACTUAL' ? store.contractual(organizationId, portfolioId, statedOn) : NOTHING,
  ]);
  const away = basis === 'SETTLED' ? unsettled.get(portfolioId) ?? NOTHING.notDue : notDue;
  const quantities = new Map<string, Decimal>();
  for (const { position } of holdings)
    quantities.set(position.instrumentId, (quantities.get(position.instrumentId) ?? ZERO).plus(position.quantity).minus(away.get(keyOf(position)) ?? ZERO));
  // what was to be paid by the day is gone for a custodian that debits on the contractual date
  const cashOf = (of: Cash): Decimal => (basis === 'TRADED' ? balanceOf(of) : of.settled.minus(overdue.get(of.currency) ?? ZERO));
  return { quantities, cash: new Map((cash.get(portfolioId) ?? []).map((of) => [of.currency, cashOf(of)])) };
}

const NOTHING: Contractual = { notDue: new Map(), overdue: new Map() };
const NONE: ReadonlyMap<string, ReadonlyMap<string, Decimal>> = new Map();
