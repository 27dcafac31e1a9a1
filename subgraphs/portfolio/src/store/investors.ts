/** Investors may be people: their names are sealed under a key of each, which is destroyed with them. */
import type { Sql, Transactions } from '@pms/events/sql';
import { isSealed, type Opener, type PersonVault } from '@pms/subgraph/person-vault';
import type { Investor, InvestorKind } from '../domain/investor.ts';

export interface InvestorRow {
  readonly id: string;
  readonly organizationId: string;
  /** Sealed. */
  readonly name: string;
  readonly kind: string;
  readonly createdAt: Date;
}

/** What is left of the name of an investor who was erased. */
const ERASED = 'Erased';
const AT_ONCE = 500;
/** Stands where sealed text was: nobody can open it. */
const UNREADABLE = 'sealed:1:';

const personOf = ({ organizationId, id }: Pick<Investor, 'organizationId' | 'id'>) => ({ organizationId, personId: id });

/** Checks in the database keep the kind within its union. */
const toInvestor = (row: InvestorRow, open: Opener): Investor => {
  const { id, organizationId, name, kind, createdAt } = row;
  return { id, organizationId, name: open(personOf(row), 'name', name) ?? ERASED, kind: kind as InvestorKind, createdAt };
};

export async function investorsOf(sql: Sql, vault: PersonVault, rows: readonly InvestorRow[]): Promise<Investor[]> {
  const open = await vault.opener(sql, rows.map(personOf));
  return rows.map((row) => toInvestor(row, open));
}

/** What may be told of the name. */
export async function sealedName(sql: Sql, vault: PersonVault, investor: Investor): Promise<string> {
  const sealed = await vault.seal(sql, personOf(investor), { name: investor.name });
  if (sealed === null) throw new Error(`${investor.id} was erased`);
  return sealed.name;
}

/** False where there is none, or none any more. The hash of what was asked for could be guessed from a name, so it goes, too. */
export async function erased(sql: Sql, vault: PersonVault, { organizationId, id }: Pick<Investor, 'organizationId' | 'id'>, at: Date): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update portfolio.investor set name = '${UNREADABLE}', content_hash = '', erased_at = $3 where organization_id = $1 and id = $2 and erased_at is null`, [organizationId, id, at]);
  if (rowCount === 1) await vault.erase(sql, personOf({ organizationId, id }), at);
  return rowCount === 1;
}

/** Seals names that a release before sealing left as they were typed. */
export async function sealStored(database: Transactions, vault: PersonVault): Promise<void> {
  for (let after = ''; ;) {
    const rows = await database.transaction(async (sql) => {
      const found = await sql.query<{ id: string; organizationId: string; name: string }>(
        `select id, organization_id as "organizationId", name from portfolio.investor where id > $1 and erased_at is null and not starts_with(name, 'sealed:') order by id limit ${AT_ONCE} for update skip locked`, [after]);
      for (const { name, ...investor } of found.rows) {
        if (isSealed(name)) continue;
        const sealed = await vault.seal(sql, personOf(investor), { name });
        if (sealed !== null) await sql.query('update portfolio.investor set name = $2 where id = $1', [investor.id, sealed.name]);
      }
      return found.rows;
    });
    const last = rows.at(-1);
    if (rows.length < AT_ONCE || last === undefined) return;
    after = last.id;
  }
}
