/**
 * What a change of lot method does to a portfolio, beforehand and afterwards: the same trades, worked out by either method. Nothing is written; a change
 * that was made is a fact, and its report follows from the facts before it, however the books have gone on since.
 */
import type { TransactionalContext } from '../context.ts';
import { compared, type ComparedPosition } from '../domain/method-change.ts';
import { lotMethodOf, type MethodName } from '../domain/lot-methods.ts';
import type { TradesThen } from '../store/history-reads.ts';
import { type MomentArgs, momentOf } from './moment.ts';
import { replays } from './positions.ts';

export interface MethodReport {
  readonly from: MethodName;
  readonly to: MethodName;
  /** Null for a preview. */
  readonly made: { readonly at: Date; readonly by: string } | null;
  /** Positions that trades stand for, each by either method. */
  positions(): Promise<readonly ComparedPosition[]>;
}

/** Null for a portfolio that is unknown or another organisation's. */
export async function lotMethodPreview({ store, principal: { organizationId } }: TransactionalContext, portfolioId: string, { method: to, ...args }: MomentArgs & { readonly method: MethodName }): Promise<MethodReport | null> {
  const moment = momentOf(args);
  const from = (await store.methodsSet(organizationId, portfolioId, { ...moment, asOf: null })).at(-1);
  if (from === undefined) return null;
  const positions = once(async () => byEither((await store.tradesThen(organizationId, [portfolioId], moment)).get(portfolioId), to));
  return { from: from.method, to, made: null, positions };
}

/** The newest first; the method with which the portfolio was opened is none. */
export async function lotMethodChanges({ store, principal: { organizationId } }: TransactionalContext, portfolioId: string, args: MomentArgs): Promise<readonly MethodReport[]> {
  const set = await store.methodsSet(organizationId, portfolioId, momentOf(args));
  return set.slice(1).map(({ method, recordedAt, actor, sequence }, at): MethodReport => {
    const moment = { asOf: null, knownAt: null, beforeFact: sequence };
    const positions = once(async () => byEither((await store.tradesThen(organizationId, [portfolioId], moment)).get(portfolioId), method));
    return { from: (set[at] ?? { method }).method, to: method, made: { at: recordedAt, by: actor }, positions };
  }).toReversed();
}

function byEither(then: TradesThen | undefined, to: MethodName): readonly ComparedPosition[] {
  if (then === undefined) return [];
  const by = (method: TradesThen['method']) => replays({ ...then, method }).map(({ change: { after: position, lots } }) => ({ position, lots }));
  return compared(by(then.method), by(lotMethodOf(to)));
}

/** A report is asked for positions and for totals: both are of one reading. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work());
}
