/** The mutation that imports trades, and what its answer says of them. */
import { decimal, money } from '@pms/money';
import { payload } from '@pms/subgraph/refusals';
import { type ImportTrades, importTrades } from '../commands/import-trades.ts';
import type { TradeCaptureContext } from '../context.ts';
import { cashChanges, cashMutations, cashOf, type ImportAnswer, type ImportOutcome, type ImportPlan, positionChanges } from '../domain/import-plan.ts';
import { tradeById } from '../queries/trade-by-id.ts';
import type { ImportBookingResolvers, ImportPositionChangeResolvers, ImportTradesPayloadResolvers } from './types.generated.ts';

const TOLD_MAX = 1_000;

/** Bad rows are told as problems, and by one user error, so that whoever looks at user errors alone does not miss them. */
export async function importing(ctx: TradeCaptureContext, input: ImportTrades): Promise<ImportAnswer> {
  const { plan, userErrors } = await payload(['plan'], async () => ({ plan: await importTrades(ctx, input) }));
  if (plan === null || plan.problems.length === 0) return { plan, userErrors };
  const bad = new Set(plan.problems.map(({ row }) => row)).size;
  const captured = countOf(plan, 'CAPTURED');
  const done = plan.dryRun ? 'the file has' : captured === 0 ? 'nothing was captured:' : `${captured} trades were captured, and there are`;
  return { plan, userErrors: [{ code: 'INVALID', message: `${done} ${bad} bad ${bad === 1 ? 'row' : 'rows'}, see \`problems\``, path: [input.csv != null ? 'csv' : input.ofx != null ? 'ofx' : 'rows'] }] };
}

const countOf = (plan: ImportPlan | null, wanted: ImportOutcome): number => (plan?.bookings ?? []).filter(({ outcome }) => outcome === wanted).length;

export const ImportTradesPayload: ImportTradesPayloadResolvers = {
  portfolio: ({ plan }) => (plan === null ? null : { id: plan.portfolioId }),
  layout: ({ plan }) => plan?.layout ?? null,
  dryRun: ({ plan }) => plan?.dryRun ?? null,
  rows: ({ plan }) => plan?.rows ?? null,
  captured: ({ plan }) => (plan === null ? null : countOf(plan, 'CAPTURED')),
  duplicates: ({ plan }) => (plan === null ? null : countOf(plan, 'DUPLICATE')),
  bookings: ({ plan }) => plan?.bookings ?? null,
  positionChanges: ({ plan }) => (plan === null ? null : positionChanges(plan.bookings)),
  cashChanges: ({ plan }) => (plan === null ? null : cashChanges(plan.bookings)),
  problems: ({ plan }) => plan?.problems.slice(0, TOLD_MAX) ?? [],
  problemCount: ({ plan }) => plan?.problems.length ?? null,
  warnings: ({ plan }) => plan?.warnings.slice(0, TOLD_MAX) ?? [],
  leftOut: ({ plan }) => plan?.leftOut.slice(0, TOLD_MAX) ?? [],
};

export const ImportBooking: ImportBookingResolvers = {
  row: ({ row }) => row.row,
  kind: ({ row }) => row.kind,
  externalId: ({ row }) => row.externalId,
  date: ({ row }) => row.date,
  instrument: ({ instrument }) => (instrument === null ? null : { id: instrument.id }),
  quantity: ({ row }) => (row.quantity === null ? null : decimal(row.quantity)),
  price: ({ row }) => (row.price === null ? null : decimal(row.price)),
  currency: ({ row }) => row.currency,
  fees: ({ row }) => row.fees.map(({ kind, amount, currency }) => ({ kind, amount: money(decimal(amount), currency) })),
  cashEffect: ({ row }) => money(cashOf(row), row.currency),
  amount: ({ row }) => (row.amount === null ? null : decimal(row.amount)),
  withheld: ({ row }) => (row.withheld === null ? null : decimal(row.withheld)),
  note: ({ row }) => row.note,
  bookedBy: ({ row: { kind } }) => (kind === 'BUY' || kind === 'SELL' ? null : cashMutations[kind]),
  trade: ({ tradeId }, _, ctx) => (tradeId === null ? null : tradeById(ctx, tradeId)),
};

export const ImportPositionChange: ImportPositionChangeResolvers = {
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
};
