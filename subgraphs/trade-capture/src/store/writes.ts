/** What a transaction of this domain may do. Many rows go in one statement. */
import type { Work } from '@pms/events/unit-of-work';
import type { Captured, Earlier } from '../domain/capture.ts';
import type { Status, Terms, Trade, TradeVersion, VersionKind } from '../domain/trade.ts';
import { fixWrites } from './fix-store.ts';
import { earlierCaptures } from './earlier-captures.ts';
import { feesJson, lotPicksJson, SHOWN, TRADE_COLUMNS, toTrade, type TradeRow } from './rows.ts';
import { knownWrites } from './known-writes.ts';
import { newsWrites } from './news-writes.ts';
import { statusWrites } from './status-writes.ts';

export type TradeWrites = ReturnType<typeof writes>;

/** A portfolio locked for capturing. */
export interface LockedPortfolio {
  readonly id: string;
  readonly organizationId: string;
  readonly closed: boolean;
  /** Microseconds since the epoch of the first version captured in this transaction; the next is one later. */
  readonly firstCapturedUs: number;
}

export interface NewVersion {
  readonly trade: Trade;
  readonly kind: Exclude<VersionKind, 'CAPTURE'>;
  readonly status: Status;
  readonly terms: Terms;
  readonly capturedAt: string;
  readonly capturedBy: string;
  readonly reason: string;
  readonly idempotencyKey: string | null;
  readonly contentHash: string;
}

export interface CapturedRow extends Captured {
  readonly organizationId: string;
  readonly capturedBy: string;
  readonly capturedAt: string;
}

export function writes(work: Work) {
  const { sql, outbox, firstSight, firstSights } = work;
  return {
    outbox, firstSight, firstSights, ...statusWrites(sql), ...newsWrites(sql), ...knownWrites(sql), ...fixWrites(sql),

    earlier: (organizationId: string, externalIds: readonly string[], keys: readonly string[]): Promise<Earlier[]> =>
      earlierCaptures(sql, organizationId, externalIds, keys),

    /**
     * Locks the portfolios until the transaction ends, in the order of their ids, so that versions of one portfolio are captured and told
     * one after another; and takes `count` instants of each.
     */
    async lockPortfolios(asked: readonly { readonly organizationId: string; readonly id: string; readonly count: number }[], now: Date): Promise<LockedPortfolio[]> {
      const { rows } = await sql.query<{ id: string; organizationId: string; closed: boolean; firstCapturedUs: string }>(
        `with asked as (
           select * from unnest($1::text[], $2::text[], $3::int[]) as a(organization_id, id, count)
         ), locked as (
           select p.id, asked.count from trade_capture.known_portfolio p join asked using (organization_id, id) order by p.id for update of p
         )
         update trade_capture.known_portfolio p
         set last_captured_at = greatest(coalesce(p.last_captured_at, $4), $4::timestamptz) + locked.count * interval '1 microsecond'
         from locked where p.id = locked.id
         returning p.id, p.organization_id as "organizationId", p.closed,
           (extract(epoch from p.last_captured_at) * 1000000)::bigint - locked.count + 1 as "firstCapturedUs"`,
        [asked.map(({ organizationId }) => organizationId), asked.map(({ id }) => id), asked.map(({ count }) => count), now]);
      return rows.map((row) => ({ ...row, firstCapturedUs: Number(row.firstCapturedUs) }));
    },

    /** The ids of the trades inserted; the others' name or key was taken. */
    async insertCaptures(now: Date, rows: readonly CapturedRow[]): Promise<ReadonlySet<string>> {
      const { rows: inserted } = await sql.query<{ id: string }>(INSERT_CAPTURES, [
        rows.map(({ organizationId }) => organizationId), rows.map(({ capturedBy }) => capturedBy), now, rows.map(({ tradeId }) => tradeId), rows.map(({ portfolioId }) => portfolioId),
        rows.map(({ externalId }) => externalId), rows.map(({ idempotencyKey }) => idempotencyKey), rows.map(({ contentHash }) => contentHash),
        rows.map(({ reason }) => reason), rows.map(({ capturedAt }) => capturedAt), rows.map(({ terms }) => terms.instrumentId),
        rows.map(({ terms }) => terms.side), rows.map(({ terms }) => terms.quantity.toFixed()), rows.map(({ terms }) => terms.price.toFixed()),
        rows.map(({ terms }) => terms.currency), rows.map(({ terms }) => terms.tradeDate), rows.map(({ terms }) => feesJson(terms.fees)),
        rows.map(({ terms }) => lotPicksJson(terms.lotPicks)),
        rows.map(({ terms }) => terms.quoteUnit), rows.map(({ terms }) => terms.settlement?.currency ?? null), rows.map(({ terms }) => terms.settlement?.rate.toFixed() ?? null),
        rows.map(({ terms }) => terms.counterparty), rows.map(({ terms }) => terms.placeOfSettlement), rows.map(({ terms }) => terms.custodyAccount),
      ]);
      return new Set(inserted.map(({ id }) => id));
    },

    /** Locked until the transaction ends; null when it is unknown or another organisation's. */
    async tradeForUpdate(organizationId: string, id: string): Promise<Trade | null> {
      // the lock first, in a statement of its own: the next one then sees what the trade shows after whoever held the lock
      await sql.query('select 1 from trade_capture.trade where organization_id = $1 and id = $2 for update', [organizationId, id]);
      const { rows } = await sql.query<TradeRow>(`select ${TRADE_COLUMNS} from ${SHOWN} where t.organization_id = $1 and t.id = $2`, [organizationId, id]);
      return rows[0] === undefined ? null : toTrade(rows[0]);
    },

    /** What was changed before under the key. */
    async earlierChange(organizationId: string, key: string): Promise<{ readonly tradeId: string; readonly contentHash: string } | null> {
      const { rows } = await sql.query<{ tradeId: string; contentHash: string }>(
        `select trade_id as "tradeId", content_hash as "contentHash" from trade_capture.trade_version where organization_id = $1 and idempotency_key = $2`,
        [organizationId, key]);
      return rows[0] ?? null;
    },

    /** The trade as it shows its new version. */
    async insertVersion({ trade, terms, ...made }: NewVersion, now: Date): Promise<Trade> {
      const version: TradeVersion = {
        ...terms, version: trade.lastVersion + 1, kind: made.kind, replaces: trade.version, status: made.status, statusAt: now, statusReason: null,
        capturedAt: made.capturedAt, capturedBy: made.capturedBy, reason: made.reason,
      };
      await sql.query(
        `insert into trade_capture.trade_version (trade_id, version, organization_id, kind, replaces, instrument_id, side, quantity, price, currency,
           trade_date, fees, lot_picks, status, status_at, captured_at, captured_by, reason, idempotency_key, content_hash, quote_unit, settlement_currency, settlement_rate,
           counterparty, place_of_settlement, custody_account)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
        [trade.id, version.version, trade.organizationId, version.kind, version.replaces, version.instrumentId, version.side,
          version.quantity.toFixed(), version.price.toFixed(), version.currency, version.tradeDate, feesJson(version.fees), lotPicksJson(version.lotPicks), version.status, now,
          version.capturedAt, version.capturedBy, version.reason, made.idempotencyKey, made.contentHash,
          version.quoteUnit, version.settlement?.currency ?? null, version.settlement?.rate.toFixed() ?? null, version.counterparty, version.placeOfSettlement, version.custodyAccount]);
      await sql.query('update trade_capture.trade set version = $2, last_version = $2 where id = $1', [trade.id, version.version]);
      return { ...trade, ...version, lastVersion: version.version };
    },
  };
}

/** A row whose name or key is taken, by an earlier call or by an earlier row of this one, is left out. */
const INSERT_CAPTURES = `
  with asked as (
    select * from unnest($1::text[], $2::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::text[], $12::text[],
      $13::numeric[], $14::numeric[], $15::text[], $16::date[], $17::jsonb[], $18::jsonb[], $19::text[], $20::text[], $21::numeric[], $22::text[], $23::text[], $24::text[]) with ordinality
      as e(organization_id, captured_by, id, portfolio_id, external_id, idempotency_key, content_hash, reason, captured_at, instrument_id, side, quantity, price, currency, trade_date, fees, lot_picks,
        quote_unit, settlement_currency, settlement_rate, counterparty, place_of_settlement, custody_account, n)
  ), inserted as (
    insert into trade_capture.trade (id, organization_id, portfolio_id, external_id, idempotency_key, content_hash, version, last_version)
    select id, organization_id, portfolio_id, external_id, idempotency_key, content_hash, 1, 1 from asked order by n
    on conflict do nothing returning id
  )
  insert into trade_capture.trade_version (trade_id, version, organization_id, kind, instrument_id, side, quantity, price, currency, trade_date, fees, lot_picks,
    status, status_at, captured_at, captured_by, reason, quote_unit, settlement_currency, settlement_rate,
    counterparty, place_of_settlement, custody_account)
  select id, 1, organization_id, 'CAPTURE', instrument_id, side, quantity, price, currency, trade_date, fees, lot_picks, 'CAPTURED', $3, captured_at, captured_by, reason, quote_unit, settlement_currency, settlement_rate,
    counterparty, place_of_settlement, custody_account
  from asked join inserted using (id)
  returning trade_id as id`;
