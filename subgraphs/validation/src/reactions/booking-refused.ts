/**
 * The books refused what the rules had allowed: the version is rejected after all, with the books' reason, and takes nothing any more.
 * The version before it, which still stands in the books, counts again.
 */
import type { Reaction } from '@pms/events/bus';
import { causedBy, event } from '@pms/events/envelope';
import { bookingRefused } from '@pms/schema/events/transactional';
import { tradeRejected } from '@pms/schema/events/validation';
import type { Workings } from '../context.ts';
import { apply, cashIn, currenciesOf, type Effect, effectOf, held, negated, termsOf } from '../domain/book.ts';
import type { Commitment, LockedPortfolio } from '../store/records.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { locked } from './each-portfolio.ts';

export const onBookingRefused = ({ store, newId, now }: Workings): Reaction => ({
  type: bookingRefused.name,
  react: (cause) => store.transaction(async (tx) => {
    const portfolio = await locked(tx, cause);
    if (!(await tx.firstSight(cause.id))) return;
    const { tradeId, version, reason } = bookingRefused.data.parse(cause.data);
    if (!(await tx.refuse(portfolio.organizationId, { tradeId, version, reason }, now()))) return;
    const counting = (await tx.commitments(portfolio.organizationId, [tradeId])).get(tradeId);
    if (counting?.version === version) await countAgain(tx, portfolio, counting, now());
    const origin = { ...causedBy(cause, 'validation'), reason };
    await tx.outbox.add([event(tradeRejected, portfolio.id, { tradeId, version, portfolioId: portfolio.id, checks: [], rejectedBy: null }, { origin, newId, now })]);
  }),
});

async function countAgain(tx: ValidationWrites, portfolio: LockedPortfolio, refused: Commitment, at: Date): Promise<void> {
  const before = await tx.allowedBefore(portfolio.organizationId, refused.tradeId, refused.version);
  const former: Commitment | null = before === null ? null : { ...effectOf(termsOf(before.facts)), tradeId: refused.tradeId, version: before.version };
  const book = await tx.book(portfolio.organizationId, portfolio.id);
  const effects: Effect[] = [negated(refused), ...(former === null ? [] : [former])];
  apply(book, effects);
  if (former === null) await tx.release(refused.tradeId);
  await tx.recordDecided(portfolio, {
    decisions: [], runs: [], reserved: former === null ? [] : [former],
    cash: currenciesOf(effects).map((currency) => [currency, cashIn(book, currency)]),
    holdings: [...new Set(effects.map(({ instrumentId }) => instrumentId))].map((id) => [id, held(book, id)]),
  }, at);
  if (former !== null) await tx.markBooked([former]);
}
