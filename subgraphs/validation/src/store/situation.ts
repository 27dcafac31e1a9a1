/** All that decisions about some trades of a portfolio are made from, read in one statement. */
import type { Sql } from '@pms/events/sql';
import { decimal, type Decimal } from '@pms/money';
import type { Book } from '../domain/book.ts';
import type { Instrument } from '../domain/market.ts';
import type { Rule } from '../domain/rule.ts';
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
  readonly commitments: readonly { readonly tradeId: string; readonly version: number; readonly instrumentId: string; readonly quantity: string; readonly currency: string; readonly cash: string }[];
  readonly waiting: readonly Pair<number>[];
  readonly cancelled: readonly string[];
  readonly instruments: readonly (Instrument & { readonly id: string })[];
  readonly restricted: readonly string[];
}

const all = (value: string, from: string): string => `(select coalesce(jsonb_agg(${value}), '[]') from ${from})`;
const rows = (columns: string, from: string): string => all('to_jsonb(r)', `(select ${columns} from ${from}) r`);

// numbers are taken as text: JSON has no exact ones
const SITUATION = `select
  ${all('jsonb_build_array(currency, amount::text)', 'validation.projected_cash where organization_id = $1 and portfolio_id = $2')} as cash,
  ${all('jsonb_build_array(instrument_id, quantity::text)', 'validation.projected_holding where organization_id = $1 and portfolio_id = $2 and quantity <> 0')} as holdings,
  ${rows(RULE_COLUMNS, 'validation.compliance_rule where organization_id = $1 order by id')} as rules,
  ${rows('trade_id as "tradeId", version, instrument_id as "instrumentId", quantity::text, currency, cash::text',
    'validation.commitment where organization_id = $1 and trade_id = any($3)')} as commitments,
  ${all('jsonb_build_array(trade_id, version)', "validation.decision where organization_id = $1 and trade_id = any($3) and outcome = 'PENDING_APPROVAL'")} as waiting,
  ${all('trade_id', 'validation.cancelled_trade where organization_id = $1 and trade_id = any($3)')} as cancelled,
  ${rows('id, symbol, asset_class as "assetClass", currency, quote_unit as "quoteUnit"', `validation.known_instrument where organization_id = $1 and (id = any($4)
    or id in (select instrument_id from validation.projected_holding where portfolio_id = $2 and quantity <> 0))`)} as instruments,
  ${all('instrument_id', 'validation.restricted_instrument where organization_id = $1 and instrument_id = any($4)')} as restricted`;

const amounts = (pairs: readonly Pair<string>[]): Map<string, Decimal> => new Map(pairs.map(([id, amount]) => [id, decimal(amount)]));

export async function situation(sql: Sql, { organizationId, portfolioId, tradeIds, instrumentIds }: About): Promise<Situation> {
  const { rows: [row] } = await sql.query<Row>(SITUATION, [organizationId, portfolioId, tradeIds, instrumentIds]);
  if (row === undefined) throw new Error('a select without a table came back without a row');
  return {
    book: { cash: amounts(row.cash), holdings: amounts(row.holdings) },
    rules: row.rules.map((rule) => toRule({ ...rule, updatedAt: new Date(rule.updatedAt) })),
    commitments: new Map(row.commitments.map((one) => [one.tradeId, { ...one, quantity: decimal(one.quantity), cash: decimal(one.cash) }])),
    waiting: new Map(row.waiting), cancelled: new Set(row.cancelled),
    instruments: new Map(row.instruments.map(({ id, ...instrument }) => [id, instrument])), restricted: new Set(row.restricted),
  };
}
