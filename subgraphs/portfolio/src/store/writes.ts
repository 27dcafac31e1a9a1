/** What a transaction of this domain may do. */
import type { Work } from '@pms/events/unit-of-work';
import type { PersonVault } from '@pms/subgraph/person-vault';
import type { Investor } from '../domain/investor.ts';
import type { Portfolio } from '../domain/portfolio.ts';
import { erased, sealedName } from './investors.ts';
import { type PortfolioRow, toPortfolio } from './rows.ts';

/** What came before under the same idempotency key. */
export interface Earlier {
  readonly id: string;
  readonly contentHash: string;
}

export interface Idempotent {
  readonly idempotencyKey: string | null;
  readonly contentHash: string;
}

export type PortfolioWrites = ReturnType<typeof writes>;

const PORTFOLIO = `id, organization_id as "organizationId", name, base_currency as "baseCurrency", lot_method as "lotMethod", status,
  investor_id as "investorId", benchmark_instrument_id as "benchmarkInstrumentId", created_at as "createdAt"`;

export function writes({ sql, outbox, firstSight, firstSights }: Work, vault: PersonVault) {
  async function earlier(table: 'investor' | 'portfolio', organizationId: string, key: string | null): Promise<Earlier> {
    const { rows } = await sql.query<Earlier>(
      `select id, content_hash as "contentHash" from portfolio.${table} where organization_id = $1 and idempotency_key = $2`, [organizationId, key]);
    const [row] = rows;
    if (row === undefined) throw new Error(`no ${table} has the key that was in the way of another`);
    return row;
  }
  return {
    outbox, firstSight, firstSights,

    /** False where there is none, or none any more. */
    eraseInvestor: (organizationId: string, id: string, at: Date): Promise<boolean> => erased(sql, vault, { organizationId, id }, at),

    /** What may be told of the name, once it is inserted; otherwise what was there under its key. */
    async insertInvestor(investor: Investor, { idempotencyKey, contentHash }: Idempotent): Promise<{ readonly name: string } | Earlier> {
      const name = await sealedName(sql, vault, investor);
      const { rowCount } = await sql.query(
        `insert into portfolio.investor (id, organization_id, name, kind, created_at, idempotency_key, content_hash)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id, idempotency_key) do nothing`,
        [investor.id, investor.organizationId, name, investor.kind, investor.createdAt, idempotencyKey, contentHash]);
      return rowCount === 1 ? { name } : earlier('investor', investor.organizationId, idempotencyKey);
    },

    /** Null once it is inserted; otherwise what was there under its key. */
    async insertPortfolio(portfolio: Portfolio, { idempotencyKey, contentHash }: Idempotent): Promise<Earlier | null> {
      const { rowCount } = await sql.query(
        `insert into portfolio.portfolio (id, organization_id, name, base_currency, lot_method, status, investor_id, benchmark_instrument_id, created_at, idempotency_key, content_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (organization_id, idempotency_key) do nothing`,
        [portfolio.id, portfolio.organizationId, portfolio.name, portfolio.baseCurrency, portfolio.lotMethod, portfolio.status,
          portfolio.investorId, portfolio.benchmarkInstrumentId, portfolio.createdAt, idempotencyKey, contentHash]);
      return rowCount === 1 ? null : earlier('portfolio', portfolio.organizationId, idempotencyKey);
    },

    /** Locked until the transaction ends, so that two changes do not overwrite each other. */
    async portfolioForUpdate(organizationId: string, id: string): Promise<Portfolio | null> {
      const { rows } = await sql.query<Omit<PortfolioRow, 'targets'>>(
        `select ${PORTFOLIO} from portfolio.portfolio where organization_id = $1 and id = $2 for update`, [organizationId, id]);
      const [row] = rows;
      if (row === undefined) return null;
      const targets = await sql.query<{ instrumentId: string; weight: string }>(
        'select instrument_id as "instrumentId", weight from portfolio.target_weight where portfolio_id = $1', [id]);
      return toPortfolio({ ...row, targets: targets.rows.map(({ instrumentId, weight }) => ({ instrumentId, weight: { toFixed: () => weight } })) });
    },

    async savePortfolio(portfolio: Portfolio): Promise<void> {
      await sql.query(
        'update portfolio.portfolio set name = $2, lot_method = $3, status = $4, investor_id = $5, benchmark_instrument_id = $6 where id = $1',
        [portfolio.id, portfolio.name, portfolio.lotMethod, portfolio.status, portfolio.investorId, portfolio.benchmarkInstrumentId]);
    },

    async replaceTargets({ id, organizationId, targets }: Portfolio): Promise<void> {
      await sql.query('delete from portfolio.target_weight where portfolio_id = $1', [id]);
      await sql.query(
        `insert into portfolio.target_weight (portfolio_id, organization_id, instrument_id, weight)
         select $1, $2, instrument_id, weight from unnest($3::text[], $4::numeric[]) as t(instrument_id, weight)`,
        [id, organizationId, targets.map(({ instrumentId }) => instrumentId), targets.map(({ weight }) => weight.toFixed())]);
    },

    async knowInstruments(instruments: readonly { readonly id: string; readonly organizationId: string }[]): Promise<void> {
      await sql.query(
        'insert into portfolio.known_instrument (id, organization_id) select * from unnest($1::text[], $2::text[]) on conflict (id) do nothing',
        [instruments.map(({ id }) => id), instruments.map(({ organizationId }) => organizationId)]);
    },
  };
}
