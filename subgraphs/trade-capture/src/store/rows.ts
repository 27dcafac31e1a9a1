/** Rows of trades and their versions as domain values. Checks in the database keep the words within their unions. */
import { decimal, money } from '@pms/money';
import type { QuoteUnit } from '@pms/money/quote-unit';
import type { Fee, FeeKind, LotPick, Side, Status, Trade, TradeVersion, VersionKind } from '../domain/trade.ts';

/** Of `trade_version v`; days and instants as text, so that neither a time zone nor a millisecond clips them. */
export const VERSION_COLUMNS = `v.version, v.kind, v.replaces, v.instrument_id as "instrumentId", v.side, v.quantity, v.price, v.currency,
  v.quote_unit as "quoteUnit", v.settlement_currency as "settlementCurrency", v.settlement_rate as "settlementRate",
  v.trade_date::text as "tradeDate", v.fees, v.lot_picks as "lotPicks", v.counterparty,
  v.place_of_settlement as "placeOfSettlement", v.custody_account as "custodyAccount", v.status, v.status_at as "statusAt", v.status_reason as "statusReason",
  to_char(v.captured_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "capturedAt", v.captured_by as "capturedBy", v.reason`;

/** Of `trade t` joined with the version it shows. */
export const TRADE_COLUMNS = `t.id, t.organization_id as "organizationId", t.portfolio_id as "portfolioId", t.external_id as "externalId",
  t.last_version as "lastVersion", ${VERSION_COLUMNS}`;
export const SHOWN = 'trade_capture.trade t join trade_capture.trade_version v on v.trade_id = t.id and v.version = t.version';

interface FeeRow {
  readonly kind: FeeKind;
  readonly amount: string;
  readonly currency: string;
}

interface LotPickRow {
  readonly lotId: string;
  readonly quantity: string;
}

export interface VersionRow {
  readonly version: number;
  readonly kind: VersionKind;
  readonly replaces: number | null;
  readonly instrumentId: string;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly currency: string;
  readonly quoteUnit: QuoteUnit | null;
  readonly settlementCurrency: string | null;
  readonly settlementRate: string | null;
  readonly tradeDate: string;
  readonly fees: readonly FeeRow[];
  readonly lotPicks: readonly LotPickRow[];
  readonly counterparty: string | null;
  readonly placeOfSettlement: string | null;
  readonly custodyAccount: string | null;
  readonly status: Status;
  readonly statusAt: Date;
  readonly statusReason: string | null;
  readonly capturedAt: string;
  readonly capturedBy: string;
  readonly reason: string | null;
}

export interface TradeRow extends VersionRow {
  readonly id: string;
  readonly organizationId: string;
  readonly portfolioId: string;
  readonly externalId: string | null;
  readonly lastVersion: number;
}

export const toVersion = (row: VersionRow): TradeVersion => ({
  version: row.version, kind: row.kind, replaces: row.replaces, instrumentId: row.instrumentId, side: row.side,
  quantity: decimal(row.quantity), price: decimal(row.price), currency: row.currency, tradeDate: row.tradeDate,
  quoteUnit: row.quoteUnit,
  settlement: row.settlementCurrency === null || row.settlementRate === null ? null : { currency: row.settlementCurrency, rate: decimal(row.settlementRate) },
  fees: row.fees.map((fee) => ({ kind: fee.kind, amount: money(decimal(fee.amount), fee.currency) })),
  lotPicks: row.lotPicks.map(({ lotId, quantity }) => ({ lotId, quantity: decimal(quantity) })),
  counterparty: row.counterparty, placeOfSettlement: row.placeOfSettlement, custodyAccount: row.custodyAccount,
  status: row.status, statusAt: row.statusAt, statusReason: row.status === 'BOOKED' ? row.statusReason : null, capturedAt: row.capturedAt, capturedBy: row.capturedBy, reason: row.reason,
});

export const toTrade = (row: TradeRow): Trade => ({
  ...toVersion(row), id: row.id, organizationId: row.organizationId, portfolioId: row.portfolioId,
  externalId: row.externalId, lastVersion: row.lastVersion,
});

export const feesJson = (fees: readonly Fee[]): string =>
  JSON.stringify(fees.map(({ kind, amount }) => ({ kind, amount: amount.amount.toFixed(), currency: amount.currency })));

export const lotPicksJson = (picks: readonly LotPick[]): string => JSON.stringify(picks.map(({ lotId, quantity }) => ({ lotId, quantity: quantity.toFixed() })));
