/**
 * Captures rows, one or many: what was captured before is found again, what cannot be captured is refused row by row,
 * and all the rest is written with its events in one transaction, which single captures that come at once share.
 */
import { invalid, Refusal } from '@pms/errors';
import { contentHash } from '@pms/subgraph/idempotency';
import { counter } from '@pms/telemetry/metrics';
import type { TradeCaptureContext } from '../context.ts';
import { type Captured, refused, type RowResult } from '../domain/capture.ts';
import { canonicalTerms, type TermsInput, termsOf } from '../domain/terms.ts';
import type { Trade } from '../domain/trade.ts';
import { checkReferences, referencesOf } from './references.ts';
import type { Request, Written } from './capture-request.ts';
import { earlierOf, notCapturedBefore, NotWhole, writeCaptures } from './write-captures.ts';

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

/** `whole`: when one row is refused, none is captured. */
export async function capture(ctx: TradeCaptureContext, inputs: readonly CaptureInput[], { whole = false }: { readonly whole?: boolean } = {}): Promise<CaptureOutcome> {
  const { good, results } = await sifted(ctx, inputs, FIRST_LOOK_ROWS_MIN);
  const held = whole && [...results.values()].some(({ outcome }) => outcome === 'REFUSED');
  for (const { index } of held ? good : []) results.set(index, heldBack(index));
  const trades = good.length === 0 || held ? [] : await written(ctx, good, { alone: inputs.length > 1 || whole, whole, results });
  const inOrder = inputs.map((_, index) => resultAt(results, index));
  for (const { outcome } of inOrder) rowsTaken.inc({ outcome });
  return { results: inOrder, trades };
}

/** What would become of the rows: results of those refused or captured before; the others are good. Nothing is written. */
export async function sifted(ctx: TradeCaptureContext, inputs: readonly CaptureInput[], firstLookMin = 0): Promise<{ readonly good: readonly Captured[]; readonly results: Map<number, RowResult> }> {
  const results = new Map<number, RowResult>();
  const shaped = keepGood(inputs.entries(), results, ([index, input]) => captured(ctx, index, input), ([index]) => index);
  const fresh = shaped.length < firstLookMin ? shaped : notCapturedBefore(shaped, await earlierOf(ctx.store, ctx.principal.organizationId, shaped), results);
  const references = await referencesOf(ctx, fresh.map(({ portfolioId }) => portfolioId), fresh.map(({ terms }) => terms.instrumentId));
  return { good: keepGood(fresh, results, (row) => ({ ...row, terms: checkReferences(references, row.portfolioId, row.terms) }), ({ index }) => index), results };
}

const heldBack = (index: number): RowResult => refused(index, new Refusal('CONFLICT', 'another row was refused'));

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

/** A single row goes with those that other requests bring at the same time; a call of many makes a transaction of its own. */
async function written(
  ctx: TradeCaptureContext, rows: readonly Captured[],
  { alone, whole, results }: { readonly alone: boolean; readonly whole: boolean; readonly results: Map<number, RowResult> },
): Promise<readonly Trade[]> {
  const request: Request = { organizationId: ctx.principal.organizationId, subject: ctx.principal.subject, origin: ctx.origin, rows, whole };
  const { trades, outcomes } = alone ? await writtenAlone(ctx, request) : await ctx.writeGrouped(request);
  for (const [index, outcome] of outcomes) results.set(index, outcome);
  for (const { index } of rows) if (!outcomes.has(index)) results.set(index, heldBack(index));
  return trades;
}

async function writtenAlone(ctx: TradeCaptureContext, request: Request): Promise<Written> {
  try {
    const [own] = await writeCaptures(ctx, [request]);
    if (own === undefined) throw new Error('a request came to nothing');
    return own;
  } catch (error) {
    if (!(error instanceof NotWhole)) throw error;
    return { trades: [], outcomes: error.outcomes };
  }
}
