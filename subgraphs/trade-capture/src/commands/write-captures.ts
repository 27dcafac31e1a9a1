/**
 * Writes the captures of one request, or of several that came at once, with their events: in one transaction, each row for itself. Requests
 * may be of several organisations; each sees and takes names of its own alone.
 */
import { event } from '@pms/events/envelope';
import { tradeCaptured } from '@pms/schema/events/trade-capture';
import type { TradeCaptureContext } from '../context.ts';
import { againstEarlier, type Captured, type Earlier, indexed, refused, type RowResult } from '../domain/capture.ts';
import { instantOf } from '../domain/instants.ts';
import type { Trade } from '../domain/trade.ts';
import type { News } from '../store/news-writes.ts';
import type { CapturedRow, TradeWrites } from '../store/writes.ts';
import { announce } from './announce.ts';
import type { Request, Written } from './capture-request.ts';
import { factsOf } from './facts.ts';
import { closedPortfolio } from './references.ts';

export type Writing = Pick<TradeCaptureContext, 'store' | 'live' | 'newId' | 'now'>;

/** A row on its way, and whose it is. */
interface Row {
  readonly request: Request;
  readonly row: Captured;
}

/** Thrown where a row of a whole request is refused under the lock, so that nothing is written. */
export class NotWhole extends Error {
  readonly outcomes: ReadonlyMap<number, RowResult>;
  constructor(outcomes: ReadonlyMap<number, RowResult>) {
    super('a row was refused');
    this.outcomes = outcomes;
  }
}

/** One for each request, in their order. */
export async function writeCaptures(writing: Writing, requests: readonly Request[]): Promise<readonly Written[]> {
  const at = writing.now();
  const rows = requests.flatMap((request) => request.rows.map((row): Row => ({ request, row })));
  const { written, news } = await writing.store.transaction(async (tx) => {
    const { open, closed } = await timed(tx, rows, at);
    const inserted = open.length === 0 ? new Set<string>() : await tx.insertCaptures(at, open.map(({ captured }) => captured));
    const made = open.filter(({ captured }) => inserted.has(captured.tradeId));
    const trades = new Map(made.map(({ request, captured }) => [captured.tradeId, tradeOf(request, captured, at)]));
    // a name or key that was taken, by an earlier call or by an earlier row of this one; a repeated call finds its trades in closed portfolios, too
    const others = await told(tx, [...closed, ...open.filter(({ captured }) => !inserted.has(captured.tradeId)).map(({ request, captured }) => ({ request, row: captured }))]);
    for (const request of requests.filter(({ whole }) => whole)) onlyWhole(others.get(request));
    await tx.outbox.add(made.flatMap(({ request, captured }) => {
      const trade = trades.get(captured.tradeId);
      return trade === undefined ? [] : [{ ...event(tradeCaptured, trade.portfolioId, factsOf(trade), makerOf(writing, request, trade.reason)), ...request.trace }];
    }));
    return { written: requests.map((request) => writtenOf(request, trades, others)), news: await tx.addNews([...trades.values()].map((trade) => newsOf(trade, at))) };
  });
  announce(writing.live, news);
  return written;
}

function onlyWhole(outcomes: ReadonlyMap<number, RowResult> | undefined): void {
  if (outcomes !== undefined && [...outcomes.values()].some(({ outcome }) => outcome === 'REFUSED')) throw new NotWhole(outcomes);
}

function writtenOf(request: Request, trades: ReadonlyMap<string, Trade>, others: ReadonlyMap<Request, ReadonlyMap<number, RowResult>>): Written {
  const outcomes = new Map(others.get(request));
  for (const { index, tradeId } of request.rows) if (trades.has(tradeId)) outcomes.set(index, { index, outcome: 'CAPTURED', tradeId });
  return { trades: request.rows.flatMap(({ tradeId }) => trades.get(tradeId) ?? []), outcomes };
}

/** What became of rows that were not inserted, by request. */
async function told(tx: TradeWrites, rows: readonly Row[]): Promise<ReadonlyMap<Request, ReadonlyMap<number, RowResult>>> {
  const outcomes = new Map<Request, Map<number, RowResult>>();
  for (const [request, of] of Map.groupBy(rows, (each) => each.request)) {
    const found = new Map<number, RowResult>();
    const left = notCapturedBefore(of.map(({ row }) => row), await earlierOf(tx, request.organizationId, of.map(({ row }) => row)), found);
    for (const { index } of left) found.set(index, refused(index, closedPortfolio()));
    outcomes.set(request, found);
  }
  return outcomes;
}

export const earlierOf = (from: Pick<TradeWrites, 'earlier'>, organizationId: string, rows: readonly Captured[]): Promise<readonly Earlier[]> =>
  from.earlier(organizationId,
    rows.flatMap(({ externalId }) => (externalId === null ? [] : [externalId])),
    rows.flatMap(({ idempotencyKey }) => (idempotencyKey === null ? [] : [idempotencyKey])));

/** The rows that are new; the others' outcome goes to `results`. */
export function notCapturedBefore(rows: readonly Captured[], earlier: readonly Earlier[], results: Map<number, RowResult>): Captured[] {
  const known = indexed(earlier);
  return rows.filter((row) => {
    const result = againstEarlier(row, known);
    if (result !== null) results.set(row.index, result);
    return result === null;
  });
}

const newsOf = ({ id, organizationId, portfolioId, version }: Trade, at: Date): News => ({ tradeId: id, organizationId, portfolioId, kind: 'CAPTURED', version, at: at.toISOString() });

const makerOf = ({ newId, now }: Writing, { origin }: Request, reason: string | null) => ({ origin: { ...origin, reason: reason ?? origin.reason }, newId, now });

/** Locks the portfolios and gives each row of an open one its instant. */
async function timed(tx: TradeWrites, rows: readonly Row[], at: Date): Promise<{ open: { request: Request; captured: CapturedRow }[]; closed: Row[] }> {
  const counts = new Map<string, { organizationId: string; id: string; count: number }>();
  for (const { request: { organizationId }, row: { portfolioId: id } } of rows)
    counts.set(`${organizationId} ${id}`, { organizationId, id, count: (counts.get(`${organizationId} ${id}`)?.count ?? 0) + 1 });
  const locked = await tx.lockPortfolios([...counts.values()], at);
  const instants = new Map(locked.filter((portfolio) => !portfolio.closed).map(({ organizationId, id, firstCapturedUs }) => [`${organizationId} ${id}`, firstCapturedUs]));
  const closed: Row[] = [];
  const open: { request: Request; captured: CapturedRow }[] = [];
  for (const { request, row } of rows) {
    const place = `${request.organizationId} ${row.portfolioId}`;
    const us = instants.get(place);
    if (us === undefined) {
      closed.push({ request, row });
      continue;
    }
    open.push({ request, captured: { ...row, organizationId: request.organizationId, capturedBy: request.subject, capturedAt: instantOf(us) } });
    instants.set(place, us + 1);
  }
  return { open, closed };
}

const tradeOf = ({ organizationId, subject }: Request, row: CapturedRow, at: Date): Trade => ({
  ...row.terms, id: row.tradeId, organizationId, portfolioId: row.portfolioId, externalId: row.externalId,
  version: 1, lastVersion: 1, kind: 'CAPTURE', replaces: null, status: 'CAPTURED', statusAt: at, statusReason: null, capturedAt: row.capturedAt,
  capturedBy: subject, reason: row.reason,
});
