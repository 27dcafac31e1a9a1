/**
 * Published exchange rates as several domains keep them, each in its own table `<schema>.fx_rate` (organization_id, base, quote, day, rate,
 * recorded_at): append-only, so that a figure read as known at a time keeps its rate when that rate is corrected later.
 */
import type { Sql } from '@pms/events/sql';
import { decimal, text, type Decimal } from '@pms/money';
import { lastOnOrBefore, pairsFor, type Published, type RateAsked } from '@pms/money/fx';

export interface PublishedRate {
  readonly base: string;
  readonly quote: string;
  /** ISO 8601 day. */
  readonly date: string;
  readonly rate: Decimal;
}

export interface RateStore {
  /** What `rateOn` needs for these questions, in one statement. `knownAt`, RFC 3339: rates recorded later are left out. */
  published(organizationId: string, asked: readonly RateAsked[], knownAt?: string | null): Promise<Published>;
  /** The same for many days of some pairs: all that was published from a day on. As known now. */
  seriesOf(organizationId: string, pairs: readonly Pick<RateAsked, 'base' | 'quote'>[], from: string): Promise<Published>;
  /** The rates that are new or were others, recorded as of now. Within a transaction. */
  keepRates(organizationId: string, rates: readonly PublishedRate[]): Promise<PublishedRate[]>;
}

const key = (base: string, quote: string, on: string): string => `${base}/${quote} ${on}`;

export function rateStore(sql: Sql, schema: string): RateStore {
  const lock = `${schema}.fx_rate`;
  return {
    async published(organizationId, asked, knownAt = null) {
      const wanted = new Map(asked.flatMap(({ on, ...pair }) => pairsFor(pair).map(([base, quote]) => [key(base, quote, on), { base, quote, on }] as const)));
      if (wanted.size === 0) return () => null;
      // who is recording rates now may have taken an earlier time than `knownAt`: a figure read with it must not change once they commit
      if (knownAt !== null) await sql.query('select pg_advisory_xact_lock_shared(hashtextextended($1 || $2, 0))', [lock, organizationId]);
      const pairs = [...wanted.values()];
      const { rows } = await sql.query<{ base: string; quote: string; on: string; date: string; rate: string }>(
        `select a.base, a.quote, a.day::text as "on", r.day::text as date, r.rate from unnest($2::text[], $3::text[], $4::date[]) as a(base, quote, day)
         cross join lateral (select f.day, f.rate from ${schema}.fx_rate f
           where f.organization_id = $1 and f.base = a.base and f.quote = a.quote and f.day <= a.day and ($5::timestamptz is null or f.recorded_at <= $5)
           order by f.day desc, f.recorded_at desc limit 1) as r`,
        [organizationId, pairs.map(({ base }) => base), pairs.map(({ quote }) => quote), pairs.map(({ on }) => on), knownAt]);
      const found = new Map(rows.map((row) => [key(row.base, row.quote, row.on), { rate: decimal(row.rate), date: row.date }]));
      return (base, quote, on) => found.get(key(base, quote, on)) ?? null;
    },

    async seriesOf(organizationId, asked, from) {
      const pairs = [...new Map(asked.flatMap((pair) => pairsFor(pair)).map(([base, quote]) => [`${base}/${quote}`, { base, quote }])).values()];
      if (pairs.length === 0) return () => null;
      const { rows } = await sql.query<{ base: string; quote: string; date: string; rate: string }>(
        `select distinct on (f.base, f.quote, f.day) f.base, f.quote, f.day::text as date, f.rate from unnest($2::text[], $3::text[]) as a(base, quote)
         join ${schema}.fx_rate f on f.organization_id = $1 and f.base = a.base and f.quote = a.quote and f.day >= $4::date
         order by f.base, f.quote, f.day, f.recorded_at desc`, [organizationId, pairs.map(({ base }) => base), pairs.map(({ quote }) => quote), from]);
      const series = Map.groupBy(rows.map((row) => ({ ...row, rate: decimal(row.rate) })), ({ base, quote }) => `${base}/${quote}`);
      return (base, quote, on) => lastOnOrBefore(series.get(`${base}/${quote}`) ?? [], on);
    },

    async keepRates(organizationId, rates) {
      if (rates.length === 0) return [];
      await sql.query('select pg_advisory_xact_lock(hashtextextended($1 || $2, 0))', [lock, organizationId]);
      const { rows } = await sql.query<{ base: string; quote: string; date: string; rate: string }>(
        `with clock as materialized (select clock_timestamp() as at)
         insert into ${schema}.fx_rate (organization_id, base, quote, day, rate, recorded_at)
         select $1, n.base, n.quote, n.day, n.rate, clock.at from clock, unnest($2::text[], $3::text[], $4::date[], $5::numeric[]) as n(base, quote, day, rate)
         left join lateral (select f.rate from ${schema}.fx_rate f where f.organization_id = $1 and f.base = n.base and f.quote = n.quote and f.day = n.day
           order by f.recorded_at desc limit 1) as was on true
         where was.rate is distinct from n.rate
         returning base, quote, day::text as date, rate`,
        [organizationId, rates.map(({ base }) => base), rates.map(({ quote }) => quote), rates.map(({ date }) => date), rates.map(({ rate }) => text(rate))]);
      return rows.map(({ rate, ...row }) => ({ ...row, rate: decimal(rate) }));
    },
  };
}
