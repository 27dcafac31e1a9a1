/** Settlements as operations work through them: in pages, by how late they are, and those that settle as one. */
import { type Decimal, decimal, type Money, money, sum, text } from '@pms/money';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import { type Bucket, bucketNames, bucketOf, datesOf } from '../domain/ageing.ts';
import { deliveredOf } from '../domain/delivery.ts';
import { cashOfFill } from '../domain/fill-cash.ts';
import type { Moment } from '../store/history-reads.ts';
import type { SettlementFilter, SettlementView } from '../store/operations-reads.ts';
import { dayOf } from './day.ts';
import { isNow } from './moment.ts';
import { settlementsAt, standingAt } from './settlements-at.ts';

export type Status = 'PENDING' | 'SETTLED' | 'FAILED' | 'BUYING_IN' | 'CANCELLED';

/** Steps of the saga by the status that shows them. */
const stepsOf: Readonly<Record<Status, readonly string[]>> = {
  PENDING: ['instructed', 'matched'], SETTLED: ['settled'], FAILED: ['failed'], BUYING_IN: ['buying-in'], CANCELLED: ['cancelled'],
};
const OPEN: readonly Status[] = ['PENDING', 'FAILED', 'BUYING_IN'];

export const statusOf = (step: string): Status => (Object.keys(stepsOf) as Status[]).find((status) => stepsOf[status].includes(step)) ?? 'PENDING';

export interface Filter extends Omit<SettlementFilter, 'steps' | 'from' | 'to'> {
  readonly status?: readonly Status[] | null | undefined;
  readonly age?: Bucket | null | undefined;
  readonly contractualFrom?: string | null | undefined;
  readonly contractualTo?: string | null | undefined;
}

export async function settlements(ctx: TransactionalContext, filter: Filter, args: PageArgs, moment: Moment): Promise<Connection<SettlementView>> {
  const page = pageOf(args);
  const { age, contractualFrom, contractualTo, status, ...rest } = filter;
  const bucket = age == null ? { from: null, to: null } : datesOf(age, dayOf(ctx, moment));
  const wanted: SettlementFilter = {
    ...rest, steps: (status ?? OPEN).flatMap((each) => stepsOf[each]),
    from: later(contractualFrom ?? null, bucket.from), to: earlier(contractualTo ?? null, bucket.to),
  };
  const rows = await (isNow(moment) ? ctx.store.settlementPage(ctx.principal.organizationId, wanted, page) : settlementsAt(ctx, wanted, page, moment));
  return connectionOf(rows, page, ({ contractualOn, fill }) => [contractualOn, fill.tradeId]);
}

const later = (a: string | null, b: string | null): string | null => (a === null ? b : b === null || a > b ? a : b);
const earlier = (a: string | null, b: string | null): string | null => (a === null ? b : b === null || a < b ? a : b);

export interface Ageing {
  readonly age: Bucket;
  readonly status: Status;
  readonly count: number;
  readonly amounts: readonly Money[];
}

/** Open settlements of one contractual date, step and currency. */
interface OpenOnDate {
  readonly contractualOn: string;
  readonly step: string;
  readonly currency: string;
  readonly count: number;
  readonly amount: string;
}

function asOpen({ contractualOn, settlement, fill }: SettlementView): OpenOnDate {
  const cash = cashOfFill(fill);
  return { contractualOn, step: settlement.step, currency: cash.currency, count: 1, amount: text(cash.amount.minus(deliveredOf(settlement, fill).amount).abs()) };
}

export async function settlementAgeing(ctx: TransactionalContext, portfolioId: string | null, moment: Moment): Promise<Ageing[]> {
  const open: readonly OpenOnDate[] = isNow(moment)
    ? await ctx.store.openByDate(ctx.principal.organizationId, portfolioId)
    : (await standingAt(ctx, portfolioId, OPEN.flatMap((each) => stepsOf[each]), moment)).map(asOpen);
  const on = dayOf(ctx, moment);
  const groups = Map.groupBy(open, ({ contractualOn, step }) => `${bucketNames.indexOf(bucketOf(contractualOn, on))} ${statusOf(step)}`);
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => {
    const [first] = of as [typeof of[number]];
    const byCurrency = Map.groupBy(of, ({ currency }) => currency);
    return {
      age: bucketOf(first.contractualOn, on), status: statusOf(first.step), count: of.reduce((total, { count }) => total + count, 0),
      amounts: [...byCurrency].map(([currency, rows]) => money(sum(rows.map(({ amount }) => decimal(amount))), currency)).toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
    };
  });
}

export interface NetSet {
  readonly id: string;
  readonly settlements: readonly SettlementView[];
}

export async function netSetOf(ctx: TransactionalContext, id: string): Promise<NetSet | null> {
  const members = await ctx.store.netSet(ctx.principal.organizationId, id);
  return members.length === 0 ? null : { id, settlements: members };
}

/** As it was at a moment; `portfolioId` is null where it is asked for by its name alone. */
export async function netSetThen(ctx: TransactionalContext, set: { readonly portfolioId: string | null; readonly netSetId: string }, moment: Moment): Promise<NetSet | null> {
  const ids = await ctx.store.everNetted(ctx.principal.organizationId, set, moment);
  const all = await Promise.all(ids.map((id) => ctx.loaders.settlement(moment).load(id)));
  const members = all.filter((each) => each !== null).filter(({ settlement }) => 'netSetId' in settlement && settlement.netSetId === set.netSetId);
  return members.length === 0 ? null : { id: set.netSetId, settlements: members };
}

/** What changes hands in all; a set has one currency. */
export const netOf = (of: readonly SettlementView[]): { readonly quantity: Decimal; readonly amount: Money } => ({
  quantity: sum(of.map(({ fill }) => fill.quantity)),
  amount: money(sum(of.map(({ fill }) => cashOfFill(fill).amount)), of[0] === undefined ? '' : cashOfFill(of[0].fill).currency),
});

/** As it stands after a change in this very request. */
export async function settlementNow(ctx: TransactionalContext, tradeId: string): Promise<SettlementView | null> {
  return (await ctx.store.settlementsOf(ctx.principal.organizationId, [tradeId])).get(tradeId) ?? null;
}

