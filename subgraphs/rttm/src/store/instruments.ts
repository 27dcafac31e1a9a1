/** Instruments in the database. Every read is of one organisation. */
import type { Sql } from '@pms/events/sql';
import { isQuoteUnit } from '@pms/money/quote-unit';
import type { Prisma, PrismaClient } from '@pms/prisma/rttm';
import type { Page } from '@pms/subgraph/connection';
import type { AssetClass, Instrument } from '../domain/instrument.ts';

export interface InstrumentFilter {
  readonly symbols?: readonly string[] | null | undefined;
  readonly assetClass?: AssetClass | null | undefined;
  readonly search?: string | null | undefined;
}

/** A thing with the hash of the request that made it. */
export interface Made<Thing> {
  readonly thing: Thing;
  readonly contentHash: string;
}

type Row = Awaited<ReturnType<PrismaClient['instrument']['findMany']>>[number];

const instrumentOf = (row: Row): Instrument => ({
  id: row.id, organizationId: row.organizationId, symbol: row.symbol, name: row.name, assetClass: row.assetClass as AssetClass,
  currency: row.currency, quoteUnit: row.quoteUnit !== null && isQuoteUnit(row.quoteUnit) ? row.quoteUnit : null, mic: row.mic, isin: row.isin, figi: row.figi, createdAt: row.createdAt,
});

export function instrumentReads(prisma: PrismaClient) {
  const find = async (where: Prisma.InstrumentWhereInput): Promise<Instrument[]> => (await prisma.instrument.findMany({ where })).map(instrumentOf);
  return {
    instruments: (organizationId: string, ids: readonly string[]) => find({ organizationId, id: { in: [...ids] } }),
    /** Several where a symbol is listed on more than one exchange. */
    instrumentsBySymbol: (organizationId: string, symbols: readonly string[], mic?: string) =>
      find({ organizationId, symbol: { in: [...symbols] }, ...(mic === undefined ? {} : { mic }) }),
    async instrumentByKey(organizationId: string, idempotencyKey: string): Promise<Made<Instrument> | null> {
      const row = await prisma.instrument.findUnique({ where: { organizationId_idempotencyKey: { organizationId, idempotencyKey } } });
      return row === null ? null : { thing: instrumentOf(row), contentHash: row.contentHash };
    },
    /** By symbol, then by age. */
    async instrumentPage(organizationId: string, filter: InstrumentFilter, page: Page): Promise<Instrument[]> {
      const direction = page.backward ? 'desc' : 'asc';
      const rows = await prisma.instrument.findMany({
        where: { organizationId, AND: [matching(filter), beyond(page)] }, orderBy: [{ symbol: direction }, { id: direction }], take: page.limit,
      });
      return rows.map(instrumentOf);
    },
  };
}

function matching({ symbols, assetClass, search }: InstrumentFilter): Prisma.InstrumentWhereInput {
  const within = { contains: search ?? '', mode: 'insensitive' } as const;
  return {
    ...(symbols == null ? {} : { symbol: { in: [...symbols] } }),
    ...(assetClass == null ? {} : { assetClass }),
    ...(search == null ? {} : { OR: [{ symbol: within }, { name: within }] }),
  };
}

function beyond({ from, backward }: Page): Prisma.InstrumentWhereInput {
  if (from === null) return {};
  const [symbol = '', id = ''] = from;
  const past = (value: string) => (backward ? { lt: value } : { gt: value });
  return { OR: [{ symbol: past(symbol) }, { symbol, id: past(id) }] };
}

/** False when the key or the listing is taken. */
export async function insertInstrument(sql: Sql, instrument: Instrument, idempotencyKey: string, contentHash: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into rttm.instrument (id, organization_id, symbol, name, asset_class, currency, mic, isin, figi, idempotency_key, content_hash, created_at, quote_unit)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing`,
    [instrument.id, instrument.organizationId, instrument.symbol, instrument.name, instrument.assetClass, instrument.currency,
      instrument.mic, instrument.isin, instrument.figi, idempotencyKey, contentHash, instrument.createdAt, instrument.quoteUnit]);
  return rowCount === 1;
}
