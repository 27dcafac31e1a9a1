/** Reads of what decisions are made from: cash, holdings, commitments, instruments, closes, rules. Inside a transaction or outside of one. */
import { gathered } from '@pms/events/gathered';
import type { Sql } from '@pms/events/sql';
import { decimal, type Decimal } from '@pms/money';
import type { Book } from '../domain/book.ts';
import type { Close, Instrument } from '../domain/market.ts';
import type { Rule } from '../domain/rule.ts';
import { chargesIn, type KeptCharges } from './charges.ts';
import type { AskedClose, Commitment } from './records.ts';
import { RULE_COLUMNS, type RuleRow, toRule } from './rows.ts';
import { type About, situations } from './situation.ts';

interface Amount {
  readonly id: string;
  readonly amount: string;
}

const amounts = (rows: readonly Amount[]): Map<string, Decimal> => new Map(rows.map(({ id, amount }) => [id, decimal(amount)]));

export function books(sql: Sql) {
  return {
    situation: gathered((asked: readonly About[]) => situations(sql, asked)),

    async book(organizationId: string, portfolioId: string): Promise<Book> {
      const { rows } = await sql.query<Amount & { kind: 'CASH' | 'HOLDING' }>(
        `select 'CASH' as kind, currency as id, amount from validation.projected_cash where organization_id = $1 and portfolio_id = $2
         union all select 'HOLDING', instrument_id, quantity from validation.projected_holding where organization_id = $1 and portfolio_id = $2 and quantity <> 0`,
        [organizationId, portfolioId]);
      return { cash: amounts(rows.filter(({ kind }) => kind === 'CASH')), holdings: amounts(rows.filter(({ kind }) => kind === 'HOLDING')) };
    },

    async commitments(organizationId: string, tradeIds: readonly string[]): Promise<ReadonlyMap<string, Commitment>> {
      const { rows } = await sql.query<{ tradeId: string; version: number; instrumentId: string; quantity: string; currency: string; cash: string; charges: KeptCharges | null }>(
        `select trade_id as "tradeId", version, instrument_id as "instrumentId", quantity, currency, cash, charges
         from validation.commitment where organization_id = $1 and trade_id = any($2)`, [organizationId, tradeIds]);
      return new Map(rows.map((row) => [row.tradeId, { ...row, quantity: decimal(row.quantity), cash: decimal(row.cash), charges: chargesIn(row.charges) }]));
    },

    async instruments(organizationId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Instrument>> {
      const { rows } = await sql.query<Instrument & { id: string }>(
        'select id, symbol, asset_class as "assetClass", currency, quote_unit as "quoteUnit" from validation.known_instrument where organization_id = $1 and id = any($2)',
        [organizationId, ids]);
      return new Map(rows.map(({ id, ...instrument }) => [id, instrument]));
    },

    /** For each asked pair the last close on or before the day, by `<instrument> <day>`; pairs without one are missing. */
    async closes(organizationId: string, asked: readonly AskedClose[]): Promise<ReadonlyMap<string, Close>> {
      if (asked.length === 0) return new Map();
      const { rows } = await sql.query<{ instrumentId: string; asked: string; day: string; close: string }>(
        `select asked.instrument_id as "instrumentId", asked.day::text as asked, last.day::text as day, last.close
         from unnest($2::text[], $3::date[]) as asked(instrument_id, day)
         cross join lateral (
           select p.day, p.close from validation.close_price p
           where p.instrument_id = asked.instrument_id and p.organization_id = $1 and p.day <= asked.day order by p.day desc limit 1) last`,
        [organizationId, asked.map(({ instrumentId }) => instrumentId), asked.map(({ day }) => day)]);
      return new Map(rows.map((row) => [`${row.instrumentId} ${row.asked}`, { close: decimal(row.close), day: row.day }]));
    },

    /** The organisation's own rules, oldest first. */
    async ownRules(organizationId: string): Promise<Rule[]> {
      const { rows } = await sql.query<RuleRow>(`select ${RULE_COLUMNS} from validation.compliance_rule where organization_id = $1 order by id`, [organizationId]);
      return rows.map(toRule);
    },
  };
}
