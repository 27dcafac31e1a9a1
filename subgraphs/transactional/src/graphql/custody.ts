/** Reconciliations and their breaks as they are shown, and the layout of a CSV as it is asked for. */
import type { CsvLayout } from '../custody-formats/csv-line.ts';
import { daysBetween } from '../domain/days.ts';
import type { Break } from '../domain/custody/reconciliation.ts';
import { matchedCount } from '../domain/custody/reconciliation.ts';
import { breaksOf, reconciliationsOf } from '../queries/custody/custody-pages.ts';
import type {
  BreakNoteResolvers, CustodyCsvInput, QueryResolvers, ReconciliationBreakResolvers, ReconciliationLineResolvers, ReconciliationResolvers,
} from './types.generated.ts';

export const Query: QueryResolvers = {
  reconciliations: (_, { filter, ...page }, ctx) => reconciliationsOf(ctx, filter ?? {}, page),
  reconciliation: (_, { id }, { loaders }) => loaders.reconciliation.load(id),
  reconciliationBreaks: (_, { filter, ...page }, ctx) => breaksOf(ctx, filter ?? {}, page),
};

const instrumentOf = ({ instrumentId }: { readonly instrumentId: string | null }): { readonly id: string } | null => (instrumentId === null ? null : { id: instrumentId });

export const Reconciliation: ReconciliationResolvers = {
  portfolio: ({ portfolioId }) => ({ id: portfolioId }),
  quantityTolerance: ({ tolerances }) => tolerances.quantity,
  cashTolerance: ({ tolerances }) => tolerances.cash,
  comparedAt: ({ comparedAt }) => comparedAt.toISOString(),
  matched: ({ lines }) => matchedCount(lines),
  differing: ({ lines }) => lines.length - matchedCount(lines),
  lines: ({ lines }, { onlyDiffering }) => (onlyDiffering ? lines.filter(({ result }) => result !== 'MATCHED') : lines),
};

export const ReconciliationLine: ReconciliationLineResolvers = {
  instrument: instrumentOf,
  difference: ({ theirs, ours }) => theirs.minus(ours),
};

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const agedTo = ({ resolvedAt, openedOn }: Break, now: Date): string => {
  const day = dayOf(resolvedAt ?? now);
  return day < openedOn ? openedOn : day;
};

export const ReconciliationBreak: ReconciliationBreakResolvers = {
  portfolio: ({ portfolioId }) => ({ id: portfolioId }),
  instrument: instrumentOf,
  difference: ({ theirs, ours }) => theirs.minus(ours),
  lastSeenOn: ({ seenOn }) => seenOn,
  ageDays: (broken, _, ctx) => daysBetween(broken.openedOn, agedTo(broken, ctx.now())),
  ageBusinessDays: (broken, _, ctx) => ctx.businessDaysSince(broken.baseCurrency, broken.openedOn, agedTo(broken, ctx.now())),
  resolvedAt: ({ resolvedAt }) => resolvedAt?.toISOString() ?? null,
  reconciliation: ({ reconciliationId }, _, { loaders }) => loaders.reconciliation.load(reconciliationId),
  notes: ({ id }, _, { loaders }) => loaders.breakNotes.load(id),
};

export const BreakNote: BreakNoteResolvers = {
  at: ({ at }) => at.toISOString(),
};

/** Names of columns that are null are not given. */
export function layoutOf(csv: CustodyCsvInput | null | undefined): CsvLayout {
  const columns = Object.fromEntries(Object.entries(csv?.columns ?? {}).filter(([, name]) => name != null));
  return {
    ...(csv?.delimiter != null && { delimiter: csv.delimiter }), ...(csv?.dateOrder != null && { dateOrder: csv.dateOrder }), columns,
    ...(csv?.decimalMark != null && { decimalMark: csv.decimalMark === 'COMMA' ? ',' : '.' }),
  };
}
