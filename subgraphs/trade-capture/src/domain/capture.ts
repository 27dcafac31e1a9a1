/** A batch of captures on its way: what each row asks for, and what became of it. */
import { Refusal } from '@pms/errors';
import type { Terms } from './trade.ts';

/** A row whose shape is good. */
export interface Captured {
  readonly index: number;
  readonly tradeId: string;
  readonly portfolioId: string;
  readonly externalId: string | null;
  readonly idempotencyKey: string | null;
  readonly contentHash: string;
  readonly reason: string | null;
  readonly terms: Terms;
}

/** What was captured before under a row's name or key. */
export interface Earlier {
  readonly tradeId: string;
  readonly externalId: string | null;
  readonly idempotencyKey: string | null;
  readonly contentHash: string;
}

export type RowResult =
  | { readonly index: number; readonly outcome: 'CAPTURED' | 'DUPLICATE'; readonly tradeId: string }
  | { readonly index: number; readonly outcome: 'REFUSED'; readonly refusal: Refusal };

export const refused = (index: number, refusal: Refusal): RowResult => ({ index, outcome: 'REFUSED', refusal });

/** Earlier captures by name and by key. */
export interface EarlierIndex {
  readonly byExternalId: ReadonlyMap<string, Earlier>;
  readonly byKey: ReadonlyMap<string, Earlier>;
}

export const indexed = (earlier: readonly Earlier[]): EarlierIndex => ({
  byExternalId: new Map(earlier.flatMap((one) => (one.externalId === null ? [] : [[one.externalId, one]]))),
  byKey: new Map(earlier.flatMap((one) => (one.idempotencyKey === null ? [] : [[one.idempotencyKey, one]]))),
});

/** Null for a row that is new. A name with another content, or a name and a key of two different trades, is refused. */
export function againstEarlier(row: Captured, { byExternalId, byKey }: EarlierIndex): RowResult | null {
  const named = row.externalId === null ? undefined : byExternalId.get(row.externalId);
  const keyed = row.idempotencyKey === null ? undefined : byKey.get(row.idempotencyKey);
  const found = named ?? keyed;
  if (found === undefined) return null;
  const same = found.contentHash === row.contentHash && (keyed === undefined || keyed.tradeId === found.tradeId);
  if (same) return { index: row.index, outcome: 'DUPLICATE', tradeId: found.tradeId };
  const field = named === undefined ? 'idempotencyKey' : 'externalId';
  return refused(row.index, new Refusal('IDEMPOTENCY_CONFLICT', `another trade was captured with this ${field}`, [field]));
}
