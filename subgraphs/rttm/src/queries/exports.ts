/** What market data gives out whole: closes. What `importPrices` reads of it is written as it reads it. */
import { byKey, type Dataset, type ExportQuery, type ExportRow } from '@pms/subgraph/exports';
import type { PriceExportFilter, PriceExportRow } from '../store/export-reads.ts';

interface Exported {
  exportedAfter(filter: PriceExportFilter, after: PriceExportRow | null): Promise<PriceExportRow[]>;
}

export const priceDatasets = (store: Exported): readonly Dataset[] => [{
  name: 'prices', meaning: 'Recorded closes by instrument, the oldest first, as they were quoted.', scope: 'market:read', takes: ['instrumentId', 'from', 'to'],
  columns: ['symbol', 'mic', 'date', 'open', 'high', 'low', 'close', 'volume', 'quoted_in', 'instrument_id', 'simulated'],
  pages: (query) => cellsOf(store, query),
}];

async function* cellsOf(store: Exported, query: ExportQuery): AsyncGenerator<readonly ExportRow[]> {
  for await (const page of byKey<PriceExportRow>((after) => store.exportedAfter(query, after))) yield page.map(({ cells }) => cells);
}
