/** Looks portfolios and their values up once a request, many in one go. */
import DataLoader from 'dataloader';
import { notFound } from '@pms/errors';
import { type Principal, seesPortfolioOf } from '@pms/identity/principal';
import type { Loaders, Measuring } from '../context.ts';
import type { Valuation } from '../domain/portfolio-value.ts';
import type { PortfolioRow } from '../store/analytics-store.ts';
import { atQuotes, prepared } from './valuations.ts';

export function loadersFor(measuring: Measuring, principal: Principal): Loaders {
  const portfolio: Loaders['portfolio'] = new DataLoader(async (ids) => {
    const rows = await measuring.store.portfolios(principal.organizationId, ids);
    const found = new Map(rows.filter(({ investorId }) => seesPortfolioOf(principal, investorId)).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  });
  return {
    portfolio,
    valuation: new DataLoader<string, Valuation>(async (ids) => {
      const rows = (await portfolio.loadMany(ids)).filter((row): row is PortfolioRow => row !== null && !(row instanceof Error));
      const holdings = await prepared(measuring, rows, null);
      return ids.map((id) => {
        const of = holdings.get(id);
        if (of === undefined) return notFound('portfolio', id);
        try {
          return atQuotes(measuring, of);
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error));
        }
      });
    }),
  };
}
