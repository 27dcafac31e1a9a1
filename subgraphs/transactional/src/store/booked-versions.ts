/** A booked version of a trade as its facts make it: what is stored of it follows from this. */
import { ZERO } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { settlementAfter, type SettlementFact } from '../domain/settlement-facts.ts';
import { asFill } from '../domain/trade-fill.ts';
import type { Booking } from './rows.ts';

export interface BookedVersion {
  /** Of the fact that booked it. */
  readonly sequence: number;
  readonly data: unknown;
  /** What happened to it since, in order. */
  readonly later: readonly SettlementFact[];
}

/** Without its gain, which other trades decide. */
export function bookingIn({ sequence, data, later }: BookedVersion): Booking {
  const trade = tradeFacts.parse(data);
  const { contractualSettlementDate: contractualOn } = data as { contractualSettlementDate: string };
  const fill = asFill(trade);
  const { counterparty = null, placeOfSettlement = null, custodyAccount = null } = trade;
  const { settlement, attempt } = settlementAfter({ contractualDate: contractualOn, toMatch: counterparty !== null }, fill, later);
  return { parties: { counterparty, placeOfSettlement, custodyAccount }, fill, version: trade.version, instrumentId: trade.instrumentId, gain: ZERO, settlement, attempt, contractualOn, factSequence: sequence };
}
