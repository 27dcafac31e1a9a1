/** Trades with one counterparty, of one instrument, currency and settlement date, that settle as one: only what remains of them changes hands. */
import { Refusal } from '@pms/errors';
import { settlementProgressed } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../context.ts';
import { next } from '../domain/settlement.ts';
import { openLedger } from './ledger.ts';
import { lockedPortfolio } from './locked.ts';
import { aboutTrade, checkedReason, checkKey, isNew, today } from './on-settlement.ts';
import { unnetted } from './undo-settlement.ts';

export interface NetSettlements {
  readonly portfolioId: string;
  readonly counterparty: string;
  readonly instrumentId: string;
  readonly currency: string;
  readonly settlementDate: string;
  readonly idempotencyKey: string;
}

/** The id of the net set. Takes all matched trades of the group that settle alone so far; CONFLICT where there are fewer than two. */
export async function netSettlements(ctx: TransactionalContext, input: NetSettlements): Promise<string> {
  const { organizationId } = ctx.principal;
  checkKey(input.idempotencyKey);
  if ((await ctx.store.portfolioOf(organizationId, input.portfolioId)) === null) throw new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);
  return ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, input.portfolioId);
    const netSetId = ctx.newId('net');
    if (!(await isNew(tx, organizationId, input, netSetId))) return (await tx.request(organizationId, input.idempotencyKey))?.reference ?? netSetId;
    const members = await tx.nettable(portfolio.id, input);
    if (members.length < 2) throw new Refusal('CONFLICT', `of these ${members.length} trades can be netted: it takes two that are matched and settle alone`, ['counterparty']);
    const ledger = await openLedger(ctx, tx, portfolio);
    const changes = members.map((member) => {
      const { fill, version, attempt } = member;
      ledger.record({ ...aboutTrade(member), kind: 'SETTLEMENT_NETTED', effectiveOn: today(ctx), data: { netSetId } }, ctx.origin);
      ledger.tell(settlementProgressed, { tradeId: fill.tradeId, version, portfolioId: portfolio.id, progress: 'NETTED', on: today(ctx), netSetId }, ctx.origin);
      return { tradeId: fill.tradeId, version, attempt, settlement: next(member.settlement, { type: 'netted', netSetId }).settlement };
    });
    await ledger.save();
    await tx.saveSettlements(changes);
    return netSetId;
  });
}

/** The trades of the set settle each by itself again. CONFLICT for a set that has settled; NOT_FOUND for one that was broken before. */
export async function breakNetting(ctx: TransactionalContext, { netSetId, reason: given }: { readonly netSetId: string; readonly reason: string }): Promise<readonly string[]> {
  const reason = checkedReason(given);
  const found = await ctx.store.netSet(ctx.principal.organizationId, netSetId);
  const [first] = found;
  if (first === undefined) throw new Refusal('NOT_FOUND', 'there is no such net set', ['netSetId']);
  return ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, first.portfolioId);
    const members = await tx.netMembers(portfolio.id, [netSetId]);
    if (members.length === 0) throw new Refusal('CONFLICT', 'the net set has settled, or was broken', ['netSetId']);
    const ledger = await openLedger(ctx, tx, portfolio);
    const changes = members.map((member) => unnetted(ledger, member, { on: today(ctx), origin: { ...ctx.origin, ...(reason !== null && { reason }) } }));
    await ledger.save();
    await tx.saveSettlements(changes);
    return members.map(({ fill }) => fill.tradeId);
  });
}
