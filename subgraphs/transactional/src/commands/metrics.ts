/** What the books do, counted. */
import { counter, gauge } from '@pms/telemetry/metrics';

export const tradesBooked = counter('pms_trades_booked_total', 'Trade versions booked');
export const bookingsRefused = counter('pms_trade_bookings_refused_total', 'Trade versions that the books refused, because the lots they name cannot be closed');
export const tradesReversed = counter('pms_trades_reversed_total', 'Trade versions whose postings were taken back', ['because']);
export const settlementFails = counter('pms_settlement_fails_total', 'Attempts at settlement that failed, by why', ['code']);
export const openSettlements = gauge('pms_settlements_open', 'Settlements that are open, by state; stuck: due for more than a day and not tried', ['state', 'stuck']);
export const parkedSettlements = gauge('pms_settlements_parked', 'Settlements that wait for a person, by why', ['code']);
export const settlementRound = gauge('pms_settlement_round_timestamp_seconds', 'When the last round of settling by itself was done, in seconds since the epoch');
export const settlementErrors = counter('pms_settlement_errors_total', 'Portfolios whose settlements could not be worked on in a round; they are left for the next one');
export const settlements = counter('pms_settlements_total', 'Attempts at settlement', ['outcome']);
export const statementsImported = counter('pms_custody_statements_total', 'Statements of custodians that were to be imported', ['format', 'outcome']);
export const openBreaks = gauge('pms_reconciliation_breaks_open', 'Differences to custodians that are not resolved, by age in business days', ['business_days']);
export const corporateActionsApplied = counter('pms_corporate_actions_total', 'Corporate actions in portfolios: applied, reversed, paid', ['what']);
