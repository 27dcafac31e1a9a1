/** Trades of positions in another currency than their portfolio's, as rows and as figures. */
import { type Decimal, decimal } from '@pms/money';

export interface ForeignTrade {
  readonly portfolioId: string;
  readonly instrumentId: string;
  readonly currency: string;
  readonly day: string;
  readonly quantity: Decimal;
  readonly netAmount: Decimal;
  readonly realizedPnl: Decimal;
  /** In the base currency, as the books told; null where they did not. */
  readonly baseNet: Decimal | null;
  readonly baseRealized: Decimal | null;
}

export interface ForeignTradeRow {
  readonly portfolio_id: string;
  readonly instrument_id: string;
  readonly currency: string;
  readonly day: string;
  readonly quantity: string;
  readonly net_amount: string;
  readonly realized_pnl: string;
  readonly base_net: string | null;
  readonly base_realized: string | null;
}

const exact = (value: string | null): Decimal | null => (value === null ? null : decimal(value));

export const toForeignTrade = (row: ForeignTradeRow): ForeignTrade => ({
  portfolioId: row.portfolio_id, instrumentId: row.instrument_id, currency: row.currency, day: row.day, quantity: decimal(row.quantity),
  netAmount: decimal(row.net_amount), realizedPnl: decimal(row.realized_pnl), baseNet: exact(row.base_net), baseRealized: exact(row.base_realized),
});
