/** Rows as the database gives them: numeric and days as text, also where they come as JSON. */
import { decimal } from '@pms/money';
import type { Cash } from '../domain/cash.ts';
import { chargesIn } from '../domain/charges.ts';
import type { Closing, Lot } from '../domain/lots.ts';
import type { PositionState } from '../domain/movement.ts';
import type { StandingTrade } from '../domain/position-change.ts';
import type { Settlement } from '../domain/settlement-state.ts';
import { namedIn } from '../domain/trade-fill.ts';
import { SETTLEMENT, type SettlementRow, toSettlement } from './settlement-rows.ts';

export interface CashRow { readonly currency: string; readonly settled: string; readonly receivable: string; readonly payable: string }

export const CASH = 'currency, settled::text, receivable::text, payable::text';

export const toCash = (row: CashRow): Cash =>
  ({ currency: row.currency, settled: decimal(row.settled), receivable: decimal(row.receivable), payable: decimal(row.payable) });

export interface LotRow {
  readonly instrument_id: string;
  readonly currency: string;
  readonly trade_id: string;
  readonly opened_on: string;
  readonly day_order: string | number;
  readonly quantity: string;
  readonly cost: string;
}

export const toLot = (row: LotRow): Lot => ({
  id: row.trade_id, openedOn: row.opened_on, sequence: Number(row.day_order), quantity: decimal(row.quantity), cost: decimal(row.cost), currency: row.currency,
});

export interface PositionRow {
  readonly instrument_id: string;
  readonly currency: string;
  readonly quantity: string;
  readonly cost: string;
  readonly realized: string;
  readonly opened_on: string | null;
  readonly last_traded_on: string | null;
  readonly last_day_order: string | number | null;
  readonly last_trade_id: string | null;
}

export const POSITION = 'instrument_id, currency, quantity::text, cost::text, realized::text, opened_on::text, last_traded_on::text, last_day_order, last_trade_id';

export const toPosition = (row: PositionRow): PositionState => ({
  instrumentId: row.instrument_id, currency: row.currency, quantity: decimal(row.quantity), cost: decimal(row.cost), realized: decimal(row.realized),
  openedOn: row.opened_on,
  last: row.last_traded_on === null || row.last_trade_id === null ? null
    : { tradedOn: row.last_traded_on, sequence: Number(row.last_day_order), tradeId: row.last_trade_id },
});

export interface BookingRow extends SettlementRow {
  readonly trade_id: string;
  readonly version: number;
  readonly instrument_id: string;
  readonly currency: string;
  readonly traded_on: string;
  readonly day_order: string | number;
  readonly quantity: string;
  readonly amount: string;
  readonly gain: string;
  readonly fact_sequence: string | number;
  readonly cash_currency: string | null;
  readonly cash_amount: string | null;
  readonly charges: Parameters<typeof chargesIn>[0] | null;
  readonly lot_picks: readonly { readonly lotId: string; readonly quantity: string }[] | null;
  readonly counterparty: string | null;
  readonly place_of_settlement: string | null;
  readonly custody_account: string | null;
}

export const BOOKING = `trade_id, version, instrument_id, currency, traded_on::text, day_order, quantity::text, amount::text, gain::text, fact_sequence,
  counterparty, place_of_settlement, custody_account, lot_picks, cash_currency, cash_amount::text, charges, ${SETTLEMENT}`;

/** With whom, where and into which account a trade settles; null where nobody said. */
export interface Parties {
  readonly counterparty: string | null;
  readonly placeOfSettlement: string | null;
  readonly custodyAccount: string | null;
}

/** A version of a trade as the books keep it: what stands, and how its settlement does. */
export interface Booking extends StandingTrade {
  readonly parties: Parties;
  readonly settlement: Settlement;
  readonly contractualOn: string;
  readonly attempt: number;
  readonly factSequence: number;
}

export const toBooking = (row: BookingRow): Booking => ({
  fill: {
    tradeId: row.trade_id, tradedOn: row.traded_on, sequence: Number(row.day_order), quantity: decimal(row.quantity),
    amount: decimal(row.amount), currency: row.currency, ...namedIn(row.lot_picks ?? []),
    ...(row.cash_currency !== null && row.cash_amount !== null && { cash: { currency: row.cash_currency, amount: decimal(row.cash_amount) } }),
    ...(row.charges !== null && { charges: chargesIn(row.charges) }),
  },
  version: row.version, instrumentId: row.instrument_id, gain: decimal(row.gain),
  parties: { counterparty: row.counterparty, placeOfSettlement: row.place_of_settlement, custodyAccount: row.custody_account },
  settlement: toSettlement(row), contractualOn: row.contractual_on, attempt: row.attempt, factSequence: Number(row.fact_sequence),
});

export interface ClosingRow {
  readonly closed_by: string;
  readonly closed_on: string;
  readonly day_order: string | number;
  readonly lot_id: string;
  readonly opened_on: string;
  readonly named: boolean;
  readonly quantity: string;
  readonly cost: string;
  readonly proceeds: string;
}

export const CLOSING = 'closed_by, closed_on::text, day_order, lot_id, opened_on::text, named, quantity::text, cost::text, proceeds::text';

export const toClosing = (row: ClosingRow): Closing => ({
  lotId: row.lot_id, openedOn: row.opened_on, closedBy: row.closed_by, closedOn: row.closed_on, sequence: Number(row.day_order), named: row.named,
  quantity: decimal(row.quantity), cost: decimal(row.cost), proceeds: decimal(row.proceeds), realizedGain: decimal(row.proceeds).minus(decimal(row.cost)),
});
