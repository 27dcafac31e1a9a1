/** Keeps what the books need to know of portfolios and instruments. A change of lot method replays every position by the new one. */
import { causedBy, type Event } from '@pms/events/envelope';
import type { BooksContext } from '../context.ts';
import { beginning } from '../domain/movement.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import { openLedger } from './ledger.ts';
import { lockedPortfolio } from './locked.ts';
import { postedOf, revisedCustody, revisedOf } from './action-postings.ts';
import { revise } from './apply-actions.ts';
import { reallocate } from './reallocate.ts';
import { nothing, replayGroup } from './replay-positions.ts';

export interface PortfolioFacts {
  readonly portfolioId: string;
  readonly name: string;
  readonly baseCurrency: string;
  /** In the portfolio domain's words. */
  readonly lotMethod: string;
  readonly investorId: string | null;
}

export const openPortfolio = (ctx: BooksContext, cause: Event, facts: PortfolioFacts): Promise<void> =>
  ctx.store.transaction(async (tx) => {
    if (!(await tx.firstSight(cause.id))) return;
    await tx.insertPortfolio(cause.organizationId, facts);
    await setMethod(ctx, tx, await lockedPortfolio(tx, facts.portfolioId), { cause, lotMethod: facts.lotMethod });
  });

export const updatePortfolio = (ctx: BooksContext, cause: Event, facts: PortfolioFacts): Promise<void> =>
  ctx.store.transaction(async (tx) => {
    const before = await lockedPortfolio(tx, facts.portfolioId);
    if (!(await tx.firstSight(cause.id))) return;
    await tx.savePortfolioOwner(before, facts);
    const method = await tx.saveLotMethod(before, facts.lotMethod);
    if (method === null) return;
    await setMethod(ctx, tx, { ...before, lotMethod: method }, { cause, lotMethod: facts.lotMethod });
  });

/** Records the method, so that books read as of an earlier time know which one held, and replays the positions by it. */
async function setMethod(ctx: BooksContext, tx: Posting, portfolio: LockedPortfolio, { cause, lotMethod }: { cause: Event; lotMethod: string }): Promise<void> {
  const origin = causedBy(cause, 'transactional');
  const ledger = await openLedger(ctx, tx, portfolio);
  ledger.record({ kind: 'LOT_METHOD_SET', effectiveOn: cause.occurredAt.slice(0, 10), data: { lotMethod, by: cause.actor } }, origin);
  const positions = await tx.everyPosition(portfolio.id);
  const entitlements = await tx.everyEntitlement(portfolio.id);
  const after = await replayGroup(tx, portfolio, { instrumentIds: positions.map(({ instrumentId }) => instrumentId), entitlements }, { ...nothing, keys: positions, from: beginning });
  const changes = [...after.positions.values()];
  const revised = revisedOf(entitlements, after);
  if (changes.length > 0) reallocate(ledger, changes, origin);
  revise(ledger, { before: entitlements, revised, posted: await postedOf(tx, revised), changes: after, origin });
  await tx.saveGains(changes.flatMap((change) => change.regained));
  await tx.removeLots(portfolio, changes);
  await tx.removeClosings(portfolio, changes);
  await ledger.save([
    ...tx.entitlementRows(portfolio, revised), ...tx.positionRows(portfolio, changes), ...tx.closingRows(portfolio, changes), ...tx.custodyRows(portfolio, revisedCustody(entitlements, revised)),
  ]);
}

export const closePortfolio = (ctx: BooksContext, cause: Event, portfolioId: string): Promise<void> =>
  ctx.store.transaction(async (tx) => {
    if (await tx.firstSight(cause.id)) await tx.closePortfolio(portfolioId);
  });

export interface InstrumentFacts {
  readonly id: string;
  readonly organizationId: string;
  readonly currency: string;
  readonly mic: string | null;
  readonly symbol: string;
  /** Null where it has none, or was created before events carried it. */
  readonly isin: string | null;
  readonly name: string;
}

export const knowInstruments = (ctx: BooksContext, heard: readonly { readonly event: Event; readonly instrument: InstrumentFacts }[]): Promise<void> =>
  ctx.store.transaction(async (tx) => {
    const fresh = await tx.firstSights(heard.map(({ event }) => event.id));
    await tx.insertInstruments(heard.filter(({ event }) => fresh.has(event.id)).map(({ instrument }) => instrument));
  });
