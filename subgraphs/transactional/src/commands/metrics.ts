/** What the books do, counted. */
import { counter } from '@pms/telemetry/metrics';

export const tradesBooked = counter('pms_trades_booked_total', 'Trade versions booked');
export const tradesReversed = counter('pms_trades_reversed_total', 'Trade versions whose postings were taken back', ['because']);
export const settlementFails = counter('pms_settlement_fails_total', 'Attempts at settlement that failed, by why', ['code']);
export const settlements = counter('pms_settlements_total', 'Attempts at settlement', ['outcome']);
