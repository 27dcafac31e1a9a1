/** Keys of what is personal in the trail, for how long it is kept, and whom a legal hold protects. */
import type { Sql } from '@pms/events/sql';
import { type Opener, type Person, type PersonVault } from '@pms/subgraph/person-vault';

/** Of one person, whatever the month. */
const OWN = `(person_id = $2 or starts_with(person_id, $2 || '/'))`;

export interface SealedClient {
  readonly correlationId: string;
  readonly eventId: string;
  readonly actor: string;
  readonly occurredAt: Date;
  readonly client: string;
}

export const peopleReads = (sql: Sql, vault: PersonVault) => ({
  opener: (people: readonly Person[]): Promise<Opener> => vault.opener(sql, people),

  /** The clients of these requests, by their correlation ids; the latest of each. */
  async clientsOf(organizationId: string, correlationIds: readonly string[]): Promise<SealedClient[]> {
    const { rows } = await sql.query<SealedClient>(
      `select distinct on (correlation_id) correlation_id as "correlationId", event_id as "eventId", actor, occurred_at as "occurredAt", data ->> 'client' as client
         from audit.chain_entry where organization_id = $1 and correlation_id = any($2) and type = 'audit.access-recorded.v1' and data ->> 'client' is not null
        order by correlation_id, seq desc`, [organizationId, correlationIds]);
    return rows;
  },

  async retentionRules(organizationId: string): Promise<ReadonlyMap<string, number>> {
    const { rows } = await sql.query<{ kind: string; days: number }>('select kind, days from audit.retention_rule where organization_id = $1', [organizationId]);
    return new Map(rows.map(({ kind, days }) => [kind, days]));
  },

  /** Those that have anything to keep or to let go. */
  async withClientKeys(): Promise<string[]> {
    const { rows } = await sql.query<{ id: string }>('select distinct organization_id as id from audit.person_key where wrapped_key is not null order by organization_id');
    return rows.map(({ id }) => id);
  },
});

export const peopleWrites = (sql: Sql, vault: PersonVault) => ({
  seal: <Name extends string>(person: Person, texts: Readonly<Record<Name, string>>) => vault.seal(sql, person, texts),

  /** Everything that was sealed for the person, of whichever month. */
  async erasePerson(organizationId: string, personId: string, at: Date): Promise<void> {
    await sql.query(`update audit.person_key set wrapped_key = null, destroyed_at = $3 where organization_id = $1 and ${OWN} and destroyed_at is null`, [organizationId, personId, at]);
    await vault.erase(sql, { organizationId, personId }, at);
  },

  async hold({ organizationId, legalHoldId, personId }: { readonly organizationId: string; readonly legalHoldId: string; readonly personId: string }, released: boolean): Promise<void> {
    await sql.query(
      `insert into audit.held_person (organization_id, legal_hold_id, person_id, released) values ($1, $2, $3, $4)
       on conflict (organization_id, legal_hold_id) do update set released = held_person.released or excluded.released`, [organizationId, legalHoldId, personId, released]);
  },

  /** Resolves to the days before; null where the default held. */
  async setRetention(organizationId: string, { kind, days }: { readonly kind: string; readonly days: number }, by: { readonly actor: string; readonly at: Date }): Promise<number | null> {
    const { rows: [before] } = await sql.query<{ days: number }>('select days from audit.retention_rule where organization_id = $1 and kind = $2 for update', [organizationId, kind]);
    await sql.query(
      `insert into audit.retention_rule (organization_id, kind, days, set_by, set_at) values ($1, $2, $3, $4, $5)
       on conflict (organization_id, kind) do update set days = excluded.days, set_by = excluded.set_by, set_at = excluded.set_at`, [organizationId, kind, days, by.actor, by.at]);
    return before?.days ?? null;
  },

  /** Destroys keys of months before `month` (`2026-11`), but those of people on whom a legal hold stands. */
  async letGo(organizationId: string, month: string, at: Date): Promise<{ readonly destroyed: number; readonly held: number }> {
    const old = `organization_id = $1 and wrapped_key is not null and position('/' in person_id) > 0 and split_part(person_id, '/', 2) < $2`;
    const protectedOnes = `split_part(person_id, '/', 1) in (select h.person_id from audit.held_person h where h.organization_id = $1 and not h.released)`;
    const { rows: [held] } = await sql.query<{ count: string }>(`select count(*) from audit.person_key where ${old} and ${protectedOnes}`, [organizationId, month]);
    const { rowCount } = await sql.query(`update audit.person_key set wrapped_key = null, destroyed_at = $3 where ${old} and not ${protectedOnes}`, [organizationId, month, at]);
    return { destroyed: rowCount, held: Number(held?.count ?? 0) };
  },
});
