/** What the books keep of portfolios, instruments and people, which are other domains' to change. */
import type { Sql } from '@pms/events/sql';
import { lotMethodOf } from '../domain/lot-methods.ts';
import type { LotMethod } from '../domain/lots.ts';
import type { Cash } from '../domain/cash.ts';
import { CASH, type CashRow, toCash } from './rows.ts';

interface KnownPortfolio {
  readonly portfolioId: string;
  readonly name: string;
  readonly baseCurrency: string;
  readonly lotMethod: string;
  readonly investorId: string | null;
}

interface KnownInstrument {
  readonly id: string;
  readonly organizationId: string;
  readonly currency: string;
  readonly mic: string | null;
  readonly symbol: string;
  readonly isin: string | null;
  readonly name: string;
}

export function knownReads(sql: Sql) {
  return {
    /** Those of the portfolios that are one of these investors'. */
    async portfoliosOfInvestors(organizationId: string, investors: readonly string[], ids: readonly string[]): Promise<ReadonlySet<string>> {
      const { rows } = await sql.query<{ id: string }>(
        'select id from transactional.portfolio where organization_id = $1 and investor_id = any($2) and id = any($3)', [organizationId, investors, ids]);
      return new Set(rows.map(({ id }) => id));
    },
    async knowsPerson(organizationId: string, id: string): Promise<boolean> {
      return (await sql.query('select from transactional.known_person where organization_id = $1 and id = $2', [organizationId, id])).rowCount === 1;
    },
  };
}

export function knownWrites(sql: Sql) {
  return {
    async insertPortfolio(organizationId: string, { portfolioId, name, baseCurrency, lotMethod, investorId }: KnownPortfolio): Promise<void> {
      await sql.query(
        'insert into transactional.portfolio (id, organization_id, name, base_currency, lot_method, investor_id) values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing',
        [portfolioId, organizationId, name, baseCurrency, lotMethod, investorId]);
    },
    async savePortfolioOwner({ id }: { readonly id: string }, { name, investorId }: Pick<KnownPortfolio, 'name' | 'investorId'>): Promise<void> {
      await sql.query('update transactional.portfolio set name = $2, investor_id = $3 where id = $1', [id, name, investorId]);
    },
    /** The method as lots know it; null where it is the one that holds already. */
    async saveLotMethod({ id }: { readonly id: string }, lotMethod: string): Promise<LotMethod | null> {
      const { rowCount } = await sql.query('update transactional.portfolio set lot_method = $2 where id = $1 and lot_method <> $2', [id, lotMethod]);
      return rowCount === 1 ? lotMethodOf(lotMethod) : null;
    },
    async closePortfolio(portfolioId: string): Promise<void> {
      await sql.query('update transactional.portfolio set closed = true where id = $1', [portfolioId]);
    },
    async insertInstruments(instruments: readonly KnownInstrument[]): Promise<void> {
      await sql.query(
        `insert into transactional.instrument (id, organization_id, currency, mic, symbol, isin, name)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) on conflict (id) do nothing`,
        [instruments.map(({ id }) => id), instruments.map(({ organizationId }) => organizationId), instruments.map(({ currency }) => currency), instruments.map(({ mic }) => mic),
          instruments.map(({ symbol }) => symbol), instruments.map(({ isin }) => isin), instruments.map(({ name }) => name)]);
    },
    async insertPeople(people: readonly { readonly id: string; readonly organizationId: string }[]): Promise<void> {
      await sql.query('insert into transactional.known_person (id, organization_id) select * from unnest($1::text[], $2::text[]) on conflict (id) do nothing',
        [people.map(({ id }) => id), people.map(({ organizationId }) => organizationId)]);
    },
    async removePerson(organizationId: string, id: string): Promise<void> {
      await sql.query('delete from transactional.known_person where organization_id = $1 and id = $2', [organizationId, id]);
    },
    /** What was answered to this key before; null for a key that is new. */
    async movement(organizationId: string, key: string): Promise<{ readonly id: string; readonly contentHash: string; readonly after: Cash } | null> {
      const { rows: [row] } = await sql.query<CashRow & { id: string; content_hash: string }>(
        `select id, content_hash, ${CASH} from transactional.cash_movement where organization_id = $1 and idempotency_key = $2`, [organizationId, key]);
      return row === undefined ? null : { id: row.id, contentHash: row.content_hash, after: toCash(row) };
    },
  };
}
