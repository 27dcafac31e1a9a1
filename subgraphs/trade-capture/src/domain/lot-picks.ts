/**
 * The lots that a trade closes, by name. Only the books know which are open: here a pick is a whole sentence, and no more is named than is traded.
 * Refused as INVALID, with their path: what is no lot's name, a quantity that is not positive, a lot named twice, more than the trade's quantity.
 */
import { invalid } from '@pms/errors';
import { type Decimal, decimal, sum, text } from '@pms/money';
import type { LotPick } from './trade.ts';

export interface LotPickInput {
  readonly lotId: string;
  readonly quantity: string;
}

const PICKS_MAX = 500;
/** A lot is known by the trade that opened it; either name will do. One that a corporate action moved has more to its name. */
const LOT_NAME = /^(?:lot|trd)_(\w[\w/]{0,150})$/;

export function lotPicksOf(picks: readonly LotPickInput[], traded: Decimal): readonly LotPick[] {
  if (picks.length > PICKS_MAX) throw invalid(`a trade names at most ${PICKS_MAX} lots`, 'lotPicks');
  const named = picks.map(({ lotId, quantity }, at) => pickOf({ lotId, quantity: decimal(quantity) }, at));
  const twice = named.findIndex(({ lotId }, at) => named.findIndex((other) => other.lotId === lotId) < at);
  if (twice >= 0) throw invalid('the lot is named twice', 'lotPicks', String(twice), 'lotId');
  const total = sum(named.map(({ quantity }) => quantity));
  if (total.greaterThan(traded)) throw invalid(`the lots add up to ${text(total)}, more than the quantity traded`, 'lotPicks');
  return named;
}

function pickOf({ lotId, quantity }: LotPick, at: number): LotPick {
  const suffix = LOT_NAME.exec(lotId)?.[1];
  if (suffix === undefined) throw invalid('a lot is named by its id, or by the id of the trade that opened it', 'lotPicks', String(at), 'lotId');
  if (!quantity.greaterThan(0)) throw invalid('the quantity must be more than zero', 'lotPicks', String(at), 'quantity');
  return { lotId: `lot_${suffix}`, quantity };
}
