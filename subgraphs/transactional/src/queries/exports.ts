/** What the books give out whole: positions, lots, closings, cash, the journal. Portfolio by portfolio; amounts in the currency beside them. */
import { text } from '@pms/money';
import { byKey, type Dataset, type ExportQuery, type ExportRow } from '@pms/subgraph/exports';
import { balanceOf } from '../domain/cash.ts';
import { compareClosings, daysHeld } from '../domain/closings.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { ClosingLineRow, ExportPortfolio, JournalLineRow } from '../store/export-reads.ts';
import { cashAt } from './cash.ts';
import { closedIn } from './closings.ts';
import { holdingsAt, replays } from './positions.ts';

const SCOPE = 'books:read';
const LINES_AT_ONCE = 1_000;

export function bookDatasets(store: BooksStore): readonly Dataset[] {
  return [
    {
      name: 'positions', meaning: 'Holdings by instrument and currency, also those that are flat.', scope: SCOPE, takes: ['portfolioId', 'asOf', 'knownAt'],
      columns: ['portfolio_id', 'instrument_id', 'symbol', 'currency', 'quantity', 'cost', 'realized_gain', 'opened_on'],
      pages: (query) => perPortfolio(store, query, async ({ id }) => {
        const [holdings = []] = await holdingsAt(store, query.organizationId, [id], query);
        const names = await store.instrumentNames(query.organizationId, holdings.map(({ position }) => position.instrumentId));
        return holdings.map(({ position: { instrumentId, currency, quantity, cost, realized, openedOn } }): ExportRow =>
          [id, instrumentId, names.get(instrumentId)?.symbol ?? null, currency, text(quantity), text(cost), text(realized), openedOn]);
      }),
    },
    {
      name: 'lots', meaning: 'Open tax lots, the oldest first; of a short position they are negative.', scope: SCOPE, takes: ['portfolioId', 'asOf', 'knownAt'],
      columns: ['portfolio_id', 'instrument_id', 'symbol', 'currency', 'lot_id', 'opened_on', 'quantity', 'cost'],
      pages: (query) => perPortfolio(store, query, async ({ id }) => {
        const [holdings = []] = await holdingsAt(store, query.organizationId, [id], query);
        const names = await store.instrumentNames(query.organizationId, holdings.map(({ position }) => position.instrumentId));
        const standing = holdings.every(({ lots }) => lots !== null) ? [] : await store.openLots(query.organizationId, holdings.map(({ position }) => ({ ...position, portfolioId: id })));
        return holdings.flatMap(({ position: { instrumentId, currency }, lots }, at) => (lots ?? standing[at] ?? []).map((lot): ExportRow =>
          [id, instrumentId, names.get(instrumentId)?.symbol ?? null, currency, lot.id.replace(/^[a-z]+_/, 'lot_'), lot.openedOn, text(lot.quantity), text(lot.cost)]));
      }),
    },
    {
      name: 'closings', meaning: 'What trades took of which lots and what that earned, in the order of closing.', scope: SCOPE, takes: ['portfolioId', 'from', 'to', 'asOf', 'knownAt'],
      columns: ['portfolio_id', 'instrument_id', 'symbol', 'currency', 'closed_by', 'closed_on', 'lot_id', 'opened_on', 'days_held', 'quantity', 'cost', 'proceeds', 'realized_gain'],
      pages: (query) => closings(store, query),
    },
    {
      name: 'cash', meaning: 'Cash by currency.', scope: SCOPE, takes: ['portfolioId', 'asOf', 'knownAt'],
      columns: ['portfolio_id', 'currency', 'balance', 'settled', 'receivable', 'payable'],
      pages: (query) => perPortfolio(store, query, async ({ id }) => (await cashAt(store, query.organizationId, [id], query))[0]?.map((cash): ExportRow =>
        [id, cash.currency, text(balanceOf(cash)), text(cash.settled), text(cash.receivable), text(cash.payable)]) ?? []),
    },
    {
      name: 'journal', meaning: 'Every line of every entry, in the order of recording, as known at one moment.', scope: SCOPE, takes: ['portfolioId', 'from', 'to', 'knownAt'],
      columns: [
        'portfolio_id', 'entry', 'entry_id', 'kind', 'effective_on', 'recorded_at', 'reference', 'version', 'reverses', 'actor', 'reason', 'correlation_id', 'line', 'account', 'instrument_id', 'symbol', 'currency', 'amount',
      ],
      pages: (query) => journal(store, query),
    },
  ];
}

/** As they are known now from what is kept, by day of closing; as known before from the trades and actions that stood then. */
function closings(store: BooksStore, query: ExportQuery): AsyncGenerator<readonly ExportRow[]> {
  const to = [query.to, query.asOf].filter((day) => day !== null).toSorted()[0] ?? null;
  const days = { from: query.from, to };
  if (query.knownAt === null) return paged(store, query, ({ id }) => byKey<ClosingLineRow>((after) => store.closingLinesAfter(id, days, after)));
  return perPortfolio(store, query, ({ id }) => closingsThen(store, query, id, days));
}

async function closingsThen(store: BooksStore, query: ExportQuery, portfolioId: string, { from, to }: { readonly from: string | null; readonly to: string | null }): Promise<ExportRow[]> {
  const then = (await store.tradesThen(query.organizationId, [portfolioId], query)).get(portfolioId);
  const found = then === undefined ? [] : replays(then).flatMap(closedIn).filter(({ closedOn }) => (from === null || closedOn >= from) && (to === null || closedOn <= to)).toSorted(compareClosings);
  const names = await store.instrumentNames(query.organizationId, found.map(({ instrumentId }) => instrumentId));
  return found.map((closing): ExportRow => {
    const { instrumentId, currency, closedBy, closedOn, lotId, openedOn, quantity, cost, proceeds, realizedGain } = closing;
    return [portfolioId, instrumentId, names.get(instrumentId)?.symbol ?? null, currency, closedBy, closedOn, lotId, openedOn, String(daysHeld(closing)), text(quantity), text(cost), text(proceeds), text(realizedGain)];
  });
}

async function* journal(store: BooksStore, query: ExportQuery): AsyncGenerator<readonly ExportRow[]> {
  const knownAt = query.knownAt ?? (await store.clock());
  yield* paged(store, query, ({ id }) => byKey<JournalLineRow>((after) => store.journalLinesAfter(id, { ...query, knownAt }, after)));
}

async function* paged<Row extends { readonly cells: ExportRow }>(store: BooksStore, query: ExportQuery, pages: (portfolio: ExportPortfolio) => AsyncIterable<readonly Row[]>): AsyncGenerator<readonly ExportRow[]> {
  for await (const portfolio of portfolios(store, query)) for await (const page of pages(portfolio)) yield page.map(({ cells }) => cells);
}

/** A portfolio's rows are worked out at once and given out in pages. */
async function* perPortfolio(store: BooksStore, query: ExportQuery, rowsOf: (portfolio: ExportPortfolio) => Promise<readonly ExportRow[]>): AsyncGenerator<readonly ExportRow[]> {
  for await (const portfolio of portfolios(store, query)) {
    const rows = await rowsOf(portfolio);
    for (let at = 0; at < rows.length; at += LINES_AT_ONCE) yield rows.slice(at, at + LINES_AT_ONCE);
  }
}

async function* portfolios(store: BooksStore, { organizationId, portfolioId }: ExportQuery): AsyncGenerator<ExportPortfolio> {
  for await (const page of byKey<ExportPortfolio>((after) => store.portfoliosAfter(organizationId, portfolioId, after?.id ?? ''))) yield* page;
}
