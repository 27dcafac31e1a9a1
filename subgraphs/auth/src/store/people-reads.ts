/** What is on record about one person, besides their row. */
import type { Sql } from '@pms/events/sql';
import type { LegalHold } from '../domain/legal-hold.ts';
import type { PeopleKeys } from './people-keys.ts';

export interface ToldOf {
  readonly type: string;
  readonly at: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

const TOLD_MAX = 10_000;

export const peopleReads = (sql: Sql, { vault }: PeopleKeys) => ({
  async sessions(userId: string): Promise<number> {
    const { rows: [row] } = await sql.query<{ count: string }>(`select count(*) from auth.oauth_artifact where account_id = $1 and model in ('Session', 'RefreshToken') and expires_at > now()`, [userId]);
    return Number(row?.count ?? 0);
  },
  async holds(organizationId: string, personId: string): Promise<LegalHold[]> {
    const { rows } = await sql.query<LegalHold>(
      `select id, organization_id as "organizationId", person_id as "personId", reason, placed_by as "placedBy", placed_at as "placedAt", released_by as "releasedBy", released_at as "releasedAt"
         from auth.legal_hold where organization_id = $1 and person_id = $2 order by placed_at`, [organizationId, personId]);
    return rows;
  },
  /** The latest of them, oldest first. */
  async told(organizationId: string, userId: string): Promise<ToldOf[]> {
    const { rows } = await sql.query<Omit<ToldOf, 'at'> & { readonly at: Date }>(
      `select type, occurred_at as at, actor, reason, data from auth.outbox_event where organization_id = $1 and key = $2 order by seq desc limit ${TOLD_MAX}`, [organizationId, userId]);
    const person = { organizationId, personId: userId };
    const open = await vault.opener(sql, [person]);
    const opened = (data: ToldOf['data']): ToldOf['data'] =>
      Object.fromEntries(Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? open(person, name, value) : value]));
    return rows.toReversed().map(({ at, data, ...row }) => ({ ...row, at: at.toISOString(), data: opened(data) }));
  },
});
