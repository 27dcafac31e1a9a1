/** All that decisions about some trades of a portfolio are made from, of one or several portfolios, read in one statement. */
import type { Sql } from '@pms/events/sql';
import { decimal, type Decimal } from '@pms/money';
import type { Book } from '../domain/book.ts';
import type { Instrument } from '../domain/market.ts';
import type { Rule } from '../domain/rule.ts';
import { chargesIn, type KeptCharges } from './charges.ts';
import type { Commitment } from './records.ts';
import { RULE_COLUMNS, type RuleRow, toRule } from './rows.ts';

export interface Situation {
  readonly book: Book;
  /** The organisation's own rules, oldest first. */
  readonly rules: readonly Rule[];
  /** By trade. */
  readonly commitments: ReadonlyMap<string, Commitment>;
  /** The version that waits for approval, by trade. */
  readonly waiting: ReadonlyMap<string, number>;
  readonly cancelled: ReadonlySet<string>;
  /** Those traded and those held. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Of those traded. */
  readonly restricted: ReadonlySet<string>;
}

export interface About {
  readonly organizationId: string;
  readonly portfolioId: string;
  readonly tradeIds: readonly string[];
  readonly instrumentIds: readonly string[];
}

type Pair<T> = readonly [id: string, value: T];

interface Row {
  readonly cash: readonly Pair<string>[];
  readonly holdings: readonly Pair<string>[];
  readonly rules: readonly (Omit<RuleRow, 'updatedAt'> & { readonly updatedAt: string })[];
  readonly commitments: readonly { readonly tradeId: string; readonly version: number; readonly instrumentId: string; readonly quantity: string; readonly currency: string; readonly cash: string; readonly charges: KeptCharges | null }[];
  readonly waiting: readonly Pair<number>[];
  readonly cancelled: readonly string[];
  readonly instruments: readonly (Instrument & { readonly id: string })[];
  readonly restricted: readonly string[];
}

const all = (value: string, from: string): string => `(select coalesce(jsonb_agg(${value}), '[]') from ${from})`;
const rows = (columns: string, from: string): string => all('to_jsonb(r)', `(select ${columns} from ${from}) r`);

// numbers are taken as text: JSON has no exact ones
const SITUATION = `select
  ${all('jsonb_build_array(currency, amount::text)', 'validation.projected_cash where organization_id = asked.organization_id and portfolio_id = asked.portfolio_id')} as cash,
  ${all('jsonb_build_array(instrument_id, quantity::text)', 'validation.projected_holding where organization_id = asked.organization_id and portfolio_id = asked.portfolio_id and quantity <> 0')} as holdings,
  ${rows(RULE_COLUMNS, 'validation.compliance_rule where organization_id = asked.organization_id order by id')} as rules,
  ${rows('trade_id as "tradeId", version, instrument_id as "instrumentId", quantity::text, currency, cash::text, charges',
    'validation.commitment where organization_id = asked.organization_id and trade_id = any(asked.trade_ids)')} as commitments,
  ${all('jsonb_build_array(trade_id, version)', "validation.decision where organization_id = asked.organization_id and trade_id = any(asked.trade_ids) and outcome = 'PENDING_APPROVAL'")} as waiting,
  ${all('trade_id', 'validation.cancelled_trade where organization_id = asked.organization_id and trade_id = any(asked.trade_ids)')} as cancelled,
  ${rows('id, symbol, asset_class as "assetClass", currency, quote_unit as "quoteUnit"', `validation.known_instrument where organization_id = asked.organization_id and (id = any(asked.instrument_ids)
    or id in (select instrument_id from validation.projected_holding where portfolio_id = asked.portfolio_id and quantity <> 0))`)} as instruments,
  ${all('instrument_id', 'validation.restricted_instrument where organization_id = asked.organization_id and instrument_id = any(asked.instrument_ids)')} as restricted
  from jsonb_to_recordset($1::jsonb) as asked(n int, organization_id text, portfolio_id text, trade_ids text[], instrument_ids text[]) order by n`;

const amounts = (pairs: readonly Pair<string>[]): Map<string, Decimal> => new Map(pairs.map(([id, amount]) => [id, decimal(amount)]));

/** One for each that is asked about, in their order. */
export async function situations(sql: Sql, asked: readonly About[]): Promise<Situation[]> {
  const { rows: found } = await sql.query<Row>(SITUATION, [JSON.stringify(asked.map(({ organizationId, portfolioId, tradeIds, instrumentIds }, n) => ({
    n, organization_id: organizationId, portfolio_id: portfolioId, trade_ids: tradeIds, instrument_ids: instrumentIds })))]);
  return found.map((row) => ({
    book: { cash: amounts(row.cash), holdings: amounts(row.holdings) },
    rules: row.rules.map((rule) => toRule({ ...rule, updatedAt: new Date(rule.updatedAt) })),
    commitments: new Map(row.commitments.map((one) => [one.tradeId, { ...one, quantity: decimal(one.quantity), cash: decimal(one.cash), charges: chargesIn(one.charges) }])),
    waiting: new Map(row.waiting), cancelled: new Set(row.cancelled),
    instruments: new Map(row.instruments.map(({ id, ...instrument }) => [id, instrument])), restricted: new Set(row.restricted),
  }));
}
