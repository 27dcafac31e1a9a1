/** Keeps what the books need to know of a portfolio: its currency, its lot method, whether it is closed. */
import type { Reaction } from '@pms/events/bus';
import { portfolioClosed, portfolioCreated, portfolioUpdated } from '@pms/schema/events/portfolio';
import { closePortfolio, openPortfolio, updatePortfolio } from '../commands/know-portfolio.ts';
import type { BooksContext } from '../context.ts';

export const onPortfolioChanged = (ctx: BooksContext): readonly Reaction[] => [
  { type: portfolioCreated.name, react: (event) => openPortfolio(ctx, event, portfolioCreated.data.parse(event.data)) },
  { type: portfolioUpdated.name, react: (event) => updatePortfolio(ctx, event, portfolioUpdated.data.parse(event.data)) },
  { type: portfolioClosed.name, react: (event) => closePortfolio(ctx, event, portfolioClosed.data.parse(event.data).portfolioId) },
];
