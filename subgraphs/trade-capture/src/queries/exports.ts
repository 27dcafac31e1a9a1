/** What trade capture gives out whole: trades as they stand, and every version of them. The first columns are those that an import reads. */
import { byKey, type Dataset, type ExportQuery, type ExportRow } from '@pms/subgraph/exports';
import type { TradeExportFilter, TradeExportRow } from '../store/export-reads.ts';

interface Exported {
  exportedAfter(filter: TradeExportFilter, everyVersion: boolean, after: TradeExportRow | null): Promise<TradeExportRow[]>;
}

const COLUMNS = [
  'portfolio_id', 'action', 'date', 'instrument_id', 'quantity', 'price', 'currency', 'fee', 'tax', 'external_id', 'note',
  'trade_id', 'version', 'kind', 'status', 'trade_currency', 'fees', 'settlement_currency', 'settlement_rate', 'counterparty', 'captured_at', 'captured_by',
] as const;

export function tradeDatasets(store: Exported): readonly Dataset[] {
  const dataset = { scope: 'trade:read', takes: ['portfolioId', 'instrumentId', 'from', 'to'], columns: COLUMNS } as const;
  return [
    { ...dataset, name: 'trades', meaning: 'Trades as they show themselves, without those that were refused or cancelled; days are those on which they were agreed.', pages: (query) => cellsOf(store, query, false) },
    { ...dataset, name: 'trade-versions', meaning: 'Every version of every trade, the refused and the cancelled too.', pages: (query) => cellsOf(store, query, true) },
  ];
}

async function* cellsOf(store: Exported, query: ExportQuery, everyVersion: boolean): AsyncGenerator<readonly ExportRow[]> {
  for await (const page of byKey<TradeExportRow>((after) => store.exportedAfter(query, everyVersion, after))) yield page.map(({ cells }) => cells);
}
