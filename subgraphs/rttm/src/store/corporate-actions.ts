/** Corporate actions in the database. Every read but that of the timer is of one organisation. */
import type { Sql } from '@pms/events/sql';
import type { Prisma, PrismaClient } from '@pms/prisma/rttm';
import type { Page } from '@pms/subgraph/connection';
import type { CorporateAction, Facts } from '../domain/corporate-action.ts';
import type { Made } from './instruments.ts';

type Row = Awaited<ReturnType<PrismaClient['corporateAction']['findMany']>>[number];

const actionOf = (row: Row): CorporateAction => ({
  id: row.id, organizationId: row.organizationId, instrumentId: row.instrumentId, version: row.version, cancelled: row.cancelled,
  facts: row.facts as unknown as Facts, announcedAt: row.announcedAt,
});

export interface DueName {
  readonly actionId: string;
  readonly organizationId: string;
}

export function corporateActionReads(prisma: PrismaClient, sql: Sql) {
  return {
    async corporateActions(organizationId: string, ids: readonly string[]): Promise<CorporateAction[]> {
      return (await prisma.corporateAction.findMany({ where: { organizationId, id: { in: [...ids] } } })).map(actionOf);
    },
    async corporateActionByKey(organizationId: string, idempotencyKey: string): Promise<Made<CorporateAction> | null> {
      const row = await prisma.corporateAction.findUnique({ where: { organizationId_idempotencyKey: { organizationId, idempotencyKey } } });
      return row === null ? null : { thing: actionOf(row), contentHash: row.contentHash };
    },
    /** The latest ex date first. */
    async corporateActionPage(organizationId: string, instrumentId: string, page: Page): Promise<CorporateAction[]> {
      const direction = page.backward ? 'asc' : 'desc';
      const rows = await prisma.corporateAction.findMany({
        where: { organizationId, instrumentId, AND: [beyond(page)] }, orderBy: [{ exDate: direction }, { id: direction }], take: page.limit,
      });
      return rows.map(actionOf);
    },
    /** Changes of symbol and name whose day has come, in every organisation. */
    async namesDue(today: string): Promise<DueName[]> {
      const { rows } = await sql.query<DueName>(
        `select id as "actionId", organization_id as "organizationId" from rttm.corporate_action
         where facts->>'kind' = 'SYMBOL_CHANGE' and not renamed and not cancelled and ex_date <= $1::date and facts->>'newInstrumentId' is null order by ex_date, id limit 100`, [today]);
      return rows;
    },
  };
}

function beyond({ from, backward }: Page): Prisma.CorporateActionWhereInput {
  const [day, id = ''] = from ?? [];
  if (day === undefined || Number.isNaN(Date.parse(day))) return {};
  const exDate = new Date(`${day}T00:00:00Z`);
  const past = <T>(value: T) => (backward ? { gt: value } : { lt: value });
  return { OR: [{ exDate: past(exDate) }, { exDate, id: past(id) }] };
}

/** False when the key is taken. */
export async function insertCorporateAction(sql: Sql, action: CorporateAction, idempotencyKey: string, contentHash: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into rttm.corporate_action (id, organization_id, instrument_id, ex_date, version, facts, idempotency_key, content_hash, announced_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [action.id, action.organizationId, action.instrumentId, action.facts.exDate, action.version, JSON.stringify(action.facts), idempotencyKey, contentHash, action.announcedAt]);
  return rowCount === 1;
}

/** False unless it takes the place of the version before it. */
export async function saveCorporateAction(sql: Sql, { id, organizationId, version, cancelled, facts }: CorporateAction): Promise<boolean> {
  const { rowCount } = await sql.query(
    'update rttm.corporate_action set version = $3, cancelled = $4, ex_date = $5, facts = $6 where id = $1 and organization_id = $2 and version = $3 - 1 and not cancelled',
    [id, organizationId, version, cancelled, facts.exDate, JSON.stringify(facts)]);
  return rowCount === 1;
}

/** Null where it was done by somebody else. */
export async function rename(sql: Sql, { actionId, organizationId }: DueName): Promise<{ readonly instrumentId: string; readonly symbol: string; readonly name: string } | null> {
  const { rows: [action] } = await sql.query<{ instrument_id: string; symbol: string | null; name: string | null }>(
    `update rttm.corporate_action set renamed = true where id = $1 and organization_id = $2 and not renamed and not cancelled
     returning instrument_id, facts->>'newSymbol' as symbol, facts->>'newName' as name`, [actionId, organizationId]);
  if (action === undefined) return null;
  const { rows: [renamed] } = await sql.query<{ symbol: string; name: string }>(
    `update rttm.instrument i set name = coalesce($3, i.name),
       symbol = case when $2::text is null or exists (select from rttm.instrument o where o.organization_id = i.organization_id and o.symbol = $2 and o.mic is not distinct from i.mic and o.id <> i.id)
         then i.symbol else $2 end
     where i.id = $1 and i.organization_id = $4 returning i.symbol, i.name`, [action.instrument_id, action.symbol, action.name, organizationId]);
  return renamed === undefined ? null : { instrumentId: action.instrument_id, ...renamed };
}
