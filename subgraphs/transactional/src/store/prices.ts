/** Closes of instruments, in their currencies, as market data tells of them: append-only, so that a value read as known at a time stays what it was. */
import type { Sql } from '@pms/events/sql';
import { type Decimal, decimal } from '@pms/money';

export interface Close {
  readonly close: Decimal;
  /** The day that it is of. */
  readonly date: string;
}

export interface NewClose {
  readonly instrumentId: string;
  readonly date: string;
  /** Decimal text. */
  readonly close: string;
}

const LOCK = 'transactional.price';

export const priceReads = (sql: Sql) => ({
  /** Of each instrument the last close on or before the day; instruments without one are missing. */
  async closesOn(organizationId: string, instrumentIds: readonly string[], on: string, knownAt: string | null): Promise<Map<string, Close>> {
    // who is recording prices now may have taken an earlier time than `knownAt`: a value read with it must not change once they commit
    if (knownAt !== null) await sql.query('select pg_advisory_xact_lock_shared(hashtextextended($1 || $2, 0))', [LOCK, organizationId]);
    const { rows } = await sql.query<{ id: string; date: string; close: string }>(
      `select i.id, p.day::text as date, p.close from unnest($2::text[]) as i(id) cross join lateral (
         select day, close from transactional.price where organization_id = $1 and instrument_id = i.id and day <= $3::date and ($4::timestamptz is null or recorded_at <= $4)
         order by day desc, recorded_at desc limit 1) as p`, [organizationId, instrumentIds, on, knownAt]);
    return new Map(rows.map(({ id, date, close }) => [id, { close: decimal(close), date }]));
  },
});

export const priceWrites = (sql: Sql) => ({
  /** Those that are new or have changed. */
  async keepCloses(organizationId: string, closes: readonly NewClose[]): Promise<void> {
    if (closes.length === 0) return;
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1 || $2, 0))', [LOCK, organizationId]);
    await sql.query(
      `with clock as materialized (select clock_timestamp() as at)
       insert into transactional.price (organization_id, instrument_id, day, close, recorded_at)
       select $1, n.instrument_id, n.day, n.close, clock.at from clock, unnest($2::text[], $3::date[], $4::numeric[]) as n(instrument_id, day, close)
       left join lateral (select p.close from transactional.price p where p.organization_id = $1 and p.instrument_id = n.instrument_id and p.day = n.day
         order by p.recorded_at desc limit 1) as was on true
       where was.close is distinct from n.close`,
      [organizationId, closes.map(({ instrumentId }) => instrumentId), closes.map(({ date }) => date), closes.map(({ close }) => close)]);
  },
});
