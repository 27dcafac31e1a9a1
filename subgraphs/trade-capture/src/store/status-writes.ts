/** How the status of versions is moved: many in one statement. */
import type { Sql } from '@pms/events/sql';
import type { Status } from '../domain/trade.ts';

/** A version whose status may move, and the trade it belongs to. */
export interface StandingVersion {
  readonly tradeId: string;
  readonly version: number;
  readonly status: Status;
  readonly organizationId: string;
  readonly portfolioId: string;
  /** The version that the trade shows. */
  readonly shown: number;
}

export interface StatusChange {
  readonly tradeId: string;
  readonly version: number;
  readonly status: Status;
  readonly at: Date;
}

/** A change of a version of the organisation's, from one of these statuses. */
export interface Entry extends StatusChange {
  readonly organizationId: string;
  readonly from: readonly Status[];
}

export function statusWrites(sql: Sql) {
  return {
    /** Moves those that stand where they may be moved from; behind the lock of their portfolios. No version may be there twice. Resolves to what was moved. */
    async enterStatuses(entries: readonly Entry[]): Promise<Omit<StandingVersion, 'status'>[]> {
      if (entries.length === 0) return [];
      const { rows } = await sql.query<Omit<StandingVersion, 'status'>>(
        `update trade_capture.trade_version v set status = entry.status, status_at = entry.at
         from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::text[]) as entry(organization_id, trade_id, version, status, at, origins)
         join trade_capture.trade t on t.id = entry.trade_id and t.organization_id = entry.organization_id
         where v.trade_id = entry.trade_id and v.version = entry.version and v.status = any(string_to_array(entry.origins, ' '))
         returning v.trade_id as "tradeId", v.version, t.organization_id as "organizationId", t.portfolio_id as "portfolioId", t.version as shown`,
        [entries.map(({ organizationId }) => organizationId), entries.map(({ tradeId }) => tradeId), entries.map(({ version }) => version),
          entries.map(({ status }) => status), entries.map(({ at }) => at), entries.map(({ from }) => from.join(' '))]);
      return rows;
    },

    /** Behind the lock of their portfolios, without which nobody changes a trade. Versions that are unknown or another organisation's are left out; each is there once. */
    async versionsOf(asked: readonly { readonly organizationId: string; readonly tradeId: string; readonly version: number }[]): Promise<StandingVersion[]> {
      const { rows } = await sql.query<StandingVersion>(
        `select v.trade_id as "tradeId", v.version, v.status, t.organization_id as "organizationId", t.portfolio_id as "portfolioId", t.version as shown
         from (select distinct * from unnest($1::text[], $2::text[], $3::int[]) as a(organization_id, trade_id, version)) asked
         join trade_capture.trade_version v using (trade_id, version) join trade_capture.trade t on t.id = v.trade_id
         where t.organization_id = asked.organization_id`,
        [asked.map(({ organizationId }) => organizationId), asked.map(({ tradeId }) => tradeId), asked.map(({ version }) => version)]);
      return rows;
    },

    /** No version may be there twice. */
    async moveStatuses(changes: readonly StatusChange[]): Promise<void> {
      if (changes.length === 0) return;
      await sql.query(
        `update trade_capture.trade_version v set status = change.status, status_at = change.at
         from unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[]) as change(trade_id, version, status, at)
         where v.trade_id = change.trade_id and v.version = change.version`,
        [changes.map(({ tradeId }) => tradeId), changes.map(({ version }) => version), changes.map(({ status }) => status), changes.map(({ at }) => at)]);
    },

    /** Versions that had settled are booked again; each with the reason. The others are left as they are. */
    async reopen(taken: readonly { readonly tradeId: string; readonly version: number; readonly reason: string; readonly at: Date }[]): Promise<void> {
      await sql.query(
        `update trade_capture.trade_version v set status = 'BOOKED', status_at = back.at, status_reason = back.reason
         from unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[]) as back(trade_id, version, reason, at)
         where v.trade_id = back.trade_id and v.version = back.version and v.status = 'SETTLED'`,
        [taken.map(({ tradeId }) => tradeId), taken.map(({ version }) => version), taken.map(({ reason }) => reason), taken.map(({ at }) => at)]);
    },

    async versionStatuses(tradeIds: readonly string[]): Promise<{ readonly tradeId: string; readonly version: number; readonly status: Status }[]> {
      const { rows } = await sql.query<{ tradeId: string; version: number; status: Status }>(
        'select trade_id as "tradeId", version, status from trade_capture.trade_version where trade_id = any($1)', [tradeIds]);
      return rows;
    },

    async showVersions(shown: readonly { readonly tradeId: string; readonly version: number }[]): Promise<void> {
      await sql.query(
        `update trade_capture.trade t set version = now_shown.version from unnest($1::text[], $2::int[]) as now_shown(trade_id, version)
         where t.id = now_shown.trade_id and t.version <> now_shown.version`,
        [shown.map(({ tradeId }) => tradeId), shown.map(({ version }) => version)]);
    },
  };
}
