/** Tries failed settlements once more: because somebody asks, because their day has come, or because somebody released them. */
import type { Origin } from '@pms/events/envelope';
import { Refusal } from '@pms/errors';
import type { BooksContext } from '../context.ts';
import type { Fact } from '../domain/fact.ts';
import { ATTEMPTS_MAX, next } from '../domain/settlement.ts';
import type { Heard } from '../domain/settlement-state.ts';
import type { Booking } from '../store/rows.ts';
import { openLedger } from './ledger.ts';
import { aboutTrade, type OnSettlement } from './on-settlement.ts';
import { settleTrades } from './settle-due.ts';

interface Trying {
  readonly asOf: string;
  readonly origin: Origin;
  /** What the saga hears instead of another attempt, and what is recorded of it. */
  readonly because?: { readonly heard: Heard; readonly fact: Pick<Fact, 'kind' | 'data'> };
}

const retried: Heard = { type: 'retried' };

/** All of them, or CONFLICT where one of them may not be tried any more. */
export async function tryAgain(ctx: BooksContext, { tx, portfolio }: Pick<OnSettlement, 'tx' | 'portfolio'>, failed: readonly Booking[], { asOf, origin, because }: Trying): Promise<void> {
  const ledger = await openLedger(ctx, tx, portfolio);
  const due = failed.map((booking): Booking => {
    const { settlement } = next(booking.settlement, because?.heard ?? retried);
    if (settlement.step !== 'matched' && settlement.step !== 'instructed') throw new Refusal('CONFLICT', `settlement was tried ${ATTEMPTS_MAX} times, and no more`, ['tradeId']);
    ledger.record({ ...aboutTrade(booking), effectiveOn: asOf, ...(because?.fact ?? { kind: 'SETTLEMENT_RETRIED', data: { attempt: settlement.attempt } }) }, origin);
    return { ...booking, settlement, attempt: settlement.attempt };
  });
  await ledger.save();
  await settleTrades(ctx, tx, { ...portfolio, lastFact: ledger.lastFact() }, { due, asOf, origin });
}
