/** Where the chains are kept. Entries are added and read; nothing here can change or remove one, nor would the database allow it. */
import type { Sql } from '@pms/events/sql';
import type { UnitOfWork, Work } from '@pms/events/unit-of-work';
import type { Page } from '@pms/subgraph/connection';
import type { PersonVault } from '@pms/subgraph/person-vault';
import type { ChainedEntry, Head } from '../domain/hash-chain.ts';
import { checkpoints } from './checkpoints.ts';
import { peopleReads, peopleWrites } from './people.ts';
import { ENTRY, type EntryRow, HEAD, type HeadRow, type SealedHead, toEntry, toSealedHead } from './rows.ts';

export type AuditStore = ReturnType<typeof auditStore>;
export type AuditWrites = ReturnType<typeof writes>;

export interface TrailFilter {
  readonly subject?: string | null | undefined;
  /** About all of them. */
  readonly subjects?: readonly string[] | undefined;
  /** Done by this person, or about them. */
  readonly person?: string | undefined;
  readonly type?: string | null | undefined;
  /** Part of a reason, in any letters. */
  readonly reason?: string | null | undefined;
  readonly actor?: string | null | undefined;
  readonly action?: string | null | undefined;
  readonly correlationId?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

export function auditStore(sql: Sql, work: UnitOfWork, vault: PersonVault) {
  return {
    transaction: <T>(steps: (tx: AuditWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit, vault))),

    async trail(organizationId: string, filter: TrailFilter, page: Pick<Page, 'from' | 'backward' | 'limit'>): Promise<ChainedEntry[]> {
      const { rows } = await sql.query<EntryRow>(
        `select ${ENTRY} from audit.chain_entry where organization_id = $1 ${within(page, '$2')}
           and ($3::text[] is null or subjects @> $3) and ($4::text is null or actor = $4) and ($5::text is null or action = $5)
           and ($6::text is null or correlation_id = $6) and ($7::timestamptz is null or occurred_at >= $7) and ($8::timestamptz is null or occurred_at <= $8)
           and ($9::text is null or actor = $9 or subjects @> array[$9]) and ($10::text is null or type = $10) and ($11::text is null or position(lower($11) in lower(reason)) > 0)
         order by seq ${page.backward ? 'desc' : 'asc'} limit ${page.limit}`,
        [organizationId, cursorOf(page), aboutAll(filter), filter.actor ?? null, filter.action ?? null, filter.correlationId ?? null, filter.from ?? null, filter.to ?? null,
          filter.person ?? null, filter.type ?? null, filter.reason ?? null]);
      return rows.map(toEntry);
    },

    /** A page for each of several trades or portfolios, in one statement. */
    async trailsOf(organizationId: string, of: 'trade' | 'portfolio', ids: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly ChainedEntry[]>> {
      const { rows } = await sql.query<EntryRow & { readonly wanted: string }>(
        `select wanted.id as wanted, entry.* from unnest($2::text[]) as wanted(id) cross join lateral (
           select ${ENTRY} from audit.chain_entry where organization_id = $1 and data ->> '${of}Id' = wanted.id ${within(page, '$3')}
           order by seq ${page.backward ? 'desc' : 'asc'} limit ${page.limit}) as entry`,
        [organizationId, ids, cursorOf(page)]);
      return new Map([...Map.groupBy(rows, ({ wanted }) => wanted)].map(([id, found]) => [id, found.map(toEntry)]));
    },

    async head(organizationId: string): Promise<SealedHead | null> {
      const { rows } = await sql.query<HeadRow>(`select ${HEAD} from audit.chain_head where organization_id = $1`, [organizationId]);
      return rows[0] === undefined ? null : toSealedHead(rows[0]);
    },

    /** Those that have a chain. */
    async organizations(): Promise<string[]> {
      const { rows } = await sql.query<{ organization_id: string }>('select organization_id from audit.chain_head order by organization_id');
      return rows.map(({ organization_id: id }) => id);
    },

    /** The sequence numbers of the first and the last entry recorded within the bounds; null when there is none. */
    async range(organizationId: string, from: string | null, to: string | null): Promise<{ readonly first: number; readonly last: number } | null> {
      const { rows } = await sql.query<{ first: string | null; last: string | null }>(
        `select min(seq) as first, max(seq) as last from audit.chain_entry
         where organization_id = $1 and ($2::timestamptz is null or recorded_at >= $2) and ($3::timestamptz is null or recorded_at <= $3)`,
        [organizationId, from, to]);
      const { first, last } = rows[0] ?? { first: null, last: null };
      return first === null || last === null ? null : { first: Number(first), last: Number(last) };
    },

    /** Entries behind `after` and up to `upTo`, in order, a page at a time, so that a chain of any length fits into memory. */
    async *entries(organizationId: string, after: number, upTo: number, pageSize: number): AsyncGenerator<readonly ChainedEntry[]> {
      for (let last = after; ;) {
        const { rows } = await sql.query<EntryRow>(
          `select ${ENTRY} from audit.chain_entry where organization_id = $1 and seq > $2 and seq <= $3 order by seq limit ${pageSize}`, [organizationId, last, upTo]);
        const page = rows.map(toEntry);
        if (page.length > 0) yield page;
        if (page.length < pageSize) return;
        last = page.at(-1)?.seq ?? upTo;
      }
    },
    checkpoints: checkpoints(sql),
    people: peopleReads(sql, vault),
    ready: async (): Promise<void> => void (await sql.query('select 1')),
  };
}

function aboutAll({ subject, subjects = [] }: TrailFilter): readonly string[] | null {
  const all = [...(subject == null ? [] : [subject]), ...subjects];
  return all.length === 0 ? null : all;
}

const cursorOf = ({ from }: Pick<Page, 'from'>): string | null => from?.[0] ?? null;

const within = ({ backward }: Pick<Page, 'backward'>, parameter: string): string =>
  `and (${parameter}::bigint is null or seq ${backward ? '<' : '>'} ${parameter}::bigint)`;

function writes({ sql, firstSights, outbox }: Work, vault: PersonVault) {
  const people = peopleWrites(sql, vault);
  return {
    firstSights,
    outbox,
    people,
    seal: people.seal,
    checkpoints: checkpoints(sql),

    /** Locked until the transaction ends, so that a chain has one writer at a time and no fork. */
    async headForUpdate(empty: Head): Promise<Head> {
      await sql.query(
        `insert into audit.chain_head (organization_id, seq, hash, recorded_at, seal) values ($1, $2, $3, $4, '') on conflict (organization_id) do nothing`,
        [empty.organizationId, empty.seq, empty.hash, empty.recordedAt]);
      const { rows } = await sql.query<HeadRow>(`select ${HEAD} from audit.chain_head where organization_id = $1 for update`, [empty.organizationId]);
      return rows[0] === undefined ? empty : toSealedHead(rows[0]).head;
    },

    async append(entries: readonly ChainedEntry[]): Promise<void> {
      const columns = [
        entries.map(({ organizationId }) => organizationId), entries.map(({ seq }) => seq), entries.map(({ eventId }) => eventId), entries.map(({ type }) => type),
        entries.map(({ action }) => action), entries.map(({ actor }) => actor), entries.map(({ subjects }) => JSON.stringify(subjects)),
        entries.map(({ occurredAt }) => occurredAt), entries.map(({ recordedAt }) => recordedAt), entries.map(({ reason }) => reason),
        entries.map(({ correlationId }) => correlationId), entries.map(({ causationId }) => causationId), entries.map(({ data }) => JSON.stringify(data)),
        entries.map(({ previousHash }) => previousHash), entries.map(({ hash }) => hash),
      ];
      await sql.query(
        `insert into audit.chain_entry (organization_id, seq, event_id, type, action, actor, subjects, occurred_at, recorded_at, reason, correlation_id, causation_id, data, previous_hash, hash)
         select organization_id, seq, event_id, type, action, actor, array(select jsonb_array_elements_text(subjects)), occurred_at, recorded_at, reason, correlation_id, causation_id, data, previous_hash, hash
         from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::jsonb[], $14::text[], $15::text[])
           as e(organization_id, seq, event_id, type, action, actor, subjects, occurred_at, recorded_at, reason, correlation_id, causation_id, data, previous_hash, hash)`, columns);
    },

    async moveHead({ organizationId, seq, hash, recordedAt }: Head, seal: string): Promise<void> {
      await sql.query('update audit.chain_head set seq = $2, hash = $3, recorded_at = $4, seal = $5 where organization_id = $1', [organizationId, seq, hash, recordedAt, seal]);
    },
  };
}
