/** Investors that users stand for: which there are, and whose portfolios a user sees. */
import type { Sql } from '@pms/events/sql';
import type { User } from '../domain/user.ts';

export function investorWrites(sql: Sql) {
  return {
    async knowInvestors(investors: readonly { readonly id: string; readonly organizationId: string }[]): Promise<void> {
      await sql.query('insert into auth.known_investor (id, organization_id) select * from unnest($1::text[], $2::text[]) on conflict (id) do nothing',
        [investors.map(({ id }) => id), investors.map(({ organizationId }) => organizationId)]);
    },
    saveInvestors: async ({ id, investorIds }: User): Promise<void> => void (await sql.query('update auth."user" set investor_ids = $2 where id = $1', [id, investorIds])),
  };
}
