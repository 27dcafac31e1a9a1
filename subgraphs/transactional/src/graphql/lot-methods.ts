/** Reports of changes of lot method as they are shown. */
import { money } from '@pms/money';
import { comparedTotals, isChanged } from '../domain/method-change.ts';
import type { LotMethodPositionResolvers, LotMethodReportResolvers, LotMethodTotalResolvers } from './types.generated.ts';

export const LotMethodReport: LotMethodReportResolvers = {
  recordedAt: ({ made }) => made?.at.toISOString() ?? null,
  actor: ({ made }) => made?.by ?? null,
  positions: async (report, { includeUnchanged }) => (await report.positions()).filter((position) => includeUnchanged || isChanged(position)),
  totals: async (report) => comparedTotals(await report.positions()),
};

export const LotMethodPosition: LotMethodPositionResolvers = {
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  realizedBefore: ({ before, currency }) => money(before.realized, currency),
  realizedAfter: ({ after, currency }) => money(after.realized, currency),
  costBasisBefore: ({ before, currency }) => money(before.cost, currency),
  costBasisAfter: ({ after, currency }) => money(after.cost, currency),
  lotsBefore: ({ before }) => before.lots,
  lotsAfter: ({ after }) => after.lots,
};

export const LotMethodTotal: LotMethodTotalResolvers = {
  realizedBefore: ({ before, currency }) => money(before.realized, currency),
  realizedAfter: ({ after, currency }) => money(after.realized, currency),
  costBasisBefore: ({ before, currency }) => money(before.cost, currency),
  costBasisAfter: ({ after, currency }) => money(after.cost, currency),
};
