/** Goes through a portfolio's movements day by day, a page in memory, and stops at the end of each day that had any. */
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { placeOfAction } from '../domain/action-terms.ts';
import type { Day } from '../domain/days.ts';
import type { LotMethod } from '../domain/lots.ts';
import { comparePlaces, type Place } from '../domain/movement.ts';
import { type Beginning, type PositionBooks, positionBooks } from '../domain/position-books.ts';
import { standingActions } from '../domain/told-action.ts';
import { asFill } from '../domain/trade-fill.ts';
import type { Posting } from '../store/books-store.ts';

export interface Walk {
  readonly portfolioId: string;
  readonly method: LotMethod;
  /** Where it sets out; null for the very beginning. */
  readonly from: { readonly through: Day; readonly beginnings: readonly Beginning[] } | null;
  /** Facts from this sequence on are not known. */
  readonly before: number;
}

/** The positions at the end of a day, and how many movements led there since the walk began. */
export type AtDayEnd = (day: Day, books: PositionBooks, movements: number) => Promise<void>;

const BEFORE_ALL_DAYS = '0001-01-01';

export async function walkHistory(tx: Pick<Posting, 'tradesMoved' | 'actionFacts'>, { portfolioId, method, from, before }: Walk, atDayEnd: AtDayEnd): Promise<void> {
  const afterDay = from?.through ?? BEFORE_ALL_DAYS;
  const books = positionBooks(method, from?.beginnings ?? []);
  const known = (await tx.actionFacts(portfolioId)).filter(({ sequence, effectiveOn }) => Number(sequence) < before && effectiveOn > afterDay);
  const actions = standingActions(known).map(({ action }) => action).toSorted((a, b) => comparePlaces(placeOfAction(a), placeOfAction(b)));
  let day: Day | null = null;
  let movements = 0;
  const arrive = async (next: Day | null): Promise<void> => {
    if (day !== null && day !== next) await atDayEnd(day, books, movements);
    day = next;
    movements += 1;
  };
  const actBefore = async (place: Place | null): Promise<void> => {
    for (let next = actions[0]; next !== undefined && (place === null || comparePlaces(placeOfAction(next), place) < 0); next = actions[0]) {
      await arrive(next.effectiveOn);
      books.act(next);
      actions.shift();
    }
  };
  for (let after: Place | null = null; ;) {
    const page = await tx.tradesMoved({ portfolioId, afterDay, after, before });
    for (const { instrumentId, place, data } of page) {
      await actBefore(place);
      await arrive(place.tradedOn);
      const fill = asFill(tradeFacts.parse(data));
      books.trade({ instrumentId, currency: fill.currency }, fill);
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.place;
  }
  await actBefore(null);
  await arrive(null);
}
