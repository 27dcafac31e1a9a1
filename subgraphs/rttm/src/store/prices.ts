/** Daily closes in the database. A real close replaces any other; a simulated one is only added where there is none. */
import type { Sql } from '@pms/events/sql';
import { decimal, type Decimal, text } from '@pms/money';
import type { QuoteUnit } from '@pms/money/quote-unit';
import type { Day } from '../domain/days.ts';
import type { Close } from '../domain/prices.ts';

interface PriceRow {
  readonly instrument_id: string;
  readonly date: Day;
  readonly close: string;
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  readonly volume: string | null;
  readonly simulated: boolean;
}

const COLUMNS = 'instrument_id, date::text, close, open, high, low, volume, simulated';

const exact = (value: string | null): Decimal | null => (value === null ? null : decimal(value));
const closeOf = (row: PriceRow): Close => ({
  date: row.date, close: decimal(row.close), open: exact(row.open), high: exact(row.high), low: exact(row.low), volume: exact(row.volume), simulated: row.simulated,
});

const grouped = (rows: readonly PriceRow[]): ReadonlyMap<string, Close[]> =>
  new Map([...Map.groupBy(rows, (row) => row.instrument_id)].map(([id, of]) => [id, of.map(closeOf)]));

/** Closes of each instrument, by its id; instruments without any are missing. */
export type ClosesByInstrument = ReadonlyMap<string, readonly Close[]>;

export function priceReads(sql: Sql) {
  return {
    /** Oldest first; both days included. */
    async priceHistory(organizationId: string, ids: readonly string[], from: Day, to: Day): Promise<ClosesByInstrument> {
      const { rows } = await sql.query<PriceRow>(
        `select ${COLUMNS} from rttm.price where organization_id = $1 and instrument_id = any($2) and date between $3 and $4 order by instrument_id, date`,
        [organizationId, ids, from, to]);
      return grouped(rows);
    },
    /** The two newest of each, newest first. */
    async newestCloses(organizationId: string, ids: readonly string[]): Promise<ClosesByInstrument> {
      const { rows } = await sql.query<PriceRow>(
        `select p.instrument_id, p.date::text, close, open, high, low, volume, simulated from unnest($2::text[]) as i(id)
         cross join lateral (select * from rttm.price where instrument_id = i.id and organization_id = $1 order by date desc limit 2) as p
         order by p.instrument_id, p.date desc`,
        [organizationId, ids]);
      return grouped(rows);
    },
    /** The newest real closes, oldest first: what the tape is calibrated on. */
    async realCloses(instrumentId: string, limit: number): Promise<readonly Close[]> {
      const { rows } = await sql.query<PriceRow>(
        `select ${COLUMNS} from rttm.price where instrument_id = $1 and not simulated order by price.date desc limit $2`, [instrumentId, limit]);
      return rows.map(closeOf).toReversed();
    },
    /** The newest close before a day, real or simulated. */
    async closeBefore(instrumentId: string, day: Day): Promise<Close | null> {
      const { rows: [row] } = await sql.query<PriceRow>(
        `select ${COLUMNS} from rttm.price where instrument_id = $1 and price.date < $2 order by price.date desc limit 1`, [instrumentId, day]);
      return row === undefined ? null : closeOf(row);
    },
    /** Instruments of all organisations with at least so many real closes. */
    async instrumentsWithRealCloses(closesMin: number): Promise<readonly TapedInstrument[]> {
      const { rows } = await sql.query<{ id: string; organization_id: string; symbol: string; asset_class: string; currency: string; quote_unit: QuoteUnit | null; version: string }>(
        `select i.id, i.organization_id, i.symbol, i.asset_class, i.currency, i.quote_unit, p.closes || ' until ' || p.recorded_at as version from rttm.instrument as i
         cross join lateral (select count(*) as closes, max(recorded_at) as recorded_at from rttm.price where instrument_id = i.id and not simulated) as p
         where p.closes >= $1 order by i.id`, [closesMin]);
      return rows.map((row) => ({
        id: row.id, organizationId: row.organization_id, symbol: row.symbol, assetClass: row.asset_class, currency: row.currency, quoteUnit: row.quote_unit, version: row.version,
      }));
    },
  };
}

export interface TapedInstrument {
  readonly id: string;
  readonly organizationId: string;
  readonly symbol: string;
  readonly assetClass: string;
  readonly currency: string;
  readonly quoteUnit: QuoteUnit | null;
  /** Another text once real closes were added or changed. */
  readonly version: string;
}

/** Records closes of one instrument and resolves to those that are new or changed, by day. Holds the instrument's row, so that its records are serial. */
export async function recordCloses(sql: Sql, organizationId: string, instrumentId: string, closes: readonly Close[], at: Date): Promise<Close[]> {
  await sql.query('select 1 from rttm.instrument where id = $1 for update', [instrumentId]);
  const { rows } = await sql.query<PriceRow>(
    `insert into rttm.price as p (instrument_id, date, organization_id, close, open, high, low, volume, simulated, recorded_at)
     select $1, d.date, $2, d.close, d.open, d.high, d.low, d.volume, d.simulated, $3
     from unnest($4::date[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::boolean[]) as d(date, close, open, high, low, volume, simulated)
     on conflict (instrument_id, date) do update
       set close = excluded.close, open = excluded.open, high = excluded.high, low = excluded.low, volume = excluded.volume,
           simulated = excluded.simulated, recorded_at = excluded.recorded_at
       where not excluded.simulated
         and (p.close, p.open, p.high, p.low, p.volume, p.simulated) is distinct from
             (excluded.close, excluded.open, excluded.high, excluded.low, excluded.volume, excluded.simulated)
     returning ${COLUMNS}`,
    [instrumentId, organizationId, at, closes.map(({ date }) => date), closes.map(({ close }) => text(close)), column(closes, 'open'),
      column(closes, 'high'), column(closes, 'low'), column(closes, 'volume'), closes.map(({ simulated }) => simulated)]);
  return rows.map(closeOf).toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

const column = (closes: readonly Close[], name: 'open' | 'high' | 'low' | 'volume'): (string | null)[] =>
  closes.map((close) => { const value = close[name]; return value === null ? null : text(value); });
