/**
 * Captures rows, one or many: what was captured before is found again, what cannot be captured is refused row by row,
 * and all the rest is written with its events in one transaction.
 */
import { invalid, Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { tradeCaptured } from '@pms/schema/events/trade-capture';
import { contentHash } from '@pms/subgraph/idempotency';
import { counter } from '@pms/telemetry/metrics';
import type { TradeCaptureContext } from '../context.ts';
import { againstEarlier, type Captured, type Earlier, indexed, refused, type RowResult } from '../domain/capture.ts';
import { instantOf } from '../domain/instants.ts';
import { canonicalTerms, type TermsInput, termsOf } from '../domain/terms.ts';
import type { Trade } from '../domain/trade.ts';
import type { News } from '../store/news-writes.ts';
import type { CapturedRow, TradeWrites } from '../store/writes.ts';
import { announce } from './announce.ts';
import { factsOf } from './facts.ts';
import { checkReferences, closedPortfolio, referencesOf } from './references.ts';

export interface CaptureInput extends TermsInput {
  readonly portfolioId: string;
  readonly externalId?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly reason?: string | null | undefined;
}

export interface CaptureOutcome {
  /** One for each input, in its order. */
  readonly results: readonly RowResult[];
  /** What this call captured. */
  readonly trades: readonly Trade[];
}

/** Fewer rows are not looked for before they are written: a taken name shows itself then, and seldom is. */
const FIRST_LOOK_ROWS_MIN = 50;
const NAME_LENGTH_MAX = 200;
const REASON_LENGTH_MAX = 1_000;

const rowsTaken = counter('pms_trade_captures_total', 'Rows that were asked to be captured, by what became of them', ['outcome']);

export async function capture(ctx: TradeCaptureContext, inputs: readonly CaptureInput[]): Promise<CaptureOutcome> {
  const results = new Map<number, RowResult>();
  const shaped = keepGood(inputs.entries(), results, ([index, input]) => captured(ctx, index, input), ([index]) => index);
  const fresh = shaped.length < FIRST_LOOK_ROWS_MIN ? shaped : notCapturedBefore(shaped, await earlierOf(ctx.store, ctx, shaped), results);
  const references = await referencesOf(ctx, fresh.map(({ portfolioId }) => portfolioId), fresh.map(({ terms }) => terms.instrumentId));
  const good = keepGood(fresh, results, (row) => ({ ...row, terms: checkReferences(references, row.portfolioId, row.terms) }), ({ index }) => index);
  const trades = good.length === 0 ? [] : await written(ctx, good, results);
  const inOrder = inputs.map((_, index) => resultAt(results, index));
  for (const { outcome } of inOrder) rowsTaken.inc({ outcome });
  return { results: inOrder, trades };
}

function resultAt(results: ReadonlyMap<number, RowResult>, index: number): RowResult {
  const result = results.get(index);
  if (result === undefined) throw new Error(`row ${index} came to nothing`);
  return result;
}

/** What `check` makes of the rows it does not refuse; refusals go to `results`. */
function keepGood<Row, Good>(rows: Iterable<Row>, results: Map<number, RowResult>, check: (row: Row) => Good, indexOf: (row: Row) => number): Good[] {
  const good: Good[] = [];
  for (const row of rows) {
    try {
      good.push(check(row));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      results.set(indexOf(row), refused(indexOf(row), error));
    }
  }
  return good;
}

function captured(ctx: TradeCaptureContext, index: number, input: CaptureInput): Captured {
  const externalId = named(input.externalId, 'externalId');
  const idempotencyKey = named(input.idempotencyKey, 'idempotencyKey');
  if (externalId === null && idempotencyKey === null) throw invalid('a trade needs an externalId or an idempotencyKey', 'externalId');
  if ((input.reason?.length ?? 0) > REASON_LENGTH_MAX) throw invalid(`a reason has at most ${REASON_LENGTH_MAX} characters`, 'reason');
  const terms = termsOf(input, ctx.now());
  return {
    index, tradeId: ctx.newId('trd'), portfolioId: input.portfolioId, externalId, idempotencyKey, reason: input.reason ?? null, terms,
    contentHash: contentHash({ portfolioId: input.portfolioId, externalId, ...canonicalTerms(terms) }),
  };
}

function named(name: string | null | undefined, field: string): string | null {
  if (name == null) return null;
  if (name === '' || name.length > NAME_LENGTH_MAX) throw invalid(`the ${field} has 1 to ${NAME_LENGTH_MAX} characters`, field);
  return name;
}

const earlierOf = (from: Pick<TradeWrites, 'earlier'>, { principal }: TradeCaptureContext, rows: readonly Captured[]): Promise<readonly Earlier[]> =>
  from.earlier(principal.organizationId,
    rows.flatMap(({ externalId }) => (externalId === null ? [] : [externalId])),
    rows.flatMap(({ idempotencyKey }) => (idempotencyKey === null ? [] : [idempotencyKey])));

/** The rows that are new; the others' outcome goes to `results`. */
function notCapturedBefore(rows: readonly Captured[], earlier: readonly Earlier[], results: Map<number, RowResult>): Captured[] {
  const known = indexed(earlier);
  return rows.filter((row) => {
    const result = againstEarlier(row, known);
    if (result !== null) results.set(row.index, result);
    return result === null;
  });
}

async function written(ctx: TradeCaptureContext, rows: readonly Captured[], results: Map<number, RowResult>): Promise<readonly Trade[]> {
  const { organizationId } = ctx.principal;
  const at = ctx.now();
  const { trades, outcomes, news } = await ctx.store.transaction(async (tx) => {
    const { open, closed } = await timed(ctx, tx, rows, at);
    const inserted = open.length === 0 ? new Set<string>() : await tx.insertCaptures(organizationId, ctx.principal.subject, at, open);
    const found = new Map<number, RowResult>();
    // a name or key that was taken, by an earlier call or by an earlier row of this one; a repeated call finds its trades in closed portfolios, too
    const others = [...closed, ...open.filter(({ tradeId }) => !inserted.has(tradeId))];
    if (others.length > 0) notCapturedBefore(others, await earlierOf(tx, ctx, others), found);
    for (const { index } of closed) if (!found.has(index)) found.set(index, refused(index, closedPortfolio()));
    const made = open.filter(({ tradeId }) => inserted.has(tradeId)).map((row) => tradeOf(ctx, row, at));
    await tx.outbox.add(made.map((trade) => event(tradeCaptured, trade.portfolioId, factsOf(trade), makerOf(ctx, trade.reason))));
    for (const { index, tradeId } of open) if (inserted.has(tradeId)) found.set(index, { index, outcome: 'CAPTURED', tradeId });
    return { trades: made, outcomes: found, news: await tx.addNews(made.map((trade) => newsOf(trade, at))) };
  });
  for (const [index, outcome] of outcomes) results.set(index, outcome);
  announce(ctx.live, news);
  return trades;
}

const newsOf = ({ id, organizationId, portfolioId, version }: Trade, at: Date): News => ({ tradeId: id, organizationId, portfolioId, kind: 'CAPTURED', version, at: at.toISOString() });

const makerOf = ({ origin, newId, now }: TradeCaptureContext, reason: string | null) => ({ origin: { ...origin, reason: reason ?? origin.reason }, newId, now });

/** Locks the portfolios and gives each row of an open one its instant. */
async function timed(ctx: TradeCaptureContext, tx: TradeWrites, rows: readonly Captured[], at: Date): Promise<{ open: CapturedRow[]; closed: Captured[] }> {
  const counts = new Map<string, number>();
  for (const { portfolioId } of rows) counts.set(portfolioId, (counts.get(portfolioId) ?? 0) + 1);
  const locked = await tx.lockPortfolios(ctx.principal.organizationId, [...counts.keys()], [...counts.values()], at);
  const instants = new Map(locked.filter((portfolio) => !portfolio.closed).map(({ id, firstCapturedUs }) => [id, firstCapturedUs]));
  const closed: Captured[] = [];
  const open: CapturedRow[] = [];
  for (const row of rows) {
    const us = instants.get(row.portfolioId);
    if (us === undefined) {
      closed.push(row);
      continue;
    }
    open.push({ ...row, capturedAt: instantOf(us) });
    instants.set(row.portfolioId, us + 1);
  }
  return { open, closed };
}

const tradeOf = ({ principal }: TradeCaptureContext, row: CapturedRow, at: Date): Trade => ({
  ...row.terms, id: row.tradeId, organizationId: principal.organizationId, portfolioId: row.portfolioId, externalId: row.externalId,
  version: 1, lastVersion: 1, kind: 'CAPTURE', replaces: null, status: 'CAPTURED', statusAt: at, capturedAt: row.capturedAt,
  capturedBy: principal.subject, reason: row.reason,
});
