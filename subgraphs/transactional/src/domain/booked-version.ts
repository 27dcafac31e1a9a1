/** A booked version of a trade as its facts make it: what is stored of it follows from this. */
import { ZERO } from '@pms/money';
import type { Day } from './days.ts';
import { settlementAfter, type SettlementFact } from './settlement-facts.ts';
import { asFill, type ToldTrade } from './trade-fill.ts';

/** As its booking recorded it. */
interface BookedTrade extends ToldTrade {
  readonly version: number;
  readonly instrumentId: string;
  readonly counterparty?: string | null | undefined;
  readonly placeOfSettlement?: string | null | undefined;
  readonly custodyAccount?: string | null | undefined;
}

export interface BookedVersion {
  /** Of the fact that booked it. */
  readonly sequence: number;
  readonly data: unknown;
  /** What happened to it since, in order. */
  readonly later: readonly SettlementFact[];
}

/** The day on which it has to settle, worked out when it was booked. */
const contractualIn = (data: unknown): Day => (data as { readonly contractualSettlementDate: Day }).contractualSettlementDate;

/** `trade` is what `data` says of the trade. Without its gain, which other trades decide. */
export function bookingIn(trade: BookedTrade, { sequence, data, later }: BookedVersion) {
  const contractualOn = contractualIn(data);
  const fill = asFill(trade);
  const { counterparty = null, placeOfSettlement = null, custodyAccount = null } = trade;
  const { settlement, attempt } = settlementAfter({ contractualDate: contractualOn, toMatch: counterparty !== null }, fill, later);
  return { parties: { counterparty, placeOfSettlement, custodyAccount }, fill, version: trade.version, instrumentId: trade.instrumentId, gain: ZERO, settlement, attempt, contractualOn, factSequence: sequence };
}
