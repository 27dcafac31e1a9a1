/** What every request about one settlement has in common: the trade is found, its portfolio's books are locked, and the same request again changes nothing. */
import { invalid, Refusal } from '@pms/errors';
import { contentHash } from '@pms/subgraph/idempotency';
import type { TransactionalContext } from '../context.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { Booking } from '../store/rows.ts';
import { lockedPortfolio } from './locked.ts';

export interface OnSettlement {
  readonly tx: Posting;
  readonly portfolio: LockedPortfolio;
  /** The version that stands. */
  readonly booking: Booking;
}

interface Request {
  readonly idempotencyKey: string;
}

/** A change to one settlement that may be asked for under a key. */
export interface Keyed {
  readonly tradeId: string;
  readonly idempotencyKey?: string | null | undefined;
}

/** What is remembered of it; nothing without a key. */
export const keyed = ({ idempotencyKey, ...asked }: Keyed & Readonly<Record<string, unknown>>, change: string): (Request & Readonly<Record<string, unknown>>) | undefined =>
  (idempotencyKey == null ? undefined : { ...asked, change, idempotencyKey });

const KEY_LENGTH_MAX = 200;
export const REASON_LENGTH_MAX = 1_000;

export const today = (ctx: Pick<TransactionalContext, 'now'>): string => ctx.now().toISOString().slice(0, 10);

const unknown = (): Refusal => new Refusal('NOT_FOUND', 'there is no such trade, or it is not booked', ['tradeId']);

/** With `request`, the same key again changes nothing; with another content it is refused. */
export async function onSettlement<R extends Request>(ctx: TransactionalContext, tradeId: string, work: (at: OnSettlement) => Promise<void>, request?: R): Promise<void> {
  const { organizationId } = ctx.principal;
  if (request !== undefined) checkKey(request.idempotencyKey);
  const found = await ctx.store.latestBooking(organizationId, tradeId);
  if (found === null) throw unknown();
  await ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, found.portfolioId);
    const booking = (await tx.histories([tradeId])).get(tradeId)?.standing;
    if (booking == null) throw new Refusal('CONFLICT', 'the trade was taken back', ['tradeId']);
    if (request === undefined || (await isNew(tx, organizationId, request, tradeId))) await work({ tx, portfolio, booking });
  });
}

export function checkKey(key: string): void {
  if (key.trim() === '' || key.length > KEY_LENGTH_MAX) throw invalid(`an idempotency key has 1 to ${KEY_LENGTH_MAX} characters`, 'idempotencyKey');
}

export function checkedReason(reason: string | null | undefined): string | null {
  if (reason == null) return null;
  if (reason.trim() === '' || reason.length > REASON_LENGTH_MAX) throw invalid(`a reason has 1 to ${REASON_LENGTH_MAX} characters`, 'reason');
  return reason.trim();
}

/** False where the request was carried out before; IDEMPOTENCY_CONFLICT where its key was used for another one. */
export async function isNew<R extends Request>(tx: Posting, organizationId: string, request: R, reference: string): Promise<boolean> {
  const hash = contentHash(request);
  if (await tx.rememberRequest(organizationId, { key: request.idempotencyKey, hash, reference })) return true;
  const earlier = await tx.request(organizationId, request.idempotencyKey);
  if (earlier?.contentHash !== hash) throw new Refusal('IDEMPOTENCY_CONFLICT', 'this key was used for another request', ['idempotencyKey']);
  return false;
}

/** A fact about the version, before its kind and data. */
export const aboutTrade = ({ fill, version, instrumentId }: Booking) =>
  ({ tradeId: fill.tradeId, version, instrumentId, currency: fill.currency, dayOrder: fill.sequence });

