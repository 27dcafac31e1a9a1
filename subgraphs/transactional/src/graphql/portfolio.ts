/** What the books add to a portfolio: positions with their lots, cash, the journal. */
import { money, toStored } from '@pms/money';
import { unitCost } from '../domain/lots.ts';
import { cashBooked } from '../queries/cash-booked.ts';
import { entitlementsOf } from '../queries/entitlements.ts';
import { baseTotals, foreignCashAt } from '../queries/base-view.ts';
import { exchangesOf } from '../queries/exchanges.ts';
import { generalLedgerOf } from '../queries/general-ledger.ts';
import { lotName } from '../domain/named-lots.ts';
import { realizedGainsOf } from '../queries/gains.ts';
import { lotsOf } from '../queries/open-lots.ts';
import { lotMethodChanges, lotMethodPreview } from '../queries/lot-methods.ts';
import { journalOf } from '../queries/journal.ts';
import { statementFor } from '../queries/statement.ts';
import { InBase } from './base.ts';
import type { PortfolioResolvers, PositionResolvers, TaxLotResolvers } from './types.generated.ts';

export const Portfolio: PortfolioResolvers = {
  __resolveReference: ({ id }, { principal, loaders }) => (principal.investors === undefined ? { id } : loaders.seen.load(id).then((seen) => (seen ? { id } : null))),
  async positions({ id }, { asOf, knownAt, includeClosed }, { loaders }) {
    const holdings = await loaders.holdings({ asOf: asOf ?? null, knownAt: knownAt ?? null }).load(id);
    return holdings.filter(({ position }) => includeClosed || !position.quantity.isZero()).map((holding) => ({ ...holding, portfolioId: id, moment: { asOf: asOf ?? null, knownAt: knownAt ?? null } }));
  },
  cash: async ({ id }, { asOf, knownAt }, { loaders }) => loaders.cash({ asOf: asOf ?? null, knownAt: knownAt ?? null }).load(id),
  cashBooked: ({ id }, { keys }, ctx) => cashBooked(ctx, id, keys),
  realizedGains: ({ id }, args, ctx) => realizedGainsOf(ctx, id, args),
  lotMethodPreview: ({ id }, args, ctx) => lotMethodPreview(ctx, id, args),
  lotMethodChanges: ({ id }, args, ctx) => lotMethodChanges(ctx, id, args),
  foreignCash: ({ id }, { asOf, knownAt }, ctx) => foreignCashAt(ctx, id, { asOf: asOf ?? null, knownAt: knownAt ?? null }),
  baseTotals: ({ id }, { asOf, knownAt }, ctx) => baseTotals(ctx, id, { asOf: asOf ?? null, knownAt: knownAt ?? null }),
  currencyExchanges: ({ id }, args, ctx) => exchangesOf(ctx, id, args),
  corporateActions: ({ id }, args, ctx) => entitlementsOf(ctx, id, args),
  journal: ({ id }, args, ctx) => journalOf(ctx, id, args),
  trialBalance: async ({ id }, { asOf, knownAt }, { loaders }) => loaders.trialBalance({ asOf: asOf ?? null, knownAt: knownAt ?? null }).load(id),
  statement: ({ id }, args, ctx) => statementFor(ctx, id, args),
  generalLedger: ({ id }, args, ctx) => generalLedgerOf(ctx, id, args),
};

export const Position: PositionResolvers = {
  ...InBase,
  instrument: ({ position }) => ({ id: position.instrumentId }),
  quantity: ({ position }) => position.quantity,
  settledQuantity: async ({ position, portfolioId, moment }, _, { loaders }) => (await loaders.custody(moment).load(portfolioId))(position),
  averageCost: ({ position: { quantity, cost, currency } }) => money(quantity.isZero() ? quantity : toStored(cost.div(quantity)), currency),
  costBasis: ({ position }) => money(position.cost, position.currency),
  realizedPnl: ({ position }) => money(position.realized, position.currency),
  currency: ({ position }) => position.currency,
  openedOn: ({ position }) => position.openedOn,
  lots: (holding, _, ctx) => lotsOf(ctx, holding),
};

export const TaxLot: TaxLotResolvers = {
  id: ({ id }) => lotName(id),
  unitCost: (lot) => money(toStored(unitCost(lot)), lot.currency),
  costBasis: ({ cost, currency }) => money(cost, currency),
  // a lot that an action has moved keeps the trade's id in front of the action's
  trade: ({ id }) => (id.startsWith('trd_') ? { id: id.split('/')[0] ?? id } : null),
};
