/** A page of a portfolio's currency exchanges, the newest first; empty for a portfolio that is unknown or another organisation's. At a moment they come from the facts. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import type { CurrencyExchange } from '../domain/currency-exchange.ts';
import { exchangesIn } from '../domain/exchange-history.ts';
import { isNow, type MomentArgs, momentOf, newestFirst, pageFrom } from './moment.ts';

export async function exchangesOf({ store, principal: { organizationId } }: TransactionalContext, portfolioId: string, args: PageArgs & MomentArgs): Promise<Connection<CurrencyExchange>> {
  const page = pageOf(args);
  const moment = momentOf(args);
  const rows = isNow(moment)
    ? await store.exchangePage(organizationId, portfolioId, page)
    : pageFrom(exchangesIn(await store.exchangeFactsThen(organizationId, portfolioId, moment)).toSorted((a, b) => newestFirst([a.id], [b.id])), page, ({ id }, key) => newestFirst([id], key));
  return connectionOf(rows, page, ({ id }) => [id]);
}
